"""The vector side of the engine ``faiss``: FAISS, once there is enough to search.

Importing FAISS takes 0.1 s of processor time, a tenth of what a question about one article may
take in all; comparing a thousand vectors without it takes one millisecond.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.memory import MemoryVectors
from index.ports import Ids, VectorIndex, Vectors
from index.types import Match

if TYPE_CHECKING:
    from index.faiss_vectors import FaissVectors

FEW = 1000
"""Vectors that are compared without FAISS."""


def vectors(dimension: int, directory: Path | None = None) -> VectorIndex:
    """FAISS on disk; in memory, what grows into it.

    Raises:
        IndexProblem: what lies in ``directory`` is damaged.
    """
    return _faiss(dimension, directory) if directory else GrowingVectors(dimension)


def _faiss(dimension: int, directory: Path | None = None) -> FaissVectors:
    from index.faiss_vectors import FaissVectors

    return FaissVectors(dimension, directory)


class GrowingVectors:
    """Vectors in memory; the first ones in a dictionary, more of them in FAISS."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._inner: MemoryVectors | FaissVectors = MemoryVectors(dimension)
        self._lock = threading.Lock()

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store or replace."""
        with self._lock:
            self._inner.put(ids, vectors)
            if isinstance(self._inner, MemoryVectors) and len(self._inner) > FEW:
                held = self._inner.ids()
                grown = _faiss(self._dimension)
                grown.put(held, np.stack([self._inner.vector(id_) for id_ in held]))
                self._inner = grown

    def drop(self, ids: Sequence[int]) -> None:
        """Forget."""
        with self._lock:
            self._inner.drop(ids)

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> list[Match]:
        """Compare with every vector."""
        with self._lock:
            return self._inner.search(vector, k, allowed)

    def accuracy(self) -> str:
        """As that of what holds them."""
        return self._inner.accuracy()

    def damage(self) -> str:
        """Nothing is read from a file."""
        return ""

    def ids(self) -> list[int]:
        """Every stored id, ascending."""
        with self._lock:
            return self._inner.ids()

    def __len__(self) -> int:
        return len(self._inner)

    def commit(self) -> None:
        """Memory does not survive; nothing to do."""

    def close(self) -> None:
        """Give the memory back."""
        with self._lock:
            self._inner = MemoryVectors(self._dimension)
