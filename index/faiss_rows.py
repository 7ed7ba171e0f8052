"""Vectors that stay as they are: sorted by id, in half precision, compared where they lie."""

from __future__ import annotations

from typing import Any, TypeAlias

import faiss
import numpy as np
import numpy.typing as npt

from index.engines import best, best_of
from index.ports import Ids, Vectors
from index.types import Match

Halves: TypeAlias = npt.NDArray[np.float16]
Places: TypeAlias = npt.NDArray[np.int64]
"""Numbers of rows, ascending."""
Mask: TypeAlias = npt.NDArray[np.bool_]
CHUNK = 20_000
"""Rows that are made single precision at a time: 20 MB of 256 numbers each."""


def quantizer(dimension: int) -> Any:
    """An index of FAISS that compares every vector, in half precision."""
    half, product = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    return faiss.IndexScalarQuantizer(dimension, half, product)


class Rows:
    """Rows that can be dropped, and nothing else."""

    def __init__(self, ids: Ids, rows: Halves) -> None:
        """``ids`` are ascending, each once; ``rows`` of shape [n, dimension] may lie in a file."""
        self.ids = ids
        self.rows = rows
        self._gone: Mask = np.zeros(len(ids), dtype=bool)
        self._gone_count = 0
        self._halves = quantizer(rows.shape[1])

    def __len__(self) -> int:
        """How many there are besides those that were dropped."""
        return len(self.ids) - self._gone_count

    def live(self) -> Places:
        """Where those lie."""
        return np.flatnonzero(~self._gone)

    def gone(self) -> Ids:
        """The ids of those that were dropped."""
        return self.ids[self._gone]

    def drop(self, ids: Ids) -> None:
        """Forget these, whatever their order; unknown ones are ignored."""
        self._gone[self._places(ids)] = True
        self._gone_count = int(np.count_nonzero(self._gone))

    def search(self, question: Vectors, k: int, allowed: Ids | None = None) -> list[Match]:
        """The ``k`` best by comparing all that are allowed."""
        admitted = self.admitted(allowed)
        places = np.arange(len(self.ids)) if admitted is None else np.flatnonzero(admitted)
        return self.compared(question, k, places)

    def admitted(self, allowed: Ids | None) -> Mask | None:
        """Which rows are there and allowed; None for all."""
        if allowed is None:
            return ~self._gone if self._gone_count else None
        admitted = np.zeros(len(self.ids), dtype=bool)
        admitted[self._places(allowed)] = True
        return admitted & ~self._gone if self._gone_count else admitted

    def compared(self, question: Vectors, k: int, places: Places) -> list[Match]:
        """The ``k`` best of these rows, by their vectors as they are."""
        if len(places) <= CHUNK:
            return self._best_of(question, k, places)
        chunks = (places[at : at + CHUNK] for at in range(0, len(places), CHUNK))
        found = [match for chunk in chunks for match in self._best_of(question, k, chunk)]
        return best(((match.id, match.score) for match in found), k)

    def _best_of(self, question: Vectors, k: int, places: Places) -> list[Match]:
        faiss.omp_set_num_threads(1)
        halves: Any = self.rows.take(places, axis=0).view(np.uint8)
        index = quantizer(self.rows.shape[1])
        index.add_sa_codes(halves)  # and not numpy, which converts eight times slower

        def nearest(n: int) -> list[tuple[int, float]]:
            scores, found = index.search(question[None, :], n)
            ids = self.ids[places[found[0]]]
            return list(zip(ids.tolist(), scores[0].tolist(), strict=True))

        return best_of(nearest, k, len(places))

    def singles(self, places: Places) -> Vectors:
        """These rows in single precision."""
        halves: Any = self.rows.take(places, axis=0).view(np.uint8)
        decoded: Vectors = self._halves.sa_decode(halves)
        return decoded

    def _places(self, ids: Ids) -> Places:
        """Where these ids are, in their order, without those that are not."""
        if not len(self.ids):
            return np.zeros(0, dtype=np.int64)
        first, last = int(self.ids[0]), int(self.ids[-1])
        if last - first + 1 == len(self.ids):  # no id is missing, as in what was built in one go
            return ids[(ids >= first) & (ids <= last)] - first
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        found: Places = places[self.ids[places] == ids]
        return found
