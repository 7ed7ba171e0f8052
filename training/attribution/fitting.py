"""A softmax over the candidates of each example, its weights fitted by Adam; numpy alone."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

RARE = 16
"""Candidates in which a feature must stand to be learnt."""
SMALL = 0.05
"""A weight nearer to zero is left out."""
PART = 256
"""Examples of one step."""
Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
Choices = Sequence[tuple[Sequence[str], bool]]
"""The candidates of one example: the features of each, and whether it is the right one."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All candidates of all examples, one after another."""

    features: Ints
    """The number of each feature of each candidate."""
    candidate: Ints
    """The candidate it belongs to, ascending."""
    example: Ints
    """[candidates] the example each belongs to, ascending."""
    gold: npt.NDArray[np.bool_]
    """[candidates]"""


def numbered(examples: Iterable[Choices]) -> tuple[Batch, dict[str, int]]:
    """The candidates of all examples, of which each has a right one; and the features' numbers."""
    known: dict[str, int] = {}
    features, owner = array("i"), array("i")
    example_of: list[int] = []
    gold: list[bool] = []
    for number, choices in enumerate(examples):
        for names, right in choices:
            for name in names:
                features.append(known.setdefault(name, len(known)))
                owner.append(len(example_of))
            example_of.append(number)
            gold.append(right)
    return (
        Batch(
            np.array(features, dtype=np.int32),
            np.array(owner, dtype=np.int32),
            np.array(example_of),
            np.array(gold),
        ),
        known,
    )


def without_rare(
    found: Batch, known: dict[str, int], rare: int = RARE
) -> tuple[Batch, dict[str, int]]:
    """The same without the features that stand in fewer than ``rare`` candidates."""
    counts = np.bincount(found.features, minlength=len(known))
    kept = np.flatnonzero(counts >= rare)
    renamed = np.full(len(known), -1)
    renamed[kept] = np.arange(len(kept))
    mask = renamed[found.features] >= 0
    names = {name: int(renamed[at]) for name, at in known.items() if renamed[at] >= 0}
    return (
        Batch(renamed[found.features[mask]], found.candidate[mask], found.example, found.gold),
        names,
    )


def strongest(found: Batch, weights: Array, size: int) -> Array:
    """The weights, all but ``size`` of them zero: those that move the most scores stay."""
    counts = np.bincount(found.features, minlength=len(weights))
    moved = np.abs(weights) * np.sqrt(counts)
    kept = np.argsort(-moved)[:size]
    left: Array = np.zeros_like(weights)
    left[kept] = weights[kept]
    return left


def fit(
    found: Batch,
    size: int,
    passes: int = 6,
    l2: float = 0.3,
    seed: int = 1,
    start: Array | None = None,
) -> Array:
    """[size] weights, by Adam over a few hundred examples at a time.

    Args:
        found: all candidates.
        size: how many features there are.
        passes: over all examples.
        l2: strength of the pull to zero.
        seed: of the order of examples.
        start: weights to begin with; those that are zero stay zero. None: all begin with zero.
    """
    weights = np.zeros(size) if start is None else start.copy()
    free = np.ones(size) if start is None else (start != 0).astype(float)
    mean, square = np.zeros(size), np.zeros(size)
    dice = np.random.default_rng(seed)
    examples = int(found.example[-1]) + 1
    rounds = passes * max(1, examples // PART)
    step = 0
    for number in range(passes):
        loss = 0.0
        for part in np.array_split(dice.permutation(examples), max(1, examples // PART)):
            step += 1
            slope, chance = _slope(_of_examples(found, part), weights)
            slope = free * (slope / len(part) + l2 / examples * weights)
            mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
            rate = 0.05 * min(1.0, 1.5 * (1 - step / (rounds + 1)))
            weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
            loss -= float(np.log(np.maximum(chance, 1e-12)).sum())
        print(f"pass {number + 1}: loss {loss / examples:.4f}", flush=True)
    return weights


def _of_examples(found: Batch, part: Ints) -> Batch:
    """The candidates of some examples, numbered anew."""
    starts = np.searchsorted(found.example, part)
    ends = np.searchsorted(found.example, part, side="right")
    rows = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)])
    begins = np.searchsorted(found.candidate, rows)
    stops = np.searchsorted(found.candidate, rows, side="right")
    cells = np.concatenate([np.arange(a, b) for a, b in zip(begins, stops, strict=True)])
    return Batch(
        found.features[cells],
        np.repeat(np.arange(len(rows)), stops - begins),
        np.repeat(np.arange(len(part)), ends - starts),
        found.gold[rows],
    )


def _slope(found: Batch, weights: Array) -> tuple[Array, Array]:
    """The gradient of the loss, and the chance of the gold candidates of each example."""
    scores = np.bincount(found.candidate, weights[found.features], minlength=len(found.gold))
    tops = np.full(int(found.example[-1]) + 1, -np.inf)
    np.maximum.at(tops, found.example, scores)
    powers = np.exp(scores - tops[found.example])
    every = powers / np.bincount(found.example, powers)[found.example]
    right = np.where(found.gold, every, 0.0)
    chance: Array = np.bincount(found.example, right).astype(float)
    right /= np.maximum(chance[found.example], 1e-12)
    error = every - right
    slope: Array = np.bincount(found.features, error[found.candidate], len(weights)).astype(float)
    return slope, chance


def rounded(weights: Array, names: dict[str, int]) -> dict[str, float]:
    """The weights that matter, by name."""
    kept = {name: round(float(weights[at]), 2) for name, at in sorted(names.items())}
    return {name: weight for name, weight in kept.items() if abs(weight) >= SMALL}
