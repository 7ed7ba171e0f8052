"""A great many vectors in one file, searched by small codes of all and by the best rows exactly.

Each vector has a code of half a byte for each four of its numbers (product quantisation, Jégou et
al. 2011; scanned as by André et al. 2015). A search compares the question with every code, 16
times smaller than the row in single precision, and then with the rows of the best ones as they are.
No part of the vectors is left out, unlike in an inverted file: questions lie apart from passages,
and of 677,000 real passages one with 1,024 lists found 95 % of the ten nearest to a question only
when it looked at a quarter of them, at seven times the processor time.

The file is never changed. It is mapped, not read: besides the codes only what is looked at takes
up memory. It is a header, the ids (int64, ascending), the rows (half precision), and the codes as
FAISS writes them. How many rows are compared is chosen when it is written, by recall measured.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import faiss
import numpy as np

from index.faiss_files import Summing, checksum, damaged, read_header, write_header
from index.faiss_rows import CHUNK, Halves, Places, Rows
from index.files import replacing
from index.ports import Ids, Vectors
from index.types import Match

_FORMAT = "pullquote-base-1"
_HEADER_BYTES = 512
_NUMBERS_A_CODE = 4
_CENTROIDS = 16
_TRAINED_ON = 16_384
"""Rows; with 50,000 recall is the same."""
_ROUNDS = 12
DEPTHS = (500, 1000, 2000, 4000, 8000)
"""Rows that may be compared, of which the least is taken that finds enough."""
_ENOUGH = 0.99
_ROWS_A_MATCH = 40
"""Rows compared for each match that is wanted, if that is more."""
_FEW = 20_000
"""Rows that are all compared: as quick as scanning the codes for that many of a million."""
SAMPLE = 100
_NOISE = 0.5
"""Length of the noise added to a sampled vector to stand for a question. With it recall is that of
real questions: 0.986 and 0.986 with 500 rows compared, 0.996 and 0.993 with 1,000."""
_TEN = 10


@dataclass(frozen=True, slots=True)
class _Header:
    """What the first line tells."""

    count: int
    dimension: int
    codes: int
    """Bytes of the codes."""
    crc32: int
    """Of ids and codes, which are checked when the file is opened."""
    rows_crc32: int
    depth: int
    recall: float


class Base(Rows):
    """The vectors of one file."""

    def __init__(self, path: Path, header: _Header, ids: Ids, rows: Halves, codes: Any) -> None:
        """Use `opened`."""
        super().__init__(ids, rows)
        self.path = path
        self._header = header
        self._codes = codes
        self._depth = header.depth

    @property
    def recall(self) -> float:
        """The share of the ten nearest that a search finds, as measured."""
        return self._header.recall

    def search(self, question: Vectors, k: int, allowed: Ids | None = None) -> list[Match]:
        """The ``k`` best: of few all are compared, of many those whose codes come nearest."""
        admitted = self.admitted(allowed)
        stored = len(self.ids)
        count = stored if admitted is None else int(np.count_nonzero(admitted))
        wanted = max(self._depth, k * _ROWS_A_MATCH)
        depth = wanted if count == stored else wanted * stored // max(1, count) * 5 // 4
        while k > 0 and count > max(_FEW, wanted) and depth < stored // 2:
            places = self._nearest(question, depth)
            if admitted is not None:
                places = places[admitted[places]]
            if len(places) >= wanted:
                return self.compared(question, k, np.sort(places[:wanted]))
            depth *= 4  # those allowed lie deep
        return super().search(question, k, allowed)

    def _nearest(self, question: Vectors, depth: int) -> Places:
        """The rows whose codes are nearest, best first."""
        faiss.omp_set_num_threads(1)
        _, places = self._codes.search(_padded(question[None, :]), depth)
        found: Places = places[0]
        return found[found >= 0]

    def damage(self) -> str:
        """What is wrong with the rows, which are not looked through when the file is opened."""
        return "" if checksum(self.rows) == self._header.rows_crc32 else "its rows are others"


def opened(path: Path, dimension: int) -> Base:
    """Map a file; its rows are read when they are looked at.

    Raises:
        FileNotFoundError: it is not there.
        IndexProblem: it is damaged, or of another dimension.
    """
    try:
        with path.open("rb") as file:
            fields = read_header(file)
            if fields.pop("format") != _FORMAT:
                raise damaged(path, "its format is unknown")
            header = _Header(**fields)
            if header.dimension != dimension:
                raise damaged(path, f"it has {header.dimension} dimensions, not {dimension}")
            if os.fstat(file.fileno()).st_size != _codes_at(header) + header.codes:
                raise damaged(path, "its length is wrong")
            return _mapped(path, file, header)
    except FileNotFoundError:
        raise
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, "it cannot be read") from error
    except OSError as error:
        raise damaged(path, str(error.strerror)) from error


def _mapped(path: Path, file: BinaryIO, header: _Header) -> Base:
    ids, rows = _views(file, header.count, header.dimension)
    file.seek(_codes_at(header))
    packed = file.read(header.codes)
    if checksum(packed, checksum(ids)) != header.crc32:
        raise damaged(path, "its checksum is wrong")
    codes = faiss.deserialize_index(np.frombuffer(packed, dtype=np.uint8))
    return Base(path, header, ids, rows, codes)


def _views(file: BinaryIO, count: int, dimension: int) -> tuple[Ids, Halves]:
    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if hasattr(mapped, "madvise"):  # else 128 kB are read around each row that is looked at
        mapped.madvise(mmap.MADV_RANDOM)
    ids: Ids = np.frombuffer(mapped, np.int64, count, _HEADER_BYTES)
    at = _HEADER_BYTES + ids.nbytes
    rows: Halves = np.frombuffer(mapped, np.float16, count * dimension, at)
    return ids, rows.reshape(count, dimension)


def _codes_at(header: _Header) -> int:
    return _HEADER_BYTES + header.count * (8 + 2 * header.dimension)


def made(path: Path, parts: Sequence[Rows], dimension: int) -> None:
    """Write the rows of ``parts``, which share no id, to a file, whole or not at all.

    Beside the codes no more than some 100 MB are held, however many rows there are. It uses all
    processors.

    Raises:
        OSError: there is no room, or writing is not allowed.
    """
    with replacing(path) as file:
        file.write(b" " * _HEADER_BYTES)
        order = _Order(parts)
        summed = Summing(file)
        summed.write(order.ids)
        ids_checksum = summed.checksum
        summed = Summing(file)
        for rows in order.chunks():
            summed.write(rows)
        file.flush()
        header, codes = _coded(file, order.ids, dimension)
        file.seek(0, os.SEEK_END)
        file.write(codes)
        fields = header | {
            "codes": len(codes),
            "crc32": checksum(codes, ids_checksum),
            "rows_crc32": summed.checksum,
        }
        write_header(file, _HEADER_BYTES, {"format": _FORMAT, **fields})


class _Order:
    """The rows of several parts, by ascending ids."""

    def __init__(self, parts: Sequence[Rows]) -> None:
        live = [part.live() for part in parts]
        ids = np.concatenate([p.ids[places] for p, places in zip(parts, live, strict=True)])
        order = np.argsort(ids, kind="stable")
        self.ids: Ids = ids[order]
        self._parts = parts
        self._places = np.concatenate(live)[order]
        self._owners = np.repeat(np.arange(len(parts)), [len(places) for places in live])[order]

    def chunks(self) -> Iterator[Halves]:
        """Some rows at a time."""
        for at in range(0, len(self.ids), CHUNK):
            places, owners = self._places[at : at + CHUNK], self._owners[at : at + CHUNK]
            found = np.empty((len(places), self._parts[0].rows.shape[1]), dtype=np.float16)
            for owner in np.unique(owners).tolist():
                mine = owners == owner
                found[mine] = self._parts[owner].rows[places[mine]]
            yield found


def _coded(file: BinaryIO, ids: Ids, dimension: int) -> tuple[dict[str, Any], Any]:
    """Codes of the rows in a file, as bytes, and how well they do."""
    _, rows = _views(file, len(ids), dimension)
    plain = Rows(ids, rows)
    random = np.random.default_rng(7)
    faiss.omp_set_num_threads(1)  # more wait for each other: on a busy machine twelve times longer
    codes = _trained(plain, random)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    asked = random.choice(len(ids), min(SAMPLE, len(ids)), replace=False)
    questions = _questions(plain.singles(asked), random)
    tenths = np.full((len(asked), _TEN + 1), -np.inf, dtype=np.float32)
    for at in range(0, len(ids), CHUNK):
        chunk = plain.singles(np.arange(at, min(at + CHUNK, len(ids))))
        codes.add(_padded(chunk))
        scores, _ = faiss.knn(questions, chunk, _TEN + 1, metric=faiss.METRIC_INNER_PRODUCT)
        tenths = -np.sort(-np.concatenate([tenths, scores], axis=1), axis=1)[:, : _TEN + 1]
    for depth in DEPTHS:
        trial = Base(Path(), _Header(len(ids), dimension, 0, 0, 0, depth, 0.0), ids, rows, codes)
        recall = _recall(trial, questions, tenths[:, _TEN])
        if recall >= _ENOUGH:
            break
    header = {"count": len(ids), "dimension": dimension, "depth": depth, "recall": recall}
    return header, faiss.serialize_index(codes).tobytes()


def _trained(plain: Rows, random: np.random.Generator) -> Any:
    count, dimension = plain.rows.shape
    codes = faiss.IndexPQFastScan(
        *(_padded_dimension(dimension), _padded_dimension(dimension) // _NUMBERS_A_CODE, 4),
        faiss.METRIC_INNER_PRODUCT,
    )
    codes.pq.cp.niter = _ROUNDS
    codes.pq.cp.min_points_per_centroid = 1  # else FAISS warns on stderr
    wanted = min(_TRAINED_ON, max(_CENTROIDS, count))
    chosen = np.sort(random.choice(count, wanted, replace=wanted > count))
    codes.train(_padded(plain.singles(chosen)))
    return codes


def _questions(vectors: Vectors, random: np.random.Generator) -> Vectors:
    noise = random.standard_normal(vectors.shape, dtype=np.float32)
    noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    moved = vectors + noise
    questions: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return questions


def _recall(base: Base, questions: Vectors, tenths: Vectors) -> float:
    """The share of the ten nearest, besides the one that a question was made of, that are found."""
    found = 0
    for question, tenth in zip(questions, tenths.tolist(), strict=True):
        matches = base.search(question, _TEN + 1)
        found += sum(match.score >= tenth - 1e-6 for match in matches) - 1
    return round(min(1.0, found / (_TEN * len(questions))), 4)


def _padded_dimension(dimension: int) -> int:
    return -(-dimension // _NUMBERS_A_CODE) * _NUMBERS_A_CODE


def _padded(vectors: Vectors) -> Vectors:
    """With zeros, to a whole number of codes."""
    more = _padded_dimension(vectors.shape[1]) - vectors.shape[1]
    padded = np.pad(vectors, ((0, 0), (0, more))) if more else vectors
    return np.ascontiguousarray(padded, dtype=np.float32)
