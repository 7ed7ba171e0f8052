"""Named states of an index: taken, gone back to, discarded; nothing copied, nothing half done."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index import layout, sources
from index.library import Index
from index.parts import Parts
from index.ports import Embedder
from index.problems import IndexProblem, UsageProblem
from index.types import Changes, Document, Snapshot

Making = Callable[[str, str], Document]
HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."
LIGHT = "A lighthouse keeper counted forty ships."


@pytest.fixture(params=["memory", "faiss"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["in memory", "on disk"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "index" if request.param == "on disk" else None


@pytest.fixture
def index(home: Path | None, engine: str, embedder: Any, document: Making) -> Iterator[Index]:
    """With a snapshot of two documents, one of which has changed since, and another come."""
    opened = Index.open(home, embedder=embedder, engine=engine)
    opened.add([document("harbour", HARBOUR), document("envoy", ENVOY)])
    opened.snapshot("monday")
    opened.add([document("envoy", LIGHT), document("new", LIGHT)])
    embedder.embedded.clear()
    yield opened
    assert opened.verify() == []
    opened.close()


def texts(index: Index) -> dict[str, str]:
    return {info.key: index.document(info.key).text for info in index.documents()}


def found(index: Index, word: str) -> list[str]:
    matches = index.lexical(word, 9)
    return sorted(passage.document for passage in index.passages([m.id for m in matches]))


def test_restoring_brings_back_the_state_and_embeds_nothing(index: Index, embedder: Any) -> None:
    before = index.dense(ENVOY, 9)
    changes = index.restore("monday")
    assert changes == Changes(changed=("envoy",), unchanged=("harbour",), removed=("new",))
    assert texts(index) == {"harbour": HARBOUR, "envoy": ENVOY}
    assert (found(index, "guarantees"), found(index, "lighthouse")) == (["envoy"], [])
    (best, _) = index.dense(ENVOY, 9)
    assert index.passages([best.id])[0].document == "envoy"
    assert best.score > max(match.score for match in before) + 0.1
    assert embedder.embedded == []


def test_a_removed_document_comes_back(index: Index, embedder: Any) -> None:
    index.remove(["harbour", "envoy", "new"])
    changes = index.restore("monday")
    assert changes == Changes(added=("harbour", "envoy"))
    assert found(index, "ferries") == ["harbour"]
    assert embedder.embedded == []


def test_restoring_twice_changes_nothing(index: Index) -> None:
    index.restore("monday")
    assert index.restore("monday") == Changes(unchanged=("harbour", "envoy"))


def test_one_can_go_to_and_fro(index: Index) -> None:
    index.snapshot("tuesday")
    for _ in range(2):
        index.restore("monday")
        assert texts(index) == {"harbour": HARBOUR, "envoy": ENVOY}
        assert index.verify() == []
        index.restore("tuesday")
        assert texts(index) == {"harbour": HARBOUR, "envoy": LIGHT, "new": LIGHT}
        assert found(index, "lighthouse") == ["envoy", "new"]


def test_snapshots_are_listed_with_what_only_they_hold(index: Index) -> None:
    index.snapshot("tuesday")
    monday, tuesday = index.snapshots()
    assert (monday.label, monday.documents, monday.own) == ("monday", 2, 1)
    assert (tuesday.label, tuesday.documents, tuesday.own) == ("tuesday", 3, 0)
    assert monday.made.endswith("+00:00")


def test_an_empty_index_can_be_gone_back_to(index: Index) -> None:
    index.remove(["harbour", "envoy", "new"])
    index.snapshot("nothing")
    index.restore("monday")
    assert index.restore("nothing").removed == ("envoy", "harbour")
    assert texts(index) == {}


def test_labels_are_checked(index: Index) -> None:
    with pytest.raises(IndexProblem, match="'monday' already") as problem:
        index.snapshot("monday")
    assert "discard" in problem.value.remedy
    for label in ("", "  ", "a\tb", "a\x1b[31m", "x" * 101):
        with pytest.raises(UsageProblem, match="cannot name a snapshot"):
            index.snapshot(label)
    for use in (index.restore, index.discard):
        with pytest.raises(IndexProblem, match="no snapshot 'friday'") as missing:
            use("friday")
        assert "index snapshots" in missing.value.remedy
    assert [snapshot.label for snapshot in index.snapshots()] == ["monday"]


def test_passages_are_reused_across_all_versions(
    index: Index, embedder: Any, document: Making
) -> None:
    index.add([document("envoy", ENVOY)])
    index.remove(["harbour"])
    index.add([document("harbour", HARBOUR)])
    assert embedder.embedded == []
    assert index.passages([index.dense(HARBOUR, 1)[0].id])[0].document == "harbour"


def test_a_rebuilt_index_keeps_its_snapshots(index: Index, embedder: Any) -> None:
    index.snapshot("tuesday")
    listed = index.snapshots()
    index.rebuild()
    assert sorted(embedder.embedded) == sorted([HARBOUR, LIGHT, LIGHT, ENVOY])
    assert index.snapshots() == listed
    assert index.verify() == []
    index.restore("monday")
    assert texts(index) == {"harbour": HARBOUR, "envoy": ENVOY}
    assert found(index, "guarantees") == ["envoy"]


def test_restoring_returns_the_folders_and_forgets_the_looks_of_files(
    tmp_path: Path, embedder: Embedder
) -> None:
    path = tmp_path / "texts" / "envoy.txt"
    path.parent.mkdir()
    path.write_text(ENVOY)
    index = Index.open(tmp_path / "index", embedder=embedder)
    index.add([sources.read(path)])
    index.snapshot("before")
    index.follow([path.parent])
    path.write_text(LIGHT)
    (path.parent / "new.txt").write_text(HARBOUR)
    index.refresh(sources.read)
    index.restore("before")
    assert list(texts(index).values()) == [ENVOY]
    assert index.refresh(sources.read)[0].changed == (str(path),)
    assert list(texts(index).values()) == [LIGHT]


# On disk


@pytest.fixture
def place(tmp_path: Path, embedder: Embedder, document: Making) -> Path:
    """As ``index``, and closed."""
    path = tmp_path / "index"
    made = Index.open(path, embedder=embedder)
    made.add([document("harbour", HARBOUR), document("envoy", ENVOY)])
    made.snapshot("monday")
    made.add([document("envoy", LIGHT), document("new", LIGHT)])
    made.close()
    return path


def store(place: Path) -> Path:
    generation = layout.current(place)
    assert generation is not None
    return generation.store


def rows(place: Path, table: str) -> int:
    connection = sqlite3.connect(store(place))
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(count)


def test_a_snapshot_copies_nothing(place: Path, embedder: Embedder) -> None:
    before = [rows(place, table) for table in ("documents", "texts", "passages", "vectors")]
    assert before == [4, 4, 4, 4]
    index = Index.open(place, embedder=embedder)
    index.snapshot("tuesday")
    index.restore("monday")
    index.restore("tuesday")
    index.close()
    assert [rows(place, table) for table in ("documents", "texts", "passages", "vectors")] == before


def test_discarding_frees_what_only_it_held(
    place: Path, embedder: Embedder, document: Making
) -> None:
    index = Index.open(place, embedder=embedder)
    index.add([document(f"much {n}", f"{HARBOUR} {n} " * 500) for n in range(9)])
    index.snapshot("much")
    index.remove([f"much {n}" for n in range(9)])
    size = index.status().bytes_on_disk
    index.discard("much")
    assert [snapshot.label for snapshot in index.snapshots()] == ["monday"]
    assert rows(place, "documents") == 4
    assert index.status().bytes_on_disk < size / 2
    index.restore("monday")
    assert texts(index) == {"harbour": HARBOUR, "envoy": ENVOY}
    index.discard("monday")
    assert rows(place, "documents") == 2
    assert (index.verify(), index.snapshots()) == ([], [])


def test_a_reader_sees_a_restored_state(place: Path, embedder: Embedder) -> None:
    reader = Index.open(place, embedder=embedder, readonly=True)
    writer = Index.open(place, embedder=embedder)
    assert found(reader, "lighthouse") == ["envoy", "new"]
    writer.restore("monday")
    assert (found(reader, "lighthouse"), found(reader, "guarantees")) == ([], ["envoy"])
    assert reader.snapshots() == writer.snapshots()
    with pytest.raises(IndexProblem, match="only be read"):
        reader.restore("monday")


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["fill", "commit", "publish", "settle"])
def test_a_killed_restore_leaves_the_old_or_the_new_state(
    place: Path, embedder: Any, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise Killed

    index = Index.open(place, embedder=embedder)
    old, new = texts(index), {"harbour": HARBOUR, "envoy": ENVOY}
    with monkeypatch.context() as patch:
        name = {"fill": "index.restoring._put", "publish": "index.store.Store.publish"}
        patch.setattr(name.get(step, f"index.parts.Parts.{step}"), die)
        patch.setattr(Parts, "undo", lambda _: None)  # nothing cleans up after a kill
        with pytest.raises(Killed):
            index.restore("monday")
    index.close()
    embedder.embedded.clear()
    again = Index.open(place, embedder=embedder)
    assert texts(again) == (new if step == "settle" else old)
    assert again.verify() == []
    assert found(again, "lighthouse") == ([] if step == "settle" else ["envoy", "new"])
    assert [(s.label, s.documents) for s in again.snapshots()] == [("monday", 2)]
    again.restore("monday")
    assert texts(again) == new
    assert again.status().warnings == ()


HARMS = {
    "a member": ("DELETE FROM kept WHERE document = 1", "snapshot 'monday' is damaged"),
    "a label": ("UPDATE snapshots SET label = 'sunday'", "snapshot 'sunday' is damaged"),
    "an older text": (
        "UPDATE texts SET text = CAST('gone' AS BLOB) WHERE document = 2",
        "another version of envoy: The text of 'envoy' is damaged",
    ),
    "a vector of it": ("UPDATE vectors SET half = zeroblob(32) WHERE passage = 2", "vectors: 1"),
    "a lost passage": ("DELETE FROM passages WHERE document = 2", "lost passages in a snapshot"),
}


@pytest.mark.parametrize(("sql", "told"), HARMS.values(), ids=HARMS)
def test_a_damaged_snapshot_is_found_refused_and_repaired(
    place: Path, embedder: Embedder, sql: str, told: str
) -> None:
    connection = sqlite3.connect(store(place))
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(sql)
    connection.commit()
    connection.close()
    index = Index.open(place, embedder=embedder)
    before = texts(index)
    (label,) = [snapshot.label for snapshot in index.snapshots()]
    with pytest.raises(IndexProblem, match="damaged") as problem:
        index.restore(label)
    assert "index repair" in problem.value.remedy
    assert (texts(index), found(index, "lighthouse")) == (before, ["envoy", "new"])
    repaired = index.repair()
    assert any(told in damage for damage in repaired), repaired
    assert index.verify() == []
    assert texts(index) == before
    left: list[Snapshot] = index.snapshots()
    if "member" in sql or "snapshots" in sql or "kept" in sql:
        assert left == []
    else:
        index.restore("monday")
        kept = {"harbour": HARBOUR, "envoy": ENVOY}
        assert texts(index) == ({"harbour": HARBOUR} if "texts" in sql else kept)


def test_a_failed_restore_is_undone(
    place: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index.open(place, embedder=embedder)
    before = texts(index)
    with monkeypatch.context() as patch:
        patch.setattr(Parts, "commit", lambda _: (_ for _ in ()).throw(IndexProblem("full", "")))
        with pytest.raises(IndexProblem, match="full"):
            index.restore("monday")
    assert (texts(index), index.verify()) == (before, [])
    index.restore("monday")
    assert texts(index) == {"harbour": HARBOUR, "envoy": ENVOY}
