"""Many vectors in a file of rows: found nearly all, restricted or not, and safe on disk."""

from __future__ import annotations

import errno
import os
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from index import faiss_base, faiss_vectors
from index.faiss_vectors import FaissVectors
from index.memory import MemoryVectors
from index.ports import Ids, Vectors
from index.problems import IndexProblem
from index.store_rows import halved

DIMENSION = 30
COUNT = 6000
TEN = 10


def vectors(count: int, seed: int) -> Vectors:
    """Unit vectors around thirty centres."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((30, DIMENSION))
    made = centres[random.integers(0, 30, count)] + random.standard_normal((count, DIMENSION))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return halved(made.astype(np.float32))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few vectors count as many."""
    monkeypatch.setattr(faiss_vectors, "MANY", 1000)
    monkeypatch.setattr(faiss_base, "_FEW", 50)
    monkeypatch.setattr(faiss_base, "_ROWS_A_MATCH", 10)
    monkeypatch.setattr(faiss_base, "DEPTHS", (50, 100, 200, 400))


@pytest.fixture
def filled(tmp_path: Path) -> tuple[FaissVectors, MemoryVectors]:
    ours, reference = FaissVectors(DIMENSION, tmp_path), MemoryVectors(DIMENSION)
    for at in range(0, COUNT, 900):
        ids = range(at + 1, min(at + 900, COUNT) + 1)
        for index in (ours, reference):
            index.put(ids, vectors(len(ids), at))
    ours.commit()
    return ours, reference


def recall(ours: FaissVectors, reference: MemoryVectors, allowed: Ids | None = None) -> float:
    """The share of the ten nearest to fifty questions that are found."""
    found = 0
    for question in vectors(50, 12345):
        expected = {match.id: match.score for match in reference.search(question, TEN, allowed)}
        matches = ours.search(question, TEN, allowed)
        assert len(matches) == len(expected)
        assert [m.score for m in matches] == sorted((m.score for m in matches), reverse=True)
        for match in matches:
            exact = float(np.dot(reference.vector(match.id), question))
            assert match.score == pytest.approx(exact, abs=1e-5)
        found += len(expected.keys() & {match.id for match in matches})
    return found / (50 * min(TEN, COUNT if allowed is None else len(allowed)))


def test_nearly_all_of_the_nearest_are_found(
    filled: tuple[FaissVectors, MemoryVectors],
) -> None:
    ours, reference = filled
    assert ours.accuracy().startswith("approximate, recall@10 0.9")
    assert recall(ours, reference) >= 0.98


@pytest.mark.parametrize(
    "allowed",
    [
        np.arange(100, 103),
        np.arange(7, COUNT, 150),
        np.arange(7, COUNT, 20),
        np.arange(7, COUNT, 3),
        np.arange(4000, 4500),
        np.delete(np.arange(1, COUNT + 1), [17, 400]),
    ],
    ids=["three", "few", "one in twenty", "one in three", "a run", "nearly all"],
)
def test_a_restriction_loses_none_of_them(
    filled: tuple[FaissVectors, MemoryVectors], allowed: Ids
) -> None:
    assert recall(*filled, allowed) >= 0.98


def test_allowed_vectors_far_from_the_question_are_found(
    filled: tuple[FaissVectors, MemoryVectors],
) -> None:
    ours, reference = filled
    question = vectors(1, 5)[0]
    far = np.sort([match.id for match in reference.search(question, COUNT)[-400:]])
    expected = reference.search(question, 3, far)
    assert [m.id for m in ours.search(question, 3, far)] == [m.id for m in expected]


def test_changes_lie_beside_the_file_until_there_are_many(
    filled: tuple[FaissVectors, MemoryVectors], tmp_path: Path
) -> None:
    ours, reference = filled
    before = (tmp_path / "rows-1.faiss").stat().st_mtime_ns
    for index in (ours, reference):
        index.put([5, COUNT + 40], vectors(2, 3))
        index.drop([6, 77])
    ours.commit()
    assert (tmp_path / "rows-1.faiss").stat().st_mtime_ns == before
    again = FaissVectors(DIMENSION, tmp_path)
    assert (again.ids(), len(again)) == (reference.ids(), COUNT - 1)
    assert recall(again, reference) >= 0.98
    for index in (again, reference):
        index.put(range(COUNT + 100, COUNT + 1600), vectors(1500, 4))
    assert recall(again, reference) >= 0.98
    again.commit()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows-2.faiss", "vectors.faiss"]
    assert again.ids() == FaissVectors(DIMENSION, tmp_path).ids() == reference.ids()
    assert recall(again, reference) >= 0.98


def test_few_that_are_left_are_all_compared_again(
    filled: tuple[FaissVectors, MemoryVectors], tmp_path: Path
) -> None:
    ours, reference = filled
    for index in (ours, reference):
        index.drop(range(1, COUNT - 100))
    ours.commit()
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]
    assert (ours.accuracy(), ours.ids()) == ("exact", reference.ids())
    assert recall(ours, reference) == 1.0


def test_a_reader_keeps_the_file_that_it_opened(
    filled: tuple[FaissVectors, MemoryVectors], tmp_path: Path
) -> None:
    ours, reference = filled
    reader = FaissVectors(DIMENSION, tmp_path)
    ours.put(range(COUNT + 1, COUNT + 1200), vectors(1199, 8))
    ours.commit()
    assert not (tmp_path / "rows-1.faiss").exists()
    assert recall(reader, reference) >= 0.98


def test_nothing_of_an_uncommitted_fold_is_left(tmp_path: Path) -> None:
    ours = FaissVectors(DIMENSION, tmp_path)
    ours.put(range(1, 3001), vectors(3000, 1))
    ours.close()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".rows-1.faiss.xyz").write_bytes(b"of a writer that was killed")
    (tmp_path / "rows-7.faiss").write_bytes(b"")
    ours = FaissVectors(DIMENSION, tmp_path)
    ours.put([1], vectors(1, 1))
    ours.commit()
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]


def test_a_full_disk_leaves_the_old_state(
    filled: tuple[FaissVectors, MemoryVectors], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    ours, reference = filled
    ours.put(range(COUNT + 1, COUNT + 1200), vectors(1199, 8))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(IndexProblem, match="No space left"):
            ours.commit()
    assert FaissVectors(DIMENSION, tmp_path).ids() == reference.ids()
    ours.commit()
    assert len(FaissVectors(DIMENSION, tmp_path)) == COUNT + 1199


def test_a_disk_that_is_full_while_vectors_are_put_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(IndexProblem, match="No space left"):
        FaissVectors(DIMENSION, tmp_path).put(range(1, 2001), vectors(2000, 1))


def flipped(at: Callable[[int], int]) -> Callable[[bytes], bytes]:
    def harm(data: bytes) -> bytes:
        place = at(len(data))
        return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]

    return harm


@pytest.mark.parametrize(
    "harm",
    [
        flipped(lambda _: 60),
        flipped(lambda _: 600),
        flipped(lambda size: size - 9),
        lambda data: data[:-1],
        lambda _: b"",
        lambda _: b"[]\n",
        lambda _: b"\xff" * 5000,
    ],
    ids=["header", "an id", "a code", "cut", "empty", "another file", "noise"],
)
@pytest.mark.usefixtures("filled")
def test_a_damaged_file_is_told_when_it_is_opened(
    tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / "rows-1.faiss"
    file.write_bytes(harm(file.read_bytes()))
    with pytest.raises(IndexProblem, match=r"rows-1.faiss is damaged") as problem:
        FaissVectors(DIMENSION, tmp_path)
    assert "rebuild" in problem.value.remedy


def test_a_missing_file_is_told(filled: tuple[FaissVectors, MemoryVectors], tmp_path: Path) -> None:
    filled[0].close()
    (tmp_path / "rows-1.faiss").unlink()
    with pytest.raises(IndexProblem, match="it is not there"):
        FaissVectors(DIMENSION, tmp_path)


@pytest.mark.usefixtures("filled")
def test_damaged_rows_are_found_by_looking_through_them(tmp_path: Path) -> None:
    assert FaissVectors(DIMENSION, tmp_path).damage() == ""
    file = tmp_path / "rows-1.faiss"
    file.write_bytes(flipped(lambda size: size // 2)(file.read_bytes()))
    assert "rows-1.faiss is damaged" in FaissVectors(DIMENSION, tmp_path).damage()


def test_a_file_of_the_first_format_opens(tmp_path: Path) -> None:
    half, product = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    old = faiss.IndexIDMap(faiss.IndexScalarQuantizer(2, half, product))
    old.add_with_ids(np.eye(2, dtype=np.float32), np.array([3, 8]))
    data = faiss.serialize_index(old).tobytes()
    crc = zlib.crc32(data)
    line = f'{{"format": "pullquote-faiss-1", "bytes": {len(data)}, "crc32": {crc}}}'
    (tmp_path / "vectors.faiss").write_bytes(line.encode().ljust(95) + b"\n" + data)
    opened = FaissVectors(2, tmp_path)
    question = np.array([0, 1], dtype=np.float32)
    assert [match.id for match in opened.search(question, 5)] == [8, 3]
    opened.put([9], question[None, :])
    opened.commit()
    assert FaissVectors(2, tmp_path).ids() == [3, 8, 9]
