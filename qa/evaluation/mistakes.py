"""What the full pipeline got wrong, to be read rather than counted."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa.evaluation.runner import Asked
from qa.render import one_line


@dataclass(frozen=True, slots=True)
class Mistake:
    """One question that went wrong."""

    kind: str
    article: str
    question: str
    gold: tuple[str, ...]
    """The accepted answers, each once; empty for a question the article does not answer."""
    gold_sentence_rank: int | None
    """Rank of the first right sentence among the first three."""
    predicted: str | None
    sentence: str | None
    """The first sentence, whatever its confidence."""
    confidence: float

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


WRONG_SENTENCE = "wrong sentence"
SHOULD_REFUSE = "should be refused"
SHOULD_ANSWER = "should be answered"


def mistakes(
    asked: Sequence[Asked], threshold: float, *, limit: int, seed: int = 0
) -> list[Mistake]:
    """At most ``limit`` of the questions that went wrong, drawn at random, in their order.

    Wrong is: the first sentence does not hold an answer; an answer was given where there is none;
    none was given although the first sentence holds it.
    """
    wrong = [(one, kind) for one in asked if (kind := _kind(one, threshold)) is not None]
    chosen = sorted(random.Random(seed).sample(range(len(wrong)), min(limit, len(wrong))))
    return [_mistake(*wrong[at]) for at in chosen]


def _kind(one: Asked, threshold: float) -> str | None:
    answered = (one.full.confidence or 0.0) >= threshold
    if not one.case.answerable:
        return SHOULD_REFUSE if answered else None
    if not one.outcomes[-1].correct:
        return WRONG_SENTENCE
    return None if answered else SHOULD_ANSWER


def _mistake(one: Asked, kind: str) -> Mistake:
    text, found = one.article.document.text, one.full
    return Mistake(
        kind,
        one.article.document.title,
        one.case.question,
        tuple(dict.fromkeys(one.article.gold_texts(one.case))),
        one.outcomes[-1].sentence_rank,
        found.quote.of(text) if found.quote else None,
        found.sentences[0].of(text) if found.sentences else None,
        found.confidence or 0.0,
    )


def as_text(found: Sequence[Mistake]) -> str:
    """One paragraph for each."""
    return "\n\n".join(_paragraph(mistake) for mistake in found)


def _paragraph(mistake: Mistake) -> str:
    gold = " | ".join(mistake.gold) or "(not in the text)"
    rank = mistake.gold_sentence_rank
    return "\n".join(
        (
            f"{mistake.kind} · {one_line(mistake.article)}",
            f"  question    {one_line(mistake.question)}",
            f"  gold        {one_line(gold)}{f' (sentence {rank})' if rank else ''}",
            f"  predicted   {one_line(mistake.predicted or '–')}",
            f"  sentence    {one_line(mistake.sentence or '–')}",
            f"  confidence  {mistake.confidence:.2f}",
        )
    )
