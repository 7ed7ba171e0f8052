"""How often the speaker of a quote is told, and how often rightly.

    python -m benchmarks.bench_attribution --data DIR

``DIR`` holds ``polnear.jsonl.gz`` and ``pdnc.jsonl.gz``; their dev splits are measured, and the
quotes in ``tests/data``. Right means: the head of the mention is the marked one, or it is a name
with the same last word. Recall counts every row, those without a candidate too. For reported
statements the rows without a speaker are sentences of the same articles, and a few words stand for
the span of an answer.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.types import Span
from qa import samples
from qa.attribution import speaker
from qa.attribution.antecedents import people, resolve, surname
from qa.attribution.scorer import WEIGHTS, Scorer
from qa.attribution.tokens import stretch
from training.attribution.data import Example, document, head_of, news, novels, unattributed
from training.attribution.train import is_named

QUOTES = Path(__file__).parents[1] / "tests" / "data"
CURVE = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of one example."""

    probability: float
    right: bool
    spoken: bool
    """Whether it has a speaker at all."""


def own_quotes() -> Iterator[Example]:
    """The hand-made quotes; their names are those that tell who speaks."""
    for line in (QUOTES / "quotes.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        path = QUOTES / "quotes" / row["document"]
        text = (path if path.exists() else samples.path(path.stem)).read_text("utf-8")
        yield Example(
            document(text),
            Span(row["quote"]["start"], row["quote"]["end"]),
            head_of(row["mention"]["text"], row["mention"]["start"]),
            True,
            row["mention"]["text"] in ("he", "she"),
            row["speaker"]["text"],
        )


def told(example: Example, scorer: Scorer) -> Told:
    """The mention alone, whoever a pronoun stands for."""
    around = stretch(example.document, example.span)
    choice = scorer.choose(around)
    if choice is None:
        return Told(0.0, False, example.head is not None)
    if example.head is None:
        return Told(choice.probability, False, False)
    text = example.document.text
    head = around.tokens[choice.mention.last].span
    gold = text[example.head : example.head + len(head)].lower()
    same = choice.mention.kind == "name" and head.of(text).lower() == gold
    return Told(choice.probability, same or head.start <= example.head < head.end, True)


def report(name: str, found: list[Told], threshold: float) -> None:
    """Print precision and recall at the shipped threshold, and along the curve."""
    spoken = sum(one.spoken for one in found)
    print(f"{name}: {len(found)} rows, {spoken} with a speaker")
    for at in sorted({*CURVE, threshold}):
        given = [one for one in found if one.probability >= at]
        right = sum(one.right for one in given)
        mark = "  <- shipped" if at == threshold else ""
        print(
            f"  from {at:.2f}: told {len(given):5d}  precision {right / max(1, len(given)):.3f}"
            f"  recall {right / max(1, spoken):.3f}{mark}"
        )


def report_names(name: str, examples: Iterable[Example], scorer: Scorer) -> None:
    """Print how often the name that is shown is the right person's."""
    total = given = right = 0
    for example in examples:
        total += 1
        found = speaker(example.document, example.span, scorer)
        if found is not None:
            given += 1
            right += surname(found.name) == surname(example.name) or is_named(
                found.name, example.name
            )
            if surname(found.name) != surname(example.name):
                print(f"    {found.name!r} for {example.name!r}")
    print(f"{name}: names given {given} of {total}, right {right / max(1, given):.3f}")


def report_pronouns(name: str, examples: Iterable[Example], scorer: Scorer) -> None:
    """Print how often "he" and "she" are resolved, given the right mention."""
    rows = []
    for example in examples:
        if example.pronoun and example.head is not None:
            text = example.document.text
            pronoun = Span(example.head, example.head + len(text[example.head :].split()[0]))
            rows.append((people(example.document, pronoun, scorer.verbs), text, example.name))
    print(f"{name}: {len(rows)} pronouns")
    for at in sorted({*CURVE, scorer.antecedent}):
        given = right = 0
        for found, text, gold in rows:
            span = resolve(found, scorer.antecedents, at)
            given += span is not None
            right += span is not None and is_named(span.of(text), gold)
        mark = "  <- shipped" if at == scorer.antecedent else ""
        print(f"  from {at:.2f}: resolved {given}  right {right / max(1, given):.3f}{mark}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    scorer = Scorer.load(given.weights)
    dev = list(news(given.data, "dev"))
    spoken = [told(e, scorer) for e in dev if e.direct]
    report("news, direct quotes", spoken, scorer.direct)
    reported = [e for e in dev if not e.direct] + list(unattributed(given.data, "dev", 1.0))
    report("news, reported", [told(e, scorer) for e in reported], scorer.reported)
    own = list(own_quotes())
    report("own quotes", [told(e, scorer) for e in own], scorer.direct)
    report_names("own quotes", own, scorer)
    stories = list(novels(given.data, "dev"))
    report("novels, direct speech", [told(e, scorer) for e in stories], scorer.direct)
    report_pronouns("novels", stories, scorer)


if __name__ == "__main__":
    main()
