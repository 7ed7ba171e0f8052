"""Nearest neighbours by FAISS; the only file that imports it.

Every vector is compared. They are kept in half precision, as the store keeps them, so nothing is
lost by it: 100,000 vectors of 256 numbers take half the room and are searched in 8 ms, not 16.
On disk it is one file: a line of JSON with the length and
the CRC-32 of what follows, then the index as FAISS writes it.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import faiss
import numpy as np

from index.engines import EXACT, best_of, checked_question, checked_vectors
from index.files import replacing
from index.ports import Ids, Vectors
from index.problems import IndexProblem
from index.types import Match

FILE = "vectors.faiss"
_FORMAT = "pullquote-faiss-1"
_HEADER_BYTES = 96
"""Fixed, so that the header can be written last, once length and checksum are known."""
_CHUNK = 1 << 20
_BITS = 100_000_000
"""The greatest id up to which a bit for each is quicker than looking ids up: 12 MB."""


class FaissVectors:
    """Vectors in memory, saved whole by ``commit``."""

    def __init__(self, dimension: int, directory: Path | None = None) -> None:
        """Open what ``directory`` holds, or begin empty.

        Raises:
            IndexProblem: the file there is damaged or of another dimension.
        """
        self._dimension = dimension
        self._path = directory / FILE if directory else None
        self._lock = threading.Lock()
        self._changed = False
        if self._path and self._path.exists():
            self._index = _load(self._path)
            if self._index.d != dimension:
                raise _damaged(self._path, f"it has {self._index.d} dimensions, not {dimension}")
        else:
            self._index = _empty(dimension)
        self._greatest = max(self.ids(), default=0)

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store or replace; ids greater than all before cost no search for what they replace."""
        checked_vectors(ids, vectors, self._dimension)
        if not ids:
            return
        numbers = np.asarray(ids, dtype=np.int64)
        with self._lock:
            if numbers.min() <= self._greatest:
                self._index.remove_ids(numbers)
            self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), numbers)
            self._greatest = max(self._greatest, int(numbers.max()))
            self._changed = True

    def drop(self, ids: Sequence[int]) -> None:
        """Forget."""
        if not ids:
            return
        with self._lock:
            self._index.remove_ids(np.asarray(ids, dtype=np.int64))
            self._changed = True

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> list[Match]:
        """Exact, by dot product."""
        checked_question(vector, self._dimension)
        question = np.ascontiguousarray(vector, dtype=np.float32)[None, :]
        selected = None if allowed is None else _selected(allowed)
        with self._lock:
            return best_of(lambda n: self._nearest(question, n, selected), k, self._index.ntotal)

    def accuracy(self) -> str:
        """Every vector is compared."""
        return EXACT

    def _nearest(self, question: Vectors, n: int, selected: Any) -> list[tuple[int, float]]:
        # With two threads a search of 100,000 takes 36 ms instead of 8 on a busy machine,
        # for they wait for each other. OpenMP keeps this setting for each thread of the caller.
        faiss.omp_set_num_threads(1)
        scores, ids = self._index.search(question, n, params=selected)
        pairs = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return [(id_, score) for id_, score in pairs if id_ >= 0]  # FAISS pads with -1

    def ids(self) -> list[int]:
        """Every stored id, ascending."""
        numbers: list[int] = np.sort(faiss.vector_to_array(self._index.id_map)).tolist()
        return numbers

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def commit(self) -> None:
        """Replace the file, if anything changed; searches go on meanwhile.

        Raises:
            IndexProblem: the directory cannot be written.
        """
        if self._path is None or not self._changed:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path) as file:
                _write(self._index, file)
        except OSError as error:
            raise IndexProblem(
                f"The vectors cannot be written to {self._path.parent} ({error.strerror}).",
                "Make room or allow writing there, then try again; the old state is intact.",
            ) from error
        self._changed = False

    def close(self) -> None:
        """Give the memory back."""
        with self._lock:
            self._index = _empty(self._dimension)
            self._path = None


def _empty(dimension: int) -> Any:
    half, product = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    return faiss.IndexIDMap(faiss.IndexScalarQuantizer(dimension, half, product))


def _selected(allowed: Ids) -> Any:
    """Parameters of a search among these ids: a bit for each id up to the last one."""
    most = int(allowed[-1]) if len(allowed) else 0
    if most > _BITS:
        return faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
    bits = np.zeros(most + 1, dtype=bool)
    bits[allowed] = True
    packed: Any = np.packbits(bits, bitorder="little")
    among = faiss.IDSelectorBitmap(packed)  # type: ignore[call-arg]
    return faiss.SearchParameters(sel=among)  # type: ignore[call-arg]


def _write(index: Any, file: BinaryIO) -> None:
    file.write(b" " * _HEADER_BYTES)
    length, checksum = 0, 0
    failures: list[OSError] = []

    def write(data: bytes) -> None:
        nonlocal length, checksum
        length += len(data)
        checksum = zlib.crc32(data, checksum)
        try:
            file.write(data)
        except OSError as error:  # must not be thrown through C++
            failures.append(error)

    sink = faiss.PyCallbackIOWriter(write, _CHUNK)  # type: ignore[attr-defined]
    faiss.write_index(index, sink)
    if failures:
        raise failures[0]
    header = json.dumps({"format": _FORMAT, "bytes": length, "crc32": checksum})
    file.seek(0)
    file.write(header.encode("ascii").ljust(_HEADER_BYTES - 1) + b"\n")


def _load(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            header = json.loads(file.read(_HEADER_BYTES))
            if header["format"] != _FORMAT:
                raise _damaged(path, "its format is unknown")
            if path.stat().st_size != _HEADER_BYTES + header["bytes"]:
                raise _damaged(path, "its length is wrong")
            if _checksum(file) != header["crc32"]:  # FAISS would believe any length that it reads
                raise _damaged(path, "its checksum is wrong")
            file.seek(_HEADER_BYTES)
            spring = faiss.PyCallbackIOReader(file.read, _CHUNK)  # type: ignore[attr-defined]
            return faiss.read_index(spring)
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, "it cannot be read") from error
    except OSError as error:
        raise _damaged(path, str(error.strerror)) from error


def _checksum(file: BinaryIO) -> int:
    """Of the rest of a file."""
    checksum = 0
    while data := file.read(_CHUNK):
        checksum = zlib.crc32(data, checksum)
    return checksum


def _damaged(path: Path, why: str) -> IndexProblem:
    return IndexProblem(
        f"The vector file {path} is damaged: {why}.",
        "Rebuild the index: pullquote index rebuild.",
    )
