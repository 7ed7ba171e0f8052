"""From judged answers to scale, bias and threshold, and to what they are worth; pure.

With few questions a threshold chosen on them looks better on them than it is. What is reported is
therefore cross-validated: each question is judged by a fit of the others.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.evaluation.figures import Interval
from qa.evaluation.metrics import Floats, calibration_error

Flags = npt.NDArray[np.bool_]

LEAST = 10
"""Answerable and unanswerable questions, each, below which no threshold is chosen."""
SCALED = 25
"""Answerable and unanswerable questions, each, from which scale and bias are fitted too."""
FOLDS = 10
_PULL = 4.0
"""How strongly scale and bias are drawn to 1 and 0, in questions."""


@dataclass(frozen=True, slots=True)
class Judged:
    """n questions with what came of them."""

    log_odds: Floats
    """[n], of the confidence."""
    answerable: Flags
    """[n]"""
    right: Flags
    """[n]: whether answering with the first sentence would be right."""

    def part(self, chosen: Flags) -> Judged:
        """Those questions alone."""
        return Judged(self.log_odds[chosen], self.answerable[chosen], self.right[chosen])


@dataclass(frozen=True, slots=True)
class Fit:
    """Log-odds become ``scale`` times themselves plus ``bias``, and answers begin at one value."""

    scale: float
    bias: float
    border: float
    """In log-odds as they were before."""

    @property
    def threshold(self) -> float:
        """The border as a probability, after scaling."""
        return float(_probability(np.array(self.scale * self.border + self.bias)))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, None of none."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """95 %, after Wilson 1927, which holds for few questions too."""
        if not self.of:
            return None
        z, p, n = 1.96, self.count / self.of, self.of
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return Interval(max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a threshold does."""

    false_answers: Share
    """Answered, of the unanswerable."""
    false_refusals: Share
    """Refused, of the answerable."""
    right_answers: Share
    """Right, of those answered."""
    error: float | None
    """Expected calibration error of the confidence that the texts tell."""


def fit(judged: Judged, false_answers: float | None, border: float) -> Fit:
    """Scale and bias where there are questions enough, and the border.

    Args:
        judged: at least one question of either kind.
        false_answers: the share of unanswerable questions that may be answered; None: the border
            with the fewest errors.
        border: the present one in log-odds; of equally good ones the nearest to it is taken.
    """
    scale, bias = 1.0, 0.0
    if min(judged.answerable.sum(), (~judged.answerable).sum()) >= SCALED:
        scale, bias = _scaled(judged.log_odds, judged.answerable)
    return Fit(scale, bias, _border(judged, false_answers, border))


def _border(judged: Judged, false_answers: float | None, present: float) -> float:
    values = np.unique(judged.log_odds)
    tried = np.concatenate([[values[0] - 0.5], (values[1:] + values[:-1]) / 2, [values[-1] + 0.5]])
    answered = judged.log_odds[None, :] >= tried[:, None]
    false = (answered & ~judged.answerable).sum(1)
    if false_answers is not None:
        return float(tried[np.argmax(false <= false_answers * (~judged.answerable).sum())])
    # A wrong answer to an answerable question is an error whether it is given or held back.
    errors = false + (~answered & judged.right).sum(1)
    least = tried[errors == errors.min()]
    return float(least[np.argmin(np.abs(least - present))])


def _scaled(log_odds: Floats, told: Flags) -> tuple[float, float]:
    """The logistic curve from log-odds to told and untold (Platt 1999), drawn to no change."""
    inputs = np.stack([log_odds, np.ones_like(log_odds)], axis=1)
    found = start = np.array([1.0, 0.0])
    for _ in range(50):
        chance = _probability(inputs @ found)
        slope = inputs.T @ (chance - told) + _PULL * (found - start)
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + _PULL * np.eye(2)
        found = found - np.linalg.solve(bend, slope)
    return max(0.05, float(found[0])), float(found[1])


def _probability(log_odds: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -40, 40)))
    return chance


def log_odds(probability: float) -> float:
    """Of a threshold; those of 0 and 1 are finite."""
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))


def before(judged: Judged, border: float) -> Standing:
    """How the present border does on all questions."""
    return _standing(judged, judged.log_odds >= border, _probability(judged.log_odds))


def after(judged: Judged, false_answers: float | None, border: float, seed: int = 0) -> Standing:
    """How fits do on questions that they did not see."""
    answered = np.zeros(len(judged.right), bool)
    confidence = np.zeros(len(judged.right))
    fold = folds(judged.answerable.tolist(), seed)
    for number in range(int(fold.max()) + 1):
        held = fold == number
        made = fit(judged.part(~held), false_answers, border)
        answered[held] = judged.log_odds[held] >= made.border
        confidence[held] = _probability(made.scale * judged.log_odds[held] + made.bias)
    return _standing(judged, answered, confidence)


def folds(answerable: Sequence[bool], seed: int) -> npt.NDArray[np.int64]:
    """A fold for each question, both kinds spread evenly."""
    fold = np.zeros(len(answerable), np.int64)
    for kind in (True, False):
        places = [at for at, value in enumerate(answerable) if value is kind]
        random.Random(seed).shuffle(places)
        for number, at in enumerate(places):
            fold[at] = number % FOLDS
    return fold


def _standing(judged: Judged, answered: Flags, confidence: Floats) -> Standing:
    def share(of: Flags, counted: Flags) -> Share:
        return Share(int((of & counted).sum()), int(of.sum()))

    return Standing(
        share(~judged.answerable, answered),
        share(judged.answerable, ~answered),
        share(answered, judged.right),
        calibration_error(confidence, judged.answerable.astype(float)),
    )
