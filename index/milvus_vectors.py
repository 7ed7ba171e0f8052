"""Nearest neighbours by Milvus."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import numpy as np

from index.addresses import Address
from index.engines import EXACT, best_of, checked_question, checked_vectors
from index.milvus_server import MOST, Column, Server, Table, one_of
from index.ports import Ids, Vectors
from index.problems import IndexProblem
from index.types import Match

VECTORS = Table("vectors", (Column("id"), Column("vector", "vector")))
_TOLD = 10_000
"""Ids that one filter names; more are asked for in turns."""

Pairs = list[tuple[int, float]]
Fetch = Callable[[str, int], Pairs]
"""The best of what a filter lets through, at most so many."""


class MilvusVectors:
    """Vectors in a table of a Milvus server, where they are the moment they are put."""

    def __init__(self, dimension: int, address: Address) -> None:
        """Use the table, or make it.

        Raises:
            IndexProblem: the server cannot be reached, or the table has another dimension.
        """
        self._dimension = dimension
        self._server = Server(address)
        self._server.make(VECTORS, dimension)
        made = self._server.dimension(VECTORS)
        if made != dimension:
            raise IndexProblem(
                f"The vectors of {address} have {made} dimensions, not {dimension}.",
                "Give the index the model that it was made with, or another name.",
            )

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store or replace."""
        checked_vectors(ids, vectors, self._dimension)
        rows = [{"id": id_, "vector": row.tolist()} for id_, row in zip(ids, vectors, strict=True)]
        self._server.put(VECTORS, rows)

    def drop(self, ids: Sequence[int]) -> None:
        """Forget."""
        self._server.delete(VECTORS, ids)

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> list[Match]:
        """By dot product; how exactly, the server's index says."""
        checked_question(vector, self._dimension)
        question = np.asarray(vector, dtype=np.float32).tolist()
        return best_among(
            lambda where, n: self._server.search(VECTORS, "vector", question, n, where), k, allowed
        )

    def accuracy(self) -> str:
        """Milvus Lite compares every vector, a server what its index leads to."""
        return EXACT if self._server.is_lite else "approximate, by an index of Milvus's choice"

    def damage(self) -> str:
        """What the server keeps, it answers for."""
        return ""

    def ids(self) -> list[int]:
        """Every stored id, ascending."""
        return sorted(int(row["id"]) for row in self._server.each(VECTORS, "id"))

    def __len__(self) -> int:
        return self._server.count(VECTORS)

    def commit(self) -> None:
        """What was put is kept already; from now on it is found quickly."""
        self._server.flush(VECTORS)

    def close(self) -> None:
        """End the connection."""
        self._server.close()


def best_among(fetch: Fetch, k: int, allowed: Ids | None) -> list[Match]:
    """The ``k`` best of the allowed ids, best first, ties by smaller id."""
    if allowed is None:
        return best_of(lambda n: _best("", fetch, n), k, sys.maxsize)
    parts = [allowed[at : at + _TOLD] for at in range(0, len(allowed), _TOLD)]
    filters = [one_of("id", part.tolist()) for part in parts]

    def nearest(n: int) -> Pairs:
        return [pair for where in filters for pair in _best(where, fetch, n)]

    return best_of(nearest, k, sys.maxsize) if filters else []


def _best(where: str, fetch: Fetch, n: int, low: int = 0, high: int = sys.maxsize) -> Pairs:
    """As ``fetch`` does, for more than a server gives at once: by ranges of ids."""
    if n <= MOST:
        return fetch(where, n)
    within = f"id >= {low} and id <= {high}"
    found = fetch(f"{where} and {within}" if where else within, MOST)
    if len(found) < MOST:
        return found
    middle = int(np.median([id_ for id_, _ in found]))
    lower = _best(where, fetch, n, low, middle)
    return lower + _best(where, fetch, n, middle + 1, high)
