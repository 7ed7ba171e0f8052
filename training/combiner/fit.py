"""Logistic regressions: within the candidates of a question, and over questions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's candidates: n sentences, f features."""

    features: Array
    """[n, f]"""
    gold: Flags
    """[n]; none is gold if the article does not tell, or retrieval missed it."""


def fit_ranking(asked: Sequence[Asked], rounds: int = 300, l2: float = 1e-3) -> Array:
    """[f] weights that make the gold sentences of each question likely, by Adam.

    The loss is the softmax over the candidates of one question, all gold ones taken together.
    """
    useful = [one for one in asked if one.gold.any()]
    features = np.concatenate([one.features for one in useful])
    gold = np.concatenate([one.gold for one in useful])
    group = np.repeat(np.arange(len(useful)), [len(one.gold) for one in useful])
    weights = np.zeros(features.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, rounds + 1):
        every = _softmax(features @ weights, group)
        right = np.where(gold, every, 0.0)
        right /= np.bincount(group, right)[group]
        slope = features.T @ (every - right) / len(useful) + l2 * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        weights -= 0.05 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights


def _softmax(scores: Array, group: npt.NDArray[np.int64]) -> Array:
    tops = np.full(group[-1] + 1, -np.inf)
    np.maximum.at(tops, group, scores)
    powers = np.exp(scores - tops[group])
    shares: Array = powers / np.bincount(group, powers)[group]
    return shares


def fit_logistic(inputs: Array, right: Array | Flags, l2: float = 1.0) -> tuple[Array, float]:
    """Weights and bias of the logistic regression of ``right`` on ``inputs``, by Newton.

    Args:
        inputs: [n, f].
        right: [n], 0 to 1.
        l2: penalty on the weights, of inputs brought to a standard deviation of 1.
    """
    mean, spread = inputs.mean(0), inputs.std(0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    standard = np.concatenate([(inputs - mean) / spread, np.ones((len(right), 1))], axis=1)
    penalty = np.array([l2] * inputs.shape[1] + [1e-6])
    found = np.zeros(standard.shape[1])
    for _ in range(30):
        chance = sigmoids(standard @ found)
        slope = standard.T @ (chance - right) + penalty * found
        bend = (standard * (chance * (1 - chance))[:, None]).T @ standard
        step = np.linalg.solve(bend + np.diag(penalty), slope)
        found -= step
        if np.abs(step).max() < 1e-7:
            break
    weights = found[:-1] / spread
    return weights, float(found[-1] - mean @ weights)


def fit_scale(scores: Array, right: Flags) -> tuple[float, float]:
    """Scale and bias of the logistic curve from score to the chance of being right (Platt 1999)."""
    weights, bias = fit_logistic(scores[:, None], right, l2=1e-3)
    return float(weights[0]), bias


def sigmoids(log_odds: Array) -> Array:
    """Probabilities."""
    return 1 / (1 + np.exp(-np.clip(log_odds, -40, 40)))
