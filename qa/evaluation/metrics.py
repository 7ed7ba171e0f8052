"""Measures of retrieval, reading and refusing; pure functions over plain sequences.

Scores are "higher is surer". A measure that its input does not define (no question of one kind)
is None, never a made-up figure.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Values: TypeAlias = Sequence[float] | Floats

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """As SQuAD compares answers: lower case, without punctuation, articles and extra space.

    Source: Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text".
    """
    bare = _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION))
    return " ".join(bare.split())


def exact_match(predicted: str, golds: Sequence[str]) -> float:
    """1.0 when the normalised prediction equals one of ``golds``, else 0.0 (SQuAD)."""
    answer = normalised(predicted)
    return float(any(answer == normalised(gold) for gold in golds))


def f1(predicted: str, golds: Sequence[str]) -> float:
    """The best overlap of words with one of ``golds``, 0 to 1 (SQuAD)."""
    words = normalised(predicted).split()
    return max((_overlap(words, normalised(gold).split()) for gold in golds), default=0.0)


def _overlap(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    shared = (Counter(predicted) & Counter(gold)).total()
    return 2 * shared / (len(predicted) + len(gold))


def auroc(positives: Values, negatives: Values) -> float | None:
    """Chance that a random positive scores above a random negative; a tie counts half.

    The Mann-Whitney statistic over mean ranks (Hanley and McNeil 1982); 0.5 is guessing.
    """
    n, m = len(positives), len(negatives)
    if not n or not m:
        return None
    scores = np.concatenate([np.asarray(positives, float), np.asarray(negatives, float)])
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((mean_ranks[inverse][:n].sum() - n * (n + 1) / 2) / (n * m))


def risk_coverage_area(confidences: Values, correct: Values) -> float | None:
    """Mean share of errors over all coverages, the surest questions first; lower is better.

    Source: Geifman and El-Yaniv 2017, "Selective Classification for Deep Neural Networks".
    Questions of equal confidence stand in no order: the mean over all their orders is taken.
    """
    if not len(confidences):
        return None
    _, smoothed = _surest_first(confidences, correct)
    n = len(smoothed)
    return float(np.mean(1 - np.cumsum(smoothed) / np.arange(1, n + 1)))


def coverage_at(precision: float, confidences: Values, correct: Values) -> float | None:
    """The largest share of questions that a threshold can answer at this precision or better."""
    if not len(confidences):
        return None
    scores, smoothed = _surest_first(confidences, correct)
    answered = np.arange(1, len(scores) + 1)
    # Added-up means carry rounding errors; one right of a million questions is far above 1e-9.
    good = np.cumsum(smoothed) / answered >= precision - 1e-9
    last_of_ties = np.append(scores[1:] != scores[:-1], True)
    reached = answered[good & last_of_ties]
    return float(reached.max() / len(scores)) if len(reached) else 0.0


def calibration_error(confidences: Values, correct: Values, bins: int = 10) -> float | None:
    """Mean gap between confidence and share of right answers, over bins of equal mass; 0 to 1.

    Source: Naeini et al. 2015 (expected calibration error); Nixon et al. 2019 (equal mass).
    """
    if not len(confidences):
        return None
    scores, smoothed = _surest_first(confidences, correct)
    gaps = [
        abs(float(part.sum())) for part in np.array_split(smoothed - scores, min(bins, len(scores)))
    ]
    return sum(gaps) / len(scores)


def _surest_first(confidences: Values, correct: Values) -> tuple[Floats, Floats]:
    """Confidences in falling order, beside them the share of right answers at that confidence."""
    scores = np.asarray(confidences, float)
    order = np.argsort(-scores, kind="stable")
    right = np.asarray(correct, float)[order]
    scores = scores[order]
    _, inverse, counts = np.unique(-scores, return_inverse=True, return_counts=True)
    means = np.bincount(inverse, weights=right) / counts
    return scores, means[inverse]
