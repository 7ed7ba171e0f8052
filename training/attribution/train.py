"""Fits the weights of ``qa.attribution``.

    python -m training.attribution.train DATA

``DATA`` holds ``polnear.jsonl.gz`` and ``pdnc.jsonl.gz``. An example whose speaker is no candidate
counts as one without a speaker. The thresholds stay as they are in the file: they are set by what
``benchmarks.bench_attribution`` prints.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.types import Span
from qa.attribution.antecedents import people
from qa.attribution.features import Candidate, candidates
from qa.attribution.scorer import FORMAT, WEIGHTS
from qa.attribution.titles import TITLES
from qa.attribution.tokens import Stretch, stretch
from training.attribution.data import Example, news, novels, unattributed
from training.attribution.fitting import Choices, fit, numbered, rounded, strongest, without_rare
from training.attribution.lexicon import lexicon
from training.corpora import rows

THRESHOLDS = {"direct": 0.5, "reported": 0.7, "antecedent": 0.5}


def is_gold(candidate: Candidate, view: Stretch, example: Example) -> bool:
    """Whether the candidate's head is that of the marked speaker."""
    if candidate.mention is None or example.head is None:
        return candidate.mention is None and example.head is None
    span = view.tokens[candidate.mention.last].span
    return span.start <= example.head < span.end


def speakers(
    examples: Iterable[Example], nouns: frozenset[str], verbs: frozenset[str]
) -> Iterator[Choices]:
    """For each example the candidates for its speaker; the first of them is that there is none."""
    for example in examples:
        view = stretch(example.document, example.span)
        found = candidates(view, nouns, verbs)
        right = [is_gold(candidate, view, example) for candidate in found]
        right[0] |= not any(right)
        yield list(zip((candidate.features for candidate in found), right, strict=True))


def persons(examples: Iterable[Example], verbs: frozenset[str]) -> Iterator[Choices]:
    """For each pronoun the people named before it; the first choice is none of them."""
    for example in examples:
        if not example.pronoun or example.head is None:
            continue
        text = example.document.text
        pronoun = Span(example.head, example.head + len(text[example.head :].split()[0]))
        found = people(example.document, pronoun, verbs)
        right = [is_named(person.span.of(text), example.name) for person in found]
        yield [((), not any(right)), *zip((p.features for p in found), right, strict=True)]


def is_named(mention: str, name: str) -> bool:
    """Whether a mention shares a word of three letters or more with a person's name."""
    parts = {word.strip(".,").lower() for word in name.split()} - TITLES
    own = (word.strip(".,’'").lower() for word in mention.replace("’s", "").split())
    return any(word in parts for word in own if len(word) > 2)


def main() -> None:
    """Fit both parts, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the reported statements")
    parser.add_argument("--novels", type=int, default=5000, help="examples of novels")
    parser.add_argument("--size", type=int, default=9000, help="features that are kept")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--only", choices=["antecedents"], help="fit no more than this")
    given = parser.parse_args()
    if given.only is None:
        fit_speakers(given)
    verbs = frozenset(json.loads(given.out.read_text("utf-8"))["verbs"])
    fit_antecedents(given.data, verbs, given.out)


def fit_speakers(given: argparse.Namespace) -> None:
    """Fit who said what, on news and novels, and write it."""
    dice = random.Random(3)
    articles = [e for e in news(given.data, "train") if e.direct or dice.random() < given.share]
    stories = dice.sample(list(novels(given.data, "train")), given.novels)
    examples = [*articles, *stories, *unattributed(given.data, "train", 0.4 * given.share)]
    marked = (row for row in rows(given.data / "polnear.jsonl.gz") if row["split"] == "train")
    nouns, verbs = lexicon([*articles, *stories], marked)
    print(f"{len(examples)} examples, {len(nouns)} nouns, {len(verbs)} verbs", flush=True)
    found, names = without_rare(*numbered(speakers(examples, nouns, verbs)))
    print(f"{len(found.gold)} candidates, {len(names)} features", flush=True)
    weights = strongest(found, fit(found, len(names)), given.size)
    weights = fit(found, len(names), passes=2, start=weights)
    write(
        given.out,
        {"weights": rounded(weights, names), "nouns": sorted(nouns), "verbs": sorted(verbs)},
    )


def fit_antecedents(data: Path, verbs: frozenset[str], out: Path) -> None:
    """Fit whom a pronoun stands for, on the novels, and write it."""
    found, names = without_rare(*numbered(persons(novels(data, "train"), verbs)))
    write(out, {"antecedents": rounded(fit(found, len(names)), names)})


def write(path: Path, parts: dict[str, object]) -> None:
    """Put some parts of the model into the file, and leave the others."""
    known = json.loads(path.read_text("utf-8")) if path.exists() else {"thresholds": THRESHOLDS}
    data = {**known, "format": FORMAT, **parts}
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
