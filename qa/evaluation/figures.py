"""Outcomes to figures with intervals: the measures of one method, and its lead over another.

Intervals are 95 % percentile bootstraps over questions (Efron and Tibshirani 1993). All methods
are resampled with the same questions, so that a lead is a paired difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from qa.evaluation.metrics import (
    Floats,
    auroc,
    calibration_error,
    coverage_at,
    risk_coverage_area,
)
from qa.evaluation.outcomes import Outcome

Counts: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """A method with its outcomes, one for each question, in the order common to all methods."""

    method: str
    outcomes: Sequence[Outcome]
    in_hand: Sequence[tuple[float, float]] | None = None
    """Exact match and F1 of its reader on the gold passage alone; None without a reader."""
    threshold: float | None = None
    """The confidence from which it answers; None when its confidence is no probability."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 95 % of the resampled figures."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one method; None where nothing defines it."""

    value: float | None
    interval: Interval | None = None
    lead: float | None = None
    """Value minus that of the baseline; None for the baseline itself."""
    lead_interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """The questions of one run by falling scores of one kind."""

    questions: Counts
    """Which question stands where."""
    scores: Floats
    correct: Floats
    answerable: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome], scores: Sequence[float | None]) -> Ranked | None:
        """None when there are no scores to rank by."""
        known = [score for score in scores if score is not None]
        if len(known) < len(outcomes):
            return None
        ranked = np.array(known, float)
        order = np.argsort(-ranked, kind="stable")
        correct = np.array([one.correct for one in outcomes], float)
        answerable = np.array([one.answerable for one in outcomes], bool)
        return cls(order, ranked[order], correct[order], answerable[order])

    def resampled(self, counts: Counts) -> Ranked:
        """Each question as often as ``counts`` says; still sorted, so that nothing sorts anew."""
        taken = np.repeat(np.arange(len(self.questions)), counts[self.questions])
        return Ranked(
            self.questions[taken],
            self.scores[taken],
            self.correct[taken],
            self.answerable[taken],
        )


@dataclass(frozen=True, slots=True)
class Rankings:
    """One run by how sure it is of the article, and by how sure it is of its first sentence."""

    telling: Ranked
    sentence: Ranked

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Rankings | None:
        """None when the method is never sure of anything."""
        telling = Ranked.of(outcomes, [one.confidence for one in outcomes])
        sentence = Ranked.of(outcomes, [one.score for one in outcomes])
        return cls(telling, sentence) if telling and sentence else None

    def resampled(self, counts: Counts) -> Rankings:
        """Each question as often as ``counts`` says."""
        return Rankings(self.telling.resampled(counts), self.sentence.resampled(counts))


PER_QUESTION: Mapping[str, Callable[[Outcome], float]] = {
    "passage@1": lambda outcome: _within(outcome.passage_rank, 1),
    "passage@3": lambda outcome: _within(outcome.passage_rank, 3),
    "passage@10": lambda outcome: _within(outcome.passage_rank, 10),
    "MRR": lambda outcome: 1 / outcome.passage_rank if outcome.passage_rank else 0.0,
    "sentence@1": lambda outcome: _within(outcome.sentence_rank, 1),
    "sentence@3": lambda outcome: _within(outcome.sentence_rank, 3),
}
"""Measures that are a mean over the answerable questions."""

WITH_QUOTE: Mapping[str, Callable[[Outcome], float]] = {
    "EM": lambda outcome: outcome.exact,
    "F1": lambda outcome: outcome.f1,
}
"""The same for a method that names the words that answer."""

IN_HAND = ("gold EM", "gold F1")
"""Means over the answerable questions as well, of the reader on the gold passage alone."""

OF_TELLING: Mapping[str, Callable[[Ranked], float | None]] = {
    "AUROC": lambda r: auroc(r.scores[r.answerable], r.scores[~r.answerable]),
}
"""Of how sure a method is that the article answers, over all questions, answerable or not."""

OF_SENTENCE: Mapping[str, Callable[[Ranked], float | None]] = {
    "AURC": lambda r: risk_coverage_area(r.scores, r.correct),
    "coverage@80": lambda r: coverage_at(0.8, r.scores, r.correct),
    "coverage@90": lambda r: coverage_at(0.9, r.scores, r.correct),
}
"""Of how sure it is that its first sentence does, over all questions as well."""

OF_PROBABILITIES: Mapping[str, Callable[[Rankings, float], float | None]] = {
    "ECE": lambda r, _: calibration_error(r.sentence.scores, r.sentence.correct),
    "told ECE": lambda r, _: calibration_error(
        r.telling.scores, r.telling.answerable.astype(float)
    ),
    "answered": lambda r, t: _mean((r.telling.scores >= t)[r.telling.answerable]),
    "refused": lambda r, t: _mean((r.telling.scores < t)[~r.telling.answerable]),
    "precision": lambda r, t: _mean(r.telling.correct[r.telling.scores >= t]),
}
"""Measures that ask for probabilities and a threshold to answer from."""

WITHOUT_INTERVAL = frozenset({"ECE", "told ECE"})
"""Repeated questions look like miscalibration: the interval of a resample would lie too high."""

LATENCY = {"p50 ms": 50, "p95 ms": 95}
"""Percentiles of the milliseconds a question took."""


def figures(
    runs: Sequence[Run], *, resamples: int = 1000, seed: int = 0
) -> dict[str, dict[str, Figure]]:
    """For each method its measures by name; the first of ``runs`` is the baseline of all leads.

    ``resamples`` of 0 leaves the intervals out.
    """
    samples = [
        _Sample(_measures(run), drawn)
        for run, drawn in zip(runs, _resampled(runs, resamples, seed), strict=True)
    ]
    return {
        run.method: {
            measure: _figure(measure, sample, None if sample is samples[0] else samples[0])
            for measure in sample.values
        }
        for run, sample in zip(runs, samples, strict=True)
    }


@dataclass(frozen=True, slots=True)
class _Sample:
    """The measures of one run, and what resampling made of them."""

    values: Mapping[str, float | None]
    drawn: Mapping[str, Floats]


def _figure(measure: str, own: _Sample, baseline: _Sample | None) -> Figure:
    value, drawn = own.values[measure], own.drawn.get(measure)
    interval = None if drawn is None else _interval(drawn)
    against = baseline.values.get(measure) if baseline else None
    if baseline is None or value is None or against is None or measure in LATENCY:
        return Figure(value, interval)
    led = None if drawn is None else _interval(drawn - baseline.drawn[measure])
    return Figure(value, interval, value - against, led)


def _measures(run: Run) -> dict[str, float | None]:
    once = np.ones((1, len(run.outcomes)), dtype=np.int64)
    measured = {name: _scalar(column[0]) for name, column in _means(run, once).items()}
    ranked = Rankings.of(run.outcomes)
    if ranked is not None:
        measured |= _of_confidence(ranked, run.threshold)
    milliseconds = [outcome.seconds * 1000 for outcome in run.outcomes]
    return measured | {
        name: float(np.percentile(milliseconds, percent)) for name, percent in LATENCY.items()
    }


def _resampled(runs: Sequence[Run], resamples: int, seed: int) -> list[dict[str, Floats]]:
    """For each run, by measure, its value in every resample (NaN where undefined)."""
    if not resamples:
        return [{} for _ in runs]
    n = len(runs[0].outcomes)
    generator = np.random.default_rng(seed)
    counts = np.stack(
        [np.bincount(generator.integers(n, size=n), minlength=n) for _ in range(resamples)]
    )
    return [_means(run, counts) | _confidences_resampled(run, counts) for run in runs]


def _confidences_resampled(run: Run, counts: Counts) -> dict[str, Floats]:
    ranked = Rankings.of(run.outcomes)
    if ranked is None:
        return {}
    rows = [_of_confidence(ranked.resampled(each), run.threshold) for each in counts]
    return {
        name: np.array([np.nan if row[name] is None else row[name] for row in rows], float)
        for name in rows[0]
        if name not in WITHOUT_INTERVAL
    }


def _of_confidence(ranked: Rankings, threshold: float | None) -> dict[str, float | None]:
    measured = {name: measure(ranked.telling) for name, measure in OF_TELLING.items()}
    measured |= {name: measure(ranked.sentence) for name, measure in OF_SENTENCE.items()}
    if threshold is not None:
        for name, measure in OF_PROBABILITIES.items():
            measured[name] = measure(ranked, threshold)
    return measured


def _means(run: Run, counts: Counts) -> dict[str, Floats]:
    """Means over the answerable questions, each taken as often as a row of ``counts`` says."""
    taken = counts * np.array([outcome.answerable for outcome in run.outcomes])
    measures = PER_QUESTION if run.in_hand is None else {**PER_QUESTION, **WITH_QUOTE}
    columns = {
        name: np.array([measure(outcome) for outcome in run.outcomes], float)
        for name, measure in measures.items()
    }
    if run.in_hand is not None:
        columns |= dict(zip(IN_HAND, np.array(run.in_hand, float).reshape(-1, 2).T, strict=True))
    totals = taken.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return {name: (taken @ column) / totals for name, column in columns.items()}


def _interval(drawn: Floats) -> Interval | None:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return None
    low, high = np.percentile(known, [2.5, 97.5])
    return Interval(float(low), float(high))


def _within(rank: int | None, k: int) -> float:
    return float(rank is not None and rank <= k)


def _mean(values: npt.NDArray[np.generic]) -> float | None:
    return float(np.mean(values.astype(float))) if len(values) else None


def _scalar(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
