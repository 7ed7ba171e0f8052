"""Disks that are full, fail, or cannot be written: an error that helps, and the old state."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.library import Index
from index.ports import Embedder
from index.problems import IndexProblem
from index.types import Changes, Document
from tests.index import faults

ROOT = Path(__file__).parents[2]
Making = Callable[[str, str], Document]
HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."


def begun(place: Path, embedder: Embedder) -> Index:
    """An index with a snapshot of two documents, one of which has changed since."""
    index = Index.open(place, embedder=embedder)
    index.add([Document("harbour", "", HARBOUR, ""), Document("envoy", "", HARBOUR, "")])
    index.snapshot("monday")
    index.add([Document("envoy", "", ENVOY, "")])
    return index


def is_as_it_was(index: Index) -> bool:
    """Whether it is whole, holds what `begun` says, and answers."""
    texts = {info.key: index.document(info.key).text for info in index.documents()}
    found = index.passages([match.id for match in index.lexical("guarantees", 9)])
    return (
        index.verify() == []
        and texts == {"harbour": HARBOUR, "envoy": ENVOY}
        and [passage.document for passage in found] == ["envoy"]
        and len(index.dense("harbour", 9)) == 2
        and [snapshot.label for snapshot in index.snapshots()] == ["monday"]
    )


CHANGES: dict[str, Callable[[Index], Changes | None]] = {
    "add": lambda index: index.add(
        [Document("envoy", "", HARBOUR, ""), Document("new", "", ENVOY, "")]
    ),
    "restore": lambda index: index.restore("monday"),
    "snapshot": lambda index: index.snapshot("tuesday"),
    "rebuild": lambda index: index.rebuild(),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_step_that_fails_leaves_the_old_state(
    tmp_path: Path, embedder: Embedder, kind: str
) -> None:
    """At every named step: here, and for whoever opens the index next."""
    base = tmp_path / "base"
    begun(base, embedder).close()
    failed = []
    for step in faults.STEPS:
        place = shutil.copytree(base, tmp_path / "index")
        index = Index.open(place, embedder=embedder)
        with faults.failing(step):
            try:
                CHANGES[kind](index)
            except IndexProblem:
                failed.append(step)
                assert is_as_it_was(index), step
        index.close()
        again = Index.open(place, embedder=embedder)
        assert again.verify() == [], step
        if step in failed:
            assert is_as_it_was(again), step
        again.close()
        shutil.rmtree(place)
    assert len(failed) >= (1 if kind == "snapshot" else 5), failed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2M", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("room", [0, 20_000, 100_000, 250_000])
def test_a_full_disk_is_told_and_leaves_the_old_state(
    small_disk: Path, embedder: Embedder, room: int
) -> None:
    index = begun(small_disk / "index", embedder)
    free = shutil.disk_usage(small_disk).free
    filler = small_disk / "filler"
    filler.write_bytes(bytes(max(0, free - room)))
    much = [Document(f"much {n}", "", f"{HARBOUR} {n}\n\n" * 400, "") for n in range(9)]
    with pytest.raises(IndexProblem, match=r"full|No space left") as problem:
        index.add(much)
    assert "old state is intact" in problem.value.remedy
    assert is_as_it_was(index)
    index.close()
    again = Index.open(small_disk / "index", embedder=embedder)
    assert is_as_it_was(again)
    filler.unlink()
    again.add([Document("new", "", ENVOY, "")])
    assert (again.verify(), len(again.documents())) == ([], 3)
    again.close()


@pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD")
@pytest.mark.skipif(not shutil.which("cc"), reason="there is no compiler")
def test_a_write_that_fails_or_kills_leaves_the_old_or_the_new_state() -> None:
    command = [sys.executable, "-m", "tests.index.faulty_disk", "--every", "90"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("nothing lost")
    assert int(done.stdout.split()[0]) > 10


READ_ONLY = """
import os, sys
from pathlib import Path
import Stemmer, faiss, numpy.random, tantivy
from index import faiss_vectors, growing, lexical, terms, verifying
from index.library import Index
from index.problems import IndexProblem
from tests.index.conftest import WordEmbedder
terms.terms("word")
embedder = WordEmbedder()
index = Index.open(Path(sys.argv[1]), embedder=embedder)
index.remove(["nothing"])  # imports what writing needs: the user to be may not read it
for path in (Path(sys.argv[1]), *Path(sys.argv[1]).rglob("*")):
    path.chmod(0o555)
if os.geteuid() == 0:
    os.setuid(65534)
for change in (lambda: index.restore("monday"), lambda: index.remove(["harbour"])):
    try:
        change()
    except IndexProblem as problem:
        print(bool(problem.remedy), len(index.lexical("guarantees", 9)), index.verify())
"""
"""The directory becomes read-only while the index is open."""


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_directory_that_becomes_read_only_is_told(embedder: Embedder) -> None:
    with tempfile.TemporaryDirectory() as root:  # others may enter it, unlike tmp_path
        Path(root).chmod(0o755)
        place = Path(root, "index")
        begun(place, embedder).close()
        command = [sys.executable, "-c", READ_ONLY, str(place)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        for path in (place, *place.rglob("*")):
            path.chmod(0o755)
        index = Index.open(place, embedder=embedder)
        assert is_as_it_was(index)
        index.close()
    assert done.stdout.splitlines() == ["True 1 []"] * 2, done.stderr
