"""Asks every question of every method; each article is cut, embedded and indexed once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from index import embedders
from index.ports import Embedder, LexicalIndex
from index.settings import Settings
from index.types import OnProgress, Progress
from qa import rerankers
from qa.combining import Combiner
from qa.evaluation.calibrating import Judged, log_odds
from qa.evaluation.cases import Article, Case
from qa.evaluation.data import Dataset
from qa.evaluation.figures import Run
from qa.evaluation.methods import Dense, Full, Hybrid, Lexical, Method
from qa.evaluation.metrics import exact_match, f1
from qa.evaluation.outcomes import Found, Outcome, judged
from qa.evaluation.shelf import Cut, Shelf
from qa.ports import Reader


@dataclass(frozen=True, slots=True)
class Parts:
    """What is evaluated."""

    embedder: Embedder
    lexical: Callable[[], LexicalIndex]
    """Makes an empty engine."""
    full: Full
    cut: Cut = Cut.WINDOWS


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what the methods made of it."""

    article: Article
    case: Case
    outcomes: tuple[Outcome, ...]
    """One for each method, in their order."""
    full: Found
    """What the full pipeline found."""
    in_hand: tuple[float, float]
    """Exact match and F1 of the reader on the gold passage alone; 0 for an unanswerable one."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was asked."""

    asked: tuple[Asked, ...]
    runs: tuple[Run, ...]
    """BM25, dense, hybrid and the full pipeline; outcomes in the order of ``asked``."""


def evaluate(
    dataset: Dataset, parts: Parts, *, on_progress: OnProgress | None = None
) -> Evaluation:
    """Ask every question of every method."""
    methods: tuple[Method, ...] = (Lexical(), Dense(), Hybrid(), parts.full)
    asked: list[Asked] = []
    for article in dataset.articles:
        for one in _ask(article, methods, parts):
            asked.append(one)
            if on_progress is not None:
                on_progress(Progress("asking", len(asked), dataset.questions, "questions"))
    runs = [
        Run(method.name, [one.outcomes[at] for one in asked])
        for at, method in enumerate(methods[:-1])
    ]
    outcomes, in_hand = [one.outcomes[-1] for one in asked], [one.in_hand for one in asked]
    full = Run(parts.full.name, outcomes, in_hand, parts.full.threshold)
    return Evaluation(tuple(asked), (*runs, full))


def judge(
    dataset: Dataset,
    settings: Settings,
    reader: Reader,
    combiner: Combiner,
    *,
    on_progress: OnProgress | None = None,
) -> Judged:
    """Ask every question of the whole pipeline alone, as it comes with ``combiner``."""
    from index.engines import local, open_lexical

    reranker = rerankers.load(settings.reranker) if settings.reranker else None
    full = Full(reader, reranker, settings.k, combiner=combiner)
    embedder = embedders.load(settings.model)
    found: list[Outcome] = []
    for article in dataset.articles:
        shelf = Shelf(
            article,
            cut=Cut.WINDOWS,
            embedder=embedder,
            lexical=lambda: open_lexical(local(settings.engine)),
        )
        try:
            for case in article.cases:
                found.append(judged(article, case, full.find(shelf, case.question), 0.0))
                if on_progress is not None:
                    on_progress(Progress("asking", len(found), dataset.questions, "questions"))
        finally:
            shelf.close()
    return Judged(
        np.array([log_odds(one.confidence or 0.0) for one in found]),
        np.array([one.answerable for one in found]),
        np.array([one.correct for one in found]),
    )


def _ask(article: Article, methods: tuple[Method, ...], parts: Parts) -> Iterator[Asked]:
    shelf = Shelf(article, cut=parts.cut, embedder=parts.embedder, lexical=parts.lexical)
    try:
        for case in article.cases:
            found = [_timed(method, shelf, case.question) for method in methods]
            outcomes = tuple(judged(article, case, what, seconds) for what, seconds in found)
            in_hand = _in_hand(parts.full, article, case, shelf)
            yield Asked(article, case, outcomes, found[-1][0], in_hand)
    finally:
        shelf.close()


def _timed(method: Method, shelf: Shelf, question: str) -> tuple[Found, float]:
    """What a method found, and the seconds it would have taken on its own."""
    owed, started = shelf.owed, time.perf_counter()
    found = method.find(shelf, question)
    return found, time.perf_counter() - started + shelf.owed - owed


def _in_hand(full: Full, article: Article, case: Case, shelf: Shelf) -> tuple[float, float]:
    span = full.in_hand(article, case, shelf) if case.answerable else None
    if span is None:
        return 0.0, 0.0
    golds, quote = article.gold_texts(case), span.of(article.document.text)
    return exact_match(quote, golds), f1(quote, golds)
