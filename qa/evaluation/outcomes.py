"""What a method found for a question, and how that stands to the known answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index.types import Span
from qa.evaluation.cases import Article, Case
from qa.evaluation.metrics import exact_match, f1

PASSAGES = 10
"""How many passages of a ranking are looked at."""
SENTENCES = 3
"""How many sentences of a ranking are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """A method's answer to one question; all spans are in characters of the article."""

    passages: tuple[Span, ...]
    """Best first."""
    sentences: tuple[Span, ...]
    """Best first, all different."""
    quote: Span | None = None
    """The words that answer, whether or not the method would dare to say them."""
    confidence: float | None = None
    """That the article answers: higher is surer, comparable between questions; None when the
    method has no such score."""
    score: float | None = None
    """That the first sentence does, likewise; None when it is no other than the confidence."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A method's answer to one question, judged."""

    answerable: bool
    passage_rank: int | None
    """Of the first right passage, from 1; None when none of the first ten is right."""
    sentence_rank: int | None
    """Of the first right sentence, from 1; None when none of the first three is right."""
    exact: float
    f1: float
    confidence: float | None
    """That the article answers; None when the method has no such score."""
    seconds: float
    score: float | None = None
    """That the first sentence does; None when the method has no such score."""

    @property
    def correct(self) -> bool:
        """Whether answering with the first sentence would be right."""
        return self.sentence_rank == 1


def judged(article: Article, case: Case, found: Found, seconds: float) -> Outcome:
    """``found`` against the known answers of ``case``."""
    golds = article.gold_texts(case)
    quote = found.quote.of(article.document.text) if found.quote else ""
    return Outcome(
        answerable=case.answerable,
        passage_rank=_rank(case, found.passages[:PASSAGES]),
        sentence_rank=_rank(case, found.sentences[:SENTENCES]),
        exact=exact_match(quote, golds) if quote else 0.0,
        f1=f1(quote, golds) if quote else 0.0,
        confidence=found.confidence,
        seconds=seconds,
        score=found.confidence if found.score is None else found.score,
    )


def _rank(case: Case, spans: Iterable[Span]) -> int | None:
    return next((rank for rank, span in enumerate(spans, 1) if case.starts_in(span)), None)
