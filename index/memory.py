"""Reference engines, a dict and a dot product: the oracle that every other engine is held to.

They take a directory as every engine does and write nothing there: the library fills them from the
store when an index is opened.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.engines import EXACT, best, checked, checked_question, checked_vectors
from index.ports import Ids, Vectors
from index.terms import question_terms, terms
from index.types import Match

K1, B = 1.2, 0.75
"""Saturation of a repeated term, and how much a long passage is held back."""


class MemoryVectors:
    """Exact search over a dict of vectors."""

    def __init__(self, dimension: int, directory: Path | None = None) -> None:  # noqa: ARG002
        self._dimension = dimension
        self._vectors: dict[int, Vectors] = {}

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store or replace."""
        checked_vectors(ids, vectors, self._dimension)
        self._vectors.update(zip(ids, vectors.copy(), strict=True))

    def drop(self, ids: Sequence[int]) -> None:
        """Forget."""
        for id_ in ids:
            self._vectors.pop(id_, None)

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> list[Match]:
        """Compare with every vector."""
        checked_question(vector, self._dimension)
        ids = (
            self._vectors.keys()
            if allowed is None
            else self._vectors.keys() & set(allowed.tolist())
        )
        return best(((id_, float(np.dot(self._vectors[id_], vector))) for id_ in ids), k)

    def accuracy(self) -> str:
        """Every vector is compared."""
        return EXACT

    def damage(self) -> str:
        """Nothing is read from a file."""
        return ""

    def vector(self, id_: int) -> Vectors:
        """What is stored under an id; KeyError if there is nothing."""
        return self._vectors[id_]

    def ids(self) -> list[int]:
        """Every stored id, ascending."""
        return sorted(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def commit(self) -> None:
        """Memory does not survive; nothing to do."""

    def close(self) -> None:
        """Nothing to release."""


class MemoryLexical:
    """BM25 over a dict of term counts.

    Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", with the
    inverse document frequency kept above zero.
    """

    def __init__(self, directory: Path | None = None) -> None:  # noqa: ARG002
        self._counts: dict[int, Counter[str]] = {}

    def put(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        """Store or replace."""
        checked(ids, len(texts))
        for id_, text in zip(ids, texts, strict=True):
            self._counts[id_] = Counter(terms(text))

    def drop(self, ids: Sequence[int]) -> None:
        """Forget."""
        for id_ in ids:
            self._counts.pop(id_, None)

    def search(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:
        """Score every passage that shares a term with the question."""
        scores: dict[int, float] = {}
        for term in question_terms(question):
            for id_, score in self._scores(term):
                scores[id_] = scores.get(id_, 0.0) + score
        ids = scores.keys() if allowed is None else scores.keys() & set(allowed.tolist())
        return best(((id_, scores[id_]) for id_ in ids), k)

    def _scores(self, term: str) -> list[tuple[int, float]]:
        holders = [(id_, counts) for id_, counts in self._counts.items() if term in counts]
        rarity = math.log(1 + (len(self._counts) - len(holders) + 0.5) / (len(holders) + 0.5))
        mean = sum(counts.total() for counts in self._counts.values()) / max(1, len(self._counts))
        return [
            (id_, rarity * _saturated(counts[term], counts.total() / mean))
            for id_, counts in holders
        ]

    def ids(self) -> list[int]:
        """Every stored id, ascending."""
        return sorted(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def commit(self) -> None:
        """Memory does not survive; nothing to do."""

    def close(self) -> None:
        """Nothing to release."""


def _saturated(count: int, length: float) -> float:
    return count * (K1 + 1) / (count + K1 * (1 - B + B * length))
