from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from index import embedders, layout, library
from index.library import Index
from index.parts import Parts
from index.ports import Embedder
from index.problems import IndexProblem, UsageProblem
from index.types import Changes, Document, Match

Making = Callable[[str, str], Document]
HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."
LIGHT = "A lighthouse keeper counted forty ships."


@pytest.fixture
def place(tmp_path: Path, embedder: Embedder, document: Making) -> Path:
    """An index on disk with two documents."""
    path = tmp_path / "index"
    made = Index.open(path, embedder=embedder)
    made.add([document("harbour", HARBOUR), document("envoy", ENVOY)])
    made.close()
    return path


def keys(index: Index, matches: Sequence[Match]) -> list[str]:
    return [passage.document for passage in index.passages([match.id for match in matches])]


def scored(matches: Sequence[Match]) -> list[tuple[int, object]]:
    return [(match.id, pytest.approx(match.score, abs=1e-5)) for match in matches]


def listed(index: Index) -> list[str]:
    return [info.key for info in index.documents()]


def test_a_second_opening_embeds_nothing(place: Path, embedder: Any, document: Making) -> None:
    embedder.embedded.clear()
    index = Index.open(place, embedder=embedder)
    assert index.add([document("harbour", HARBOUR)]).unchanged == ("harbour",)
    assert keys(index, index.dense(ENVOY, 1)) == ["envoy"]
    assert embedder.embedded == []
    assert index.status().bytes_on_disk > 1000
    made = library.manifest(place)
    assert made is not None
    assert (made.embedder, made.dimension, made.engine) == ("words", 16, "faiss")


def test_another_model_is_refused_until_it_is_rebuilt(
    place: Path, make_embedder: Callable[[str], Embedder]
) -> None:
    other = make_embedder("other")
    with pytest.raises(IndexProblem, match="made with the model 'words', not 'other'") as problem:
        Index.open(place, embedder=other)
    assert f"pullquote index rebuild {place}" in problem.value.remedy
    index = Index.open(place, embedder=other, stale=True)
    assert listed(index) == ["harbour", "envoy"]
    for use in (lambda: index.dense("x", 1), lambda: index.add([])):
        with pytest.raises(IndexProblem, match="not 'other'"):
            use()
    index.rebuild()
    assert keys(index, index.dense(ENVOY, 1)) == ["envoy"]
    index.close()
    assert Index.open(place, embedder=other).verify() == []


def test_a_model_that_changed_under_its_name_is_refused(place: Path, embedder: Any) -> None:
    embedder.fingerprint = "something new"
    with pytest.raises(IndexProblem, match="'words', which has changed since"):
        Index.open(place, embedder=embedder)


def test_another_engine_is_refused_until_it_is_rebuilt(place: Path, embedder: Embedder) -> None:
    with pytest.raises(IndexProblem, match="engine 'faiss', not 'memory'"):
        Index.open(place, embedder=embedder, engine="memory")
    index = Index.open(place, embedder=embedder, engine="memory", stale=True)
    index.rebuild()
    index.close()
    again = Index.open(place, embedder=embedder, engine="memory")
    assert keys(again, again.lexical("envoy", 3)) == ["envoy"]
    assert keys(again, again.dense(HARBOUR, 1)) == ["harbour"]
    with pytest.raises(UsageProblem, match="no engine"):
        Index.open(place, embedder=embedder, engine="fast")


def test_what_is_no_index_is_told(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("x")
    for name in ("file", "folder"):
        with pytest.raises(IndexProblem, match="not an index") as problem:
            Index.open(tmp_path / name, embedder=embedder)
        assert problem.value.remedy
    for readonly in (False, True):
        with pytest.raises(IndexProblem, match="no index at"):
            Index.open(tmp_path / "none", embedder=embedder, create=False, readonly=readonly)
    assert not (tmp_path / "none").exists()
    assert library.manifest(tmp_path / "none") is None
    assert (tmp_path / "folder" / "letter.txt").read_text() == "x"


def test_a_reader_cannot_write(place: Path, embedder: Embedder) -> None:
    index = Index.open(place, embedder=embedder, readonly=True)
    changes: list[Callable[[], Changes]] = [
        lambda: index.add([]),
        lambda: index.remove(["envoy"]),
        lambda: index.rebuild(),
    ]
    for change in changes:
        with pytest.raises(IndexProblem, match="only be read"):
            change()
    assert keys(index, index.lexical("envoy", 1)) == ["envoy"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexProblem, match=r"cannot be|not an index"):
        Index.open(tmp_path / "file" / "index", embedder=embedder)


READ_ONLY = """
import mmap, os, sys
from pathlib import Path
import Stemmer, faiss, safetensors.numpy, tantivy
from index import embedders, faiss_vectors, growing, lexical, terms, verifying
from index.library import Index
from index.problems import IndexProblem
terms.terms("word")  # whatever is imported late: the user to be may not read the interpreter
embedder = embedders.load(sys.argv[2])
embedder.question("word"), embedder.passages(["word"])
if os.geteuid() == 0:
    os.setuid(65534)
index = Index.open(Path(sys.argv[1]), embedder=embedder)
print(len(index.lexical("harbours", 5)), len(index.dense("harbour", 5)), index.verify())
try:
    index.remove(["harbour"])
except IndexProblem as problem:
    print(problem.summary)
"""


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_an_index_that_cannot_be_written_can_be_read(
    static_model: Callable[..., Path], document: Making
) -> None:
    with tempfile.TemporaryDirectory() as root:  # others may enter it, unlike tmp_path
        Path(root).chmod(0o755)
        model = shutil.copytree(static_model(), Path(root, "model"))
        place = Path(root, "index")
        index = Index.open(place, embedder=embedders.load(str(model)))
        index.add([document("harbour", HARBOUR)])
        index.close()
        for path in (place, model, *place.rglob("*"), *model.rglob("*")):
            path.chmod(0o555)
        command = [sys.executable, "-c", READ_ONLY, str(place), str(model)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        for path in (place, *place.rglob("*")):
            path.chmod(0o755)
    assert done.stdout.splitlines() == ["1 1 []", f"The index {place} can only be read."]


def generation(place: Path) -> layout.Generation:
    found = layout.current(place)
    assert found is not None
    return found


def lose_a_segment(generation: layout.Generation) -> None:
    for path in generation.lexical.glob("*.idx"):
        path.unlink()


HARMS: dict[str, Callable[[layout.Generation], object]] = {
    "vectors lost": lambda g: shutil.rmtree(g.vectors),
    "vectors cut": lambda g: (g.vectors / "vectors.faiss").write_bytes(b"{}"),
    "words lost": lambda g: shutil.rmtree(g.lexical),
    "words damaged": lambda g: (g.lexical / "meta.json").write_bytes(b"\xff\x00"),
    "a segment lost": lose_a_segment,
}


@pytest.mark.parametrize("readonly", [False, True], ids=["writer", "reader"])
@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_damaged_engine_is_filled_again_without_the_model(
    place: Path,
    embedder: Any,
    readonly: bool,
    harm: Callable[[layout.Generation], object],
) -> None:
    expected = Index.open(place, embedder=embedder)
    found = scored(expected.dense("harbour", 9)), scored(expected.lexical("envoy", 9))
    expected.close()
    harm(generation(place))
    embedder.embedded.clear()
    index = Index.open(place, embedder=embedder, readonly=readonly)
    assert (scored(index.dense("harbour", 9)), scored(index.lexical("envoy", 9))) == found
    assert embedder.embedded == []
    index.close()
    if not readonly:
        again = Index.open(place, embedder=embedder)
        assert (again.status().warnings, again.verify()) == ((), [])


@pytest.mark.parametrize(
    ("harm", "told"), [("vectors cut", r"vector file .* is damaged"), ("words lost", "had lost")]
)
def test_mending_is_told_once(place: Path, embedder: Embedder, harm: str, told: str) -> None:
    HARMS[harm](generation(place))
    mended = Index.open(place, embedder=embedder)
    (warning,) = mended.status().warnings
    assert re.search(told, warning)
    mended.close()
    assert Index.open(place, embedder=embedder).status().warnings == ()


@pytest.mark.parametrize("harm", ["vectors cut", "words damaged", "a segment lost"])
def test_what_looks_damaged_is_left_to_another_writer(
    place: Path, embedder: Embedder, document: Making, harm: str
) -> None:
    def files() -> dict[Path, bytes]:
        folders = (generation(place).vectors, generation(place).lexical)
        return {path: path.read_bytes() for f in folders for path in f.rglob("*.*")}

    expected = Index.open(place, embedder=embedder)
    found = scored(expected.dense("harbour", 9)), scored(expected.lexical("envoy", 9))
    expected.close()
    HARMS[harm](generation(place))
    damaged = files()
    with layout.locked(place):  # as a writer in another process has it
        index = Index.open(place, embedder=embedder)
        assert (scored(index.dense("harbour", 9)), scored(index.lexical("envoy", 9))) == found
        assert files() == damaged
    assert index.add([document("late", "A late envoy.")]).added
    index.close()
    again = Index.open(place, embedder=embedder)
    assert (again.status().warnings, again.verify()) == ((), [])
    assert len(again.lexical("envoy", 9)) == len(found[1]) + 1
    again.close()


def test_a_damaged_store_is_told_and_left_alone(place: Path, embedder: Embedder) -> None:
    store = generation(place).store
    store.write_bytes(b"noise" * 1000)
    with pytest.raises(IndexProblem, match="is damaged") as problem:
        Index.open(place, embedder=embedder)
    assert "index build" in problem.value.remedy
    assert store.read_bytes() == b"noise" * 1000


class Killed(BaseException):
    """The process ends here."""


STEPS = ["commit", "publish", "settle"]


@pytest.mark.parametrize("step", STEPS)
def test_a_writer_killed_at_any_step_loses_nothing_that_was_reported(
    place: Path, embedder: Embedder, document: Making, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        writer = Index.open(place, embedder=embedder)
        patch.setattr(Parts, step, die)
        patch.setattr(Parts, "settle", die)  # nothing cleans up after a kill
        with pytest.raises(Killed):
            writer.add([document("envoy", LIGHT), document("new", LIGHT)])
        writer.close()
    index = Index.open(place, embedder=embedder)
    assert index.verify() == []
    assert index.document("harbour").text == HARBOUR
    whole = {"envoy": index.document("envoy").text, "new": "new" in listed(index)}
    assert whole in ({"envoy": ENVOY, "new": False}, {"envoy": LIGHT, "new": True})
    found = keys(index, index.lexical("lighthouse", 5))
    assert sorted(found) == (["envoy", "new"] if whole["new"] else [])
    assert len(index.dense("harbour", 9)) == len(listed(index))


def test_a_killed_rebuild_is_cleared_away(place: Path, embedder: Embedder) -> None:
    (place / "generation-9").mkdir()
    (place / "generation-9" / "store.sqlite").write_bytes(b"half")
    unfinished = [place / ".current.x", generation(place).vectors / ".vectors.faiss.x"]
    for path in unfinished:
        path.write_bytes(b"half")
    index = Index.open(place, embedder=embedder)
    assert listed(index) == ["harbour", "envoy"]
    assert not any(path.exists() for path in [place / "generation-9", *unfinished])
    assert (index.verify(), len(index.dense(ENVOY, 9))) == ([], 2)


def test_a_reference_engine_sees_what_another_process_wrote(
    tmp_path: Path, embedder: Embedder, document: Making
) -> None:
    """Though it keeps no files of its own."""
    first, second = (
        Index.open(tmp_path / "index", embedder=embedder, engine="memory") for _ in range(2)
    )
    first.add([document("harbour", HARBOUR)])
    assert keys(second, second.lexical("ferries", 9)) == ["harbour"]
    first.rebuild()
    assert keys(second, second.dense(HARBOUR, 9)) == ["harbour"]
    assert (second.verify(), second.status().warnings) == ([], ())
