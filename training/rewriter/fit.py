"""Fit linear models over named features, by maximum likelihood with an L2 penalty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

RAREST = 4
"""Features met less often are left out."""
SLIGHTEST = 0.05
"""Log-odds below which a weight is left out."""


def vocabulary(rows: Iterable[Sequence[str]], rarest: int = RAREST) -> dict[str, int]:
    """Numbers for the features met often enough."""
    counts = Counter(feature for row in rows for feature in row)
    return {name: at for at, name in enumerate(n for n, c in counts.items() if c >= rarest)}


def matrix(rows: Sequence[Sequence[str]], known: dict[str, int]) -> Any:
    """0/1, of shape [rows, features]."""
    columns = [[known[f] for f in row if f in known] for row in rows]
    pointers = np.cumsum([0, *map(len, columns)])
    flat = np.fromiter((c for row in columns for c in row), dtype=np.int32)
    return csr_matrix((np.ones(len(flat)), flat, pointers), shape=(len(rows), len(known)))


def logistic(examples: Sequence[tuple[Sequence[str], bool]], penalty: float) -> dict[str, float]:
    """Weights of a logistic regression."""
    rows = [row for row, _ in examples]
    known = vocabulary(rows)
    x, y = matrix(rows, known), np.array([label for _, label in examples], dtype=float)

    def loss(w: Any) -> tuple[float, Any]:
        z = x @ w
        p = 1 / (1 + np.exp(-z))
        value = np.logaddexp(0, z).sum() - y @ z + penalty * (w @ w) / 2
        return value, x.T @ (p - y) + penalty * w

    return _named(known, _least(loss, len(known)))


def ranking(
    groups: Sequence[tuple[Sequence[Sequence[str]], Sequence[float]]], penalty: float
) -> dict[str, float]:
    """Weights under which the right rows of each group win a softmax over the group."""
    rows = [row for group, _ in groups for row in group]
    known = vocabulary(rows)
    x = matrix(rows, known)
    target = np.concatenate([np.array(t) for _, t in groups])
    starts = np.cumsum([0, *(len(t) for _, t in groups)])[:-1]
    sizes = np.array([len(t) for _, t in groups])
    right = target > 0

    def loss(w: Any) -> tuple[float, Any]:
        z = x @ w
        z = np.exp(z - np.repeat(np.maximum.reduceat(z, starts), sizes))
        p = z / np.repeat(np.add.reduceat(z, starts), sizes)
        among = np.where(right, p, 0.0)
        mass = np.add.reduceat(among, starts)
        q = among / np.repeat(np.maximum(mass, 1e-12), sizes)
        value = -np.log(np.maximum(mass, 1e-12)).sum() + penalty * (w @ w) / 2
        return value, x.T @ (p - q) + penalty * w

    return _named(known, _least(loss, len(known)))


def _least(loss: Callable[[Any], tuple[float, Any]], size: int) -> Any:
    start = np.zeros(size)
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x


def _named(known: dict[str, int], weights: Any) -> dict[str, float]:
    rounded = {name: round(float(weights[at]), 2) for name, at in known.items()}
    return {name: weight for name, weight in rounded.items() if abs(weight) >= SLIGHTEST}
