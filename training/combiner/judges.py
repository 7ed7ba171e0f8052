"""Whether the texts tell, and whether the best sentence is right: two fits over the signs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from index.types import Span
from qa.telling import signs
from training.combiner.fit import Array, Flags, fit_logistic, fit_scale, sigmoids
from training.combiner.table import FOLDS, Questions

PENALTY = 300.0
"""On the weights of the signs. From 10 to 1,000 the folds hardly differ; chosen with an eye on
the hand-made questions too."""
FALSE_ANSWERS = 0.05
"""Share of untold questions that the threshold may let through, if that costs no more than …"""
REFUSALS = 0.08
"""… this share of told ones; else the threshold is where the two miss their marks equally."""
NEXT = 5
"""Sentences behind the best that are looked at: as many as are shown."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of n questions."""

    names: list[str]
    table: Array
    """[n, names]"""

    def without(self, unwanted: Collection[str]) -> Signs:
        """All but some of them."""
        kept = [at for at, name in enumerate(self.names) if name not in unwanted]
        return Signs([self.names[at] for at in kept], self.table[:, kept])


def signs_of(found: Questions, ranking: Array, scale: float, bias: float) -> Signs:
    """What ``qa.telling`` sees of each question at run time."""
    rows = [
        signs(text, those, list(scale * (one.features @ ranking) + bias))
        for text, those, one in zip(found.texts, found.candidates, found.asked, strict=True)
    ]
    names = list(rows[0])
    return Signs(names, np.array([[row[name] for name in names] for row in rows]))


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights of signs, and how they do on articles that were not fitted."""

    names: list[str]
    """Of the signs."""
    weights: Array
    bias: float
    log_odds: Array
    """[n], of each question's own fold."""

    @property
    def probability(self) -> Array:
        """[n], likewise."""
        return sigmoids(self.log_odds)

    def row(self) -> dict[str, object]:
        """As ``combiner.json`` has it."""
        return {"bias": round(self.bias, 4), "weights": rounded(self.names, self.weights)}


def fit_judge(seen: Signs, aim: Flags, among: Flags, fold: Array) -> Judge:
    """Weights for whether ``aim`` [n] holds, fitted to the questions ``among`` [n].

    One fit to a mixture of both aims, as the only confidence, told articles apart by an AUROC of
    0.885 and right sentences by 0.877; the two judges have 0.888 and, multiplied, 0.883.
    """
    table = seen.table
    held = np.zeros(len(aim))
    for number in range(FOLDS):
        rest = fold != number
        if (~rest).any():
            weights, bias = fit_logistic(table[rest & among], aim[rest & among], PENALTY)
            held[~rest] = table[~rest] @ weights + bias
    scale, shift = fit_scale(held[among], aim[among])
    weights, bias = fit_logistic(table[among], aim[among], PENALTY)
    return Judge(seen.names, scale * weights, scale * bias + shift, scale * held + shift)


@dataclass(frozen=True, slots=True)
class Others:
    """n sentences of told articles that come right behind the best one of their question."""

    behind: Array
    """[n]: by how much lower log-odds, as the ranking has it."""
    best: Array
    """[n]: log-odds that the best one is right, in the fold of its question."""
    gold: Flags
    """[n]"""


def others(found: Questions, ranking: Array, best: Array) -> Others:
    """The next ``NEXT`` sentences of each told question; ``best`` [questions] as in `Others`."""
    rows = []
    for at in np.flatnonzero(found.told):
        one = found.asked[at]
        scores = one.features @ ranking
        order = np.argsort(-scores, kind="stable")
        first: dict[Span, int] = {}  # of each sentence the better reading
        for i in order:
            first.setdefault(found.candidates[at][i].sentence, i)
        rows += [
            (scores[order[0]] - scores[i], best[at], one.gold[i])
            for i in list(first.values())[1 : 1 + NEXT]
        ]
    behind, of_best, gold = zip(*rows, strict=True)
    return Others(np.array(behind), np.array(of_best), np.array(gold))


def fit_fall(others: Others) -> float:
    """How much faster their log-odds fall than the ranking's own: the most likely value.

    Of the next five sentences 7 % hold an answer; with a fall of 1 they would be given 18 %.
    """
    tried = np.linspace(0.5, 4, 71)
    log_odds = others.best - tried[:, None] * others.behind
    likelihood = -np.logaddexp(0, np.where(others.gold, -1, 1) * log_odds).mean(1)
    return float(tried[int(np.argmax(likelihood))])


def rounded(names: Sequence[str], weights: Array) -> dict[str, float]:
    """By name, as ``combiner.json`` has them."""
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


def best_threshold(confidence: Array, told: Flags, usual: Flags) -> float:
    """Where false answers and false refusals, each as a share of what it may be, are least.

    Chosen by ``usual`` [n] questions alone.
    """
    confidence, told = confidence[usual], told[usual]
    tried = np.linspace(0.02, 0.9, 441)
    false = np.array([(confidence[~told] >= t).mean() for t in tried]) / FALSE_ANSWERS
    refused = np.array([(confidence[told] < t).mean() for t in tried]) / REFUSALS
    return float(tried[int(np.argmin(np.maximum(false, refused) + 0.01 * (false + refused)))])
