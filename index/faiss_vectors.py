"""Nearest neighbours by FAISS: exactly, and of a great many those that a quick scan finds best.

New vectors are compared one by one, in half precision, as the store keeps them, so nothing is lost
by it: 100,000 of 256 numbers take 51 MB and are searched in 8 ms. Once there are more than
``MANY``, ``commit`` folds them into a file of rows that is scanned by codes (`index.faiss_base`);
what comes later is compared beside it until it is folded in too.

On disk ``vectors.faiss`` has the new vectors, the name of the file of rows if there is one, and
which of its ids were dropped. Replacing it is what makes a commit.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import faiss
import numpy as np

from index import faiss_base
from index.engines import EXACT, best, best_of, checked_question, checked_vectors
from index.faiss_base import Base
from index.faiss_files import Summing, checksum_of_rest, damaged, read_header, write_header
from index.faiss_rows import Rows, quantizer
from index.files import replacing
from index.ports import Ids, Vectors
from index.problems import IndexProblem
from index.types import Match

FILE = "vectors.faiss"
_FORMAT, _OLD_FORMAT = "pullquote-faiss-2", "pullquote-faiss-1"
_HEADER_BYTES = 256
_CHUNK = 1 << 20
_BITS = 100_000_000
"""The greatest id up to which a bit for each is quicker than looking ids up: 12 MB."""
MANY = 50_000
"""Vectors that are compared one by one, in 4 ms; as many again for each twenty times as many."""
_SHARE = 20


class FaissVectors:
    """Vectors in memory and in a mapped file."""

    def __init__(self, dimension: int, directory: Path | None = None) -> None:
        """Open what ``directory`` holds, or begin empty.

        Raises:
            IndexProblem: a file there is damaged or of another dimension.
        """
        self._dimension = dimension
        self._directory = directory
        self._lock = threading.Lock()
        self._changed = False
        self._spool: BinaryIO | None = None
        saved = _opened(directory, dimension) if directory else None
        self._new: Any = saved.new if saved else _empty(dimension)
        self._parts: list[Rows] = [saved.base] if saved and saved.base else []
        """What is in files: what was folded, and what waits for it in a file without a name."""
        self._greatest = max((int(i.max()) for i in self._all_ids() if len(i)), default=0)

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store or replace; ids greater than all before cost no search for what they replace.

        Raises:
            IndexProblem: there are many, and the directory cannot be written.
        """
        checked_vectors(ids, vectors, self._dimension)
        if not ids:
            return
        numbers = np.asarray(ids, dtype=np.int64)
        with self._lock:
            if numbers.min() <= self._greatest:
                self._forget(numbers)
            self._new.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), numbers)
            self._greatest = max(self._greatest, int(numbers.max()))
            self._changed = True
            if self._directory and self._new.ntotal > self._most():
                with _translated(self._directory):
                    self._set_aside(self._directory)

    def drop(self, ids: Sequence[int]) -> None:
        """Forget."""
        if not ids:
            return
        with self._lock:
            self._forget(np.asarray(ids, dtype=np.int64))
            self._changed = True

    def _forget(self, ids: Ids) -> None:
        self._new.remove_ids(ids)
        for part in self._parts:
            part.drop(ids)

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> list[Match]:
        """By dot product: of the new ones exactly, of those in a file nearly so."""
        checked_question(vector, self._dimension)
        question = np.ascontiguousarray(vector, dtype=np.float32)
        selected = None if allowed is None else _selected(allowed)
        with self._lock:
            found = best_of(lambda n: self._nearest(question, n, selected), k, self._new.ntotal)
            if not self._parts:
                return found
            each = [found, *(part.search(question, k, allowed) for part in self._parts)]
        filled = [matches for matches in each if matches]
        if len(filled) == 1:
            return filled[0]
        return best(((match.id, match.score) for matches in filled for match in matches), k)

    def _nearest(self, question: Vectors, n: int, selected: Any) -> list[tuple[int, float]]:
        # With two threads a search of 100,000 takes 36 ms instead of 8 on a busy machine,
        # for they wait for each other. OpenMP keeps this setting for each thread of the caller.
        faiss.omp_set_num_threads(1)
        scores, ids = self._new.search(question[None, :], n, params=selected)
        pairs = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return [(id_, score) for id_, score in pairs if id_ >= 0]  # FAISS pads with -1

    def accuracy(self) -> str:
        """Exact, or the recall that was measured when the file of rows was written."""
        base = self._base()
        return f"approximate, recall@10 {base.recall:.3f} as measured" if base else EXACT

    def ids(self) -> list[int]:
        """Every stored id, ascending."""
        with self._lock:
            numbers: list[int] = np.sort(np.concatenate(self._all_ids())).tolist()
        return numbers

    def _all_ids(self) -> list[Ids]:
        new: Ids = faiss.vector_to_array(self._new.id_map)
        return [new, *(part.ids[part.live()] for part in self._parts)]

    def __len__(self) -> int:
        return int(self._new.ntotal) + sum(len(part) for part in self._parts)

    def damage(self) -> str:
        """What is wrong with the file of rows; the rest was looked through when it was opened."""
        base = self._base()
        why = base.damage() if base else ""
        return damaged(base.path, why).summary if base and why else ""

    def commit(self) -> None:
        """Replace the files, if anything changed; searches go on meanwhile.

        Raises:
            IndexProblem: the directory cannot be written.
        """
        if self._directory is None or not self._changed:
            return
        with _translated(self._directory):
            self._directory.mkdir(parents=True, exist_ok=True)
            if self._is_due():
                self._fold(self._directory)
            with replacing(self._directory / FILE) as file:
                _write(file, self._new, self._base())
        self._changed = False
        _tidy(self._directory, self._base())

    def close(self) -> None:
        """Give memory and files back."""
        with self._lock:
            self._new = _empty(self._dimension)
            self._parts = []
            self._close_spool()
            self._directory = None

    # Folding

    def _base(self) -> Base | None:
        """The part that has a name."""
        return next((part for part in self._parts if isinstance(part, Base)), None)

    def _most(self) -> int:
        """How many new ones, or dropped ones, there may be besides those in the file of rows."""
        base = self._base()
        return max(MANY, len(base.ids) // _SHARE if base else 0)

    def _is_due(self) -> bool:
        base = self._base()
        gone = len(base.gone()) if base else 0
        return self._spool is not None or max(self._new.ntotal, gone) > self._most()

    def _set_aside(self, directory: Path) -> None:
        """Move the new vectors to a file that ends with the process: building takes less memory."""
        if self._spool is None:
            directory.mkdir(parents=True, exist_ok=True)
            self._spool = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - closed by close()
        part = _rows_of(self._new)
        at = self._spool.seek(0, 2)
        self._spool.write(part.rows.tobytes())
        self._spool.flush()
        rows = np.memmap(self._spool, np.float16, "r", at, part.rows.shape)
        self._parts.append(Rows(part.ids, rows))
        self._new = _empty(self._dimension)

    def _fold(self, directory: Path) -> None:
        """One file of rows of everything; few enough are kept as new ones."""
        parts = [*self._parts, _rows_of(self._new)]
        new, folded = _empty(self._dimension), []
        if len(self) > MANY:
            path = directory / _following(self._base())
            faiss_base.made(path, parts, self._dimension)
            folded = [faiss_base.opened(path, self._dimension)]
        else:
            for part in parts:
                places = part.live()
                new.add_with_ids(part.singles(places), part.ids[places])
        with self._lock:
            self._new, self._parts = new, [*folded]
            self._close_spool()

    def _close_spool(self) -> None:
        if self._spool:
            self._spool.close()
        self._spool = None


@dataclass(frozen=True, slots=True)
class _Saved:
    """What a directory holds."""

    new: Any
    base: Base | None


@contextmanager
def _translated(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexProblem(
            f"The vectors cannot be written to {directory} ({error.strerror}).",
            "Make room or allow writing there, then try again; the old state is intact.",
        ) from error


def _empty(dimension: int) -> Any:
    return faiss.IndexIDMap(quantizer(dimension))


def _rows_of(index: Any) -> Rows:
    """What FAISS holds, by ascending ids."""
    ids: Ids = faiss.vector_to_array(index.id_map)
    flat: Any = faiss.downcast_index(index.index)
    codes = faiss.vector_to_array(flat.codes)
    rows = codes.view(np.float16).reshape(len(ids), index.d)
    order = np.argsort(ids)
    return Rows(ids[order], rows[order])


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


def _following(base: Base | None) -> str:
    number = int(base.path.stem.partition("-")[2]) + 1 if base else 1
    return f"rows-{number}.faiss"


def _tidy(directory: Path, base: Base | None) -> None:
    """Delete files of rows that are not used any more, or were never finished."""
    for path in (*directory.glob("rows-*.faiss"), *directory.glob(".rows-*")):
        if base is None or path != base.path:
            try:
                path.unlink()
            except OSError:  # Windows keeps what a reader has open
                continue


def _write(file: BinaryIO, new: Any, base: Base | None) -> None:
    file.write(b" " * _HEADER_BYTES)
    failures: list[OSError] = []
    summed = Summing(file)

    def write(data: bytes) -> None:
        try:
            summed.write(data)
        except OSError as error:  # must not be thrown through C++
            failures.append(error)

    gone = base.gone() if base else np.zeros(0, dtype=np.int64)
    summed.write(gone.astype("<i8").tobytes())
    faiss.write_index(new, faiss.PyCallbackIOWriter(write, _CHUNK))  # type: ignore[attr-defined]
    if failures:
        raise failures[0]
    told = {"base": base.path.name if base else "", "gone": len(gone)}
    sums = {"bytes": summed.length, "crc32": summed.checksum}
    write_header(file, _HEADER_BYTES, {"format": _FORMAT, **told, **sums})


def _opened(directory: Path, dimension: int) -> _Saved | None:
    """What is there, even if it is replaced while it is being opened.

    Raises:
        IndexProblem: it is damaged, or of another dimension.
    """
    path, before = directory / FILE, ""
    while path.exists():
        new, name, gone = _load(path)
        if new.d != dimension:
            raise damaged(path, f"it has {new.d} dimensions, not {dimension}")
        if not name:
            return _Saved(new, None)
        try:
            base = faiss_base.opened(directory / name, dimension)
        except FileNotFoundError as error:
            if name == before:
                raise damaged(directory / name, "it is not there") from error
            before = name
            continue
        base.drop(gone)
        return _Saved(new, base)
    return None


def _load(path: Path) -> tuple[Any, str, Ids]:
    """The new vectors, the name of the file of rows, and which of its ids were dropped."""
    try:
        with path.open("rb") as file:
            header = read_header(file)
            if header["format"] not in (_FORMAT, _OLD_FORMAT):
                raise damaged(path, "its format is unknown")
            if os.fstat(file.fileno()).st_size != file.tell() + header["bytes"]:
                raise damaged(path, "its length is wrong")
            begin = file.tell()
            if checksum_of_rest(file) != header["crc32"]:  # FAISS would believe any length it reads
                raise damaged(path, "its checksum is wrong")
            file.seek(begin)
            gone = np.frombuffer(file.read(8 * header.get("gone", 0)), dtype="<i8")
            spring = faiss.PyCallbackIOReader(file.read, _CHUNK)  # type: ignore[attr-defined]
            index = faiss.read_index(spring)
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, "it cannot be read") from error
    except OSError as error:
        raise damaged(path, str(error.strerror)) from error
    return index, Path(header.get("base", "")).name, gone.astype(np.int64)
