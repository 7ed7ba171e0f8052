from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from index import embedders, ingest, layout, library
from index.library import Index
from index.parts import Parts
from index.ports import Embedder, Vectors
from index.problems import IndexProblem, ModelProblem, UsageProblem
from index.types import Changes, Document, Match, Progress

Making = Callable[[str, str], Document]
HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."
LIGHT = "A lighthouse keeper counted forty ships."


@pytest.fixture(params=["in memory", "on disk"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "index" if request.param == "on disk" else None


@pytest.fixture
def index(home: Path | None, embedder: Embedder) -> Iterator[Index]:
    opened = Index.open(home, embedder=embedder)
    yield opened
    opened.close()
    opened.close()


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


def test_what_was_added_is_found_and_sliced(index: Index, document: Making) -> None:
    added = index.add([document("harbour", HARBOUR), document("envoy", ENVOY)])
    assert added == Changes(added=("harbour", "envoy"))
    assert keys(index, index.lexical("what did the envoys demand?", 5)) == ["envoy"]
    assert keys(index, index.dense(HARBOUR, 1)) == ["harbour"]
    (passage,) = index.passages([index.lexical("ferry", 1)[0].id])
    assert passage.span.of(index.document("harbour").text) == HARBOUR
    assert [s.of(HARBOUR) for s in passage.sentences] == [HARBOUR[:28], HARBOUR[29:]]
    assert index.verify() == []


def test_only_new_and_changed_texts_are_embedded(
    index: Index, document: Making, embedder: Any
) -> None:
    index.add([document("harbour", HARBOUR), document("envoy", ENVOY)])
    embedder.embedded.clear()
    changes = index.add(
        [document("envoy", ENVOY), document("harbour", LIGHT), document("light", LIGHT)]
    )
    assert changes == Changes(added=("light",), changed=("harbour",), unchanged=("envoy",))
    assert embedder.embedded == [LIGHT, LIGHT]
    assert index.lexical("ferry", 5) == []
    assert sorted(keys(index, index.lexical("lighthouse", 5))) == ["harbour", "light"]
    assert len(index.dense("harbour", 99)) == 3
    assert index.verify() == []


def test_a_new_title_is_a_change(index: Index) -> None:
    index.add([Document("k", "Old", HARBOUR, "-")])
    assert index.add([Document("k", "New", HARBOUR, "-")]).changed == ("k",)
    assert index.document("k").title == "New"


def test_the_last_of_two_texts_under_one_key_stays(index: Index, document: Making) -> None:
    changes = index.add([document("k", HARBOUR), document("k", ENVOY), document("k", ENVOY)])
    assert changes == Changes(added=("k",), changed=("k",), unchanged=("k",))
    assert listed(index) == ["k"]
    assert index.document("k").text == ENVOY
    assert index.lexical("ferry", 3) == []


def test_removed_texts_are_never_found_again(index: Index, document: Making) -> None:
    index.add([document("harbour", HARBOUR), document("envoy", ENVOY)])
    old = index.lexical("ferry", 1)[0].id
    assert index.remove(["harbour", "nobody"]) == Changes(removed=("harbour",))
    assert (index.lexical("ferry", 5), keys(index, index.dense("ferry", 5))) == ([], ["envoy"])
    assert index.passages([old]) == []
    with pytest.raises(IndexProblem, match="no document 'harbour'"):
        index.document("harbour")
    index.add([document("harbour", HARBOUR)])
    assert index.lexical("ferry", 1)[0].id > old


@pytest.mark.parametrize("text", ["", "\n\n\n", "word", "x" * 200_000, "🎉 \ud800\x00"])
def test_strange_texts_are_kept(index: Index, document: Making, text: str) -> None:
    index.add([document("k", text)])
    assert index.document("k").text == text
    assert index.verify() == []
    assert index.add([document("k", text)]).unchanged == ("k",)


def test_an_empty_index_answers_with_nothing(index: Index) -> None:
    assert (index.dense("harbour", 5), index.lexical("harbour", 5)) == ([], [])
    assert (index.documents(), index.passages([1]), index.verify()) == ([], [], [])
    assert index.add([]) == index.remove([]) == index.rebuild() == Changes()
    status = index.status()
    assert (status.documents, status.passages, status.engine, status.dimension) == (
        0,
        0,
        "faiss",
        16,
    )


def test_a_question_without_a_known_word_has_no_neighbours(index: Index, document: Making) -> None:
    index.add([document("harbour", HARBOUR)])
    assert index.dense("   ", 5) == []
    assert index.dense("harbour", 0) == index.lexical("harbour", 0) == []


def test_progress_grows_to_the_total(
    index: Index, document: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 3)
    documents = [document(f"d{n}", f"{HARBOUR}\n\n" * 40) for n in range(4)]
    seen: list[Progress] = []
    index.add(documents, on_progress=seen.append)
    total = sum(len(d.text) for d in documents)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert {p.total for p in seen} == {total}
    assert seen[-1] == Progress("writing", total, total, "characters")
    assert len(seen) > 4
    assert index.verify() == []


def test_a_cancelled_addition_leaves_the_old_state(
    index: Index, document: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 2)
    index.add([document("harbour", HARBOUR)])
    before = index.dense("harbour", 9), index.lexical("harbour", 9)
    seen: list[Progress] = []
    changes = index.add(
        [document("harbour", LIGHT), document("long", f"{ENVOY}\n\n" * 200)],
        on_progress=seen.append,
        cancelled=lambda: len(seen) > 1,
    )
    assert changes == Changes()
    assert len(seen) == 2
    assert (index.dense("harbour", 9), index.lexical("harbour", 9)) == before
    assert listed(index) == ["harbour"]
    assert index.verify() == []


def test_a_source_that_fails_midway_leaves_the_old_state(index: Index, document: Making) -> None:
    def failing() -> Iterator[Document]:
        yield document("envoy", ENVOY)
        raise KeyError("the disk went away")

    with pytest.raises(KeyError):
        index.add(failing())
    assert (listed(index), index.lexical("envoy", 3), index.verify()) == ([], [], [])


def test_vectors_that_cannot_be_compared_are_refused(
    index: Index, document: Making, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(texts: Sequence[str]) -> Vectors:
        return np.full((len(texts), 16), np.nan, dtype=np.float32)

    monkeypatch.setattr(embedder, "passages", broken)
    with pytest.raises(ModelProblem, match="cannot be compared"):
        index.add([document("harbour", HARBOUR)])
    assert listed(index) == []


def test_a_rebuild_changes_nothing_but_ids(index: Index, document: Making, embedder: Any) -> None:
    index.add([document("harbour", HARBOUR), document("envoy", ENVOY)])
    index.remove(["harbour"])
    index.add([document("light", LIGHT)])
    infos, old = index.documents(), index.lexical("envoy", 1)[0]
    embedder.embedded.clear()
    assert index.rebuild() == Changes(changed=("envoy", "light"))
    assert sorted(embedder.embedded) == sorted([ENVOY, LIGHT])
    assert index.documents() == infos
    (new,) = index.lexical("envoy", 5)
    assert new.id > old.id
    fresh = Index.open(None, embedder=embedder)
    fresh.add([document("envoy", ENVOY), document("light", LIGHT)])
    assert new.score == fresh.lexical("envoy", 5)[0].score
    assert index.verify() == []


def test_a_cancelled_rebuild_leaves_the_old_index(place: Path, embedder: Embedder) -> None:
    index = Index.open(place, embedder=embedder)
    files = sorted(path.name for path in place.iterdir())
    before = index.lexical("envoy", 5)
    assert index.rebuild(cancelled=lambda: True) == Changes()
    assert index.lexical("envoy", 5) == before
    assert sorted(path.name for path in place.iterdir()) == files


# On disk


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
import Stemmer
from index import embedders, faiss_vectors, growing, lexical, terms, verifying
from index.library import Index
from index.problems import IndexProblem
terms.terms("word")  # whatever is imported late: the user to be may not read the interpreter
if os.geteuid() == 0:
    os.setuid(65534)
index = Index.open(Path(sys.argv[1]), embedder=embedders.load(sys.argv[2]))
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
    index = Index.open(place, embedder=embedder)
    assert listed(index) == ["harbour", "envoy"]
    assert not (place / "generation-9").exists()


# Several at once


def test_everybody_sees_what_another_wrote(
    place: Path, embedder: Embedder, document: Making
) -> None:
    first, second = Index.open(place, embedder=embedder), Index.open(place, embedder=embedder)
    reader = Index.open(place, embedder=embedder, readonly=True)
    first.add([document("light", LIGHT)])
    second.add([document("envoy", LIGHT)])
    first.remove(["harbour"])
    second.rebuild()
    first.add([document("last", HARBOUR)])
    for index in (first, second, reader):
        assert sorted(keys(index, index.lexical("lighthouse", 5))) == ["envoy", "light"]
        assert keys(index, index.dense(HARBOUR, 1)) == ["last"]
        assert index.verify() == []


def hold(place: Path, held: Any, done: Any) -> None:
    with layout.locked(place):
        held.set()
        done.wait(30)


def test_a_second_writer_is_told_and_a_reader_goes_on(
    place: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_WAIT_SECONDS", 0)
    spawn = multiprocessing.get_context("fork")
    held, done = spawn.Event(), spawn.Event()
    other = spawn.Process(target=hold, args=(place, held, done))
    other.start()
    try:
        assert held.wait(30)
        index = Index.open(place, embedder=embedder)
        with pytest.raises(IndexProblem, match="Another program is writing"):
            index.remove(["envoy"])
        assert keys(index, index.lexical("envoy", 1)) == ["envoy"]
    finally:
        done.set()
        other.join()
    assert index.remove(["envoy"]).removed == ("envoy",)


def test_readers_see_whole_states_while_one_writes(index: Index, document: Making) -> None:
    index.add([document(f"d{n}", HARBOUR) for n in range(3)])
    stop, wrong = threading.Event(), list[Exception]()

    def read() -> None:
        try:
            while not stop.is_set():
                texts = {index.document(key).text for key in listed(index)}
                found = index.passages([m.id for m in index.dense("harbour", 9)])
                index.lexical("harbour envoy", 9)
                assert texts in ({HARBOUR}, {ENVOY}, {HARBOUR, ENVOY})
                assert len(found) <= 3
        except Exception as error:  # a thread's failure must fail the test
            wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(6):
        text = ENVOY if turn % 2 else HARBOUR
        index.add([document(f"d{n}", text) for n in range(3)])
    index.rebuild()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(index.dense("harbour", 9)) == 3


# Any order of changes, against a dictionary

NAMES = st.sampled_from(["a", "b", "c", "d"])
TEXTS = st.sampled_from([HARBOUR, ENVOY, LIGHT, "", f"{HARBOUR}\n\n{ENVOY}"])


class AnyOrder(RuleBasedStateMachine):
    make: Callable[[], Embedder]
    home: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        self.index = Index.open(None, embedder=type(self).make())
        self.model: dict[str, str] = {}

    @rule(added=st.dictionaries(NAMES, TEXTS, max_size=3))
    def add(self, added: dict[str, str]) -> None:
        changes = self.index.add([Document(k, k, text, k) for k, text in added.items()])
        assert set(changes.added) == added.keys() - self.model.keys()
        expected = {k for k in added.keys() & self.model.keys() if added[k] != self.model[k]}
        assert set(changes.changed) == expected
        self.model |= added

    @rule(removed=st.sets(NAMES, max_size=2))
    def remove(self, removed: set[str]) -> None:
        changes = self.index.remove(sorted(removed))
        assert set(changes.removed) == removed & self.model.keys()
        self.model = {k: text for k, text in self.model.items() if k not in removed}

    @rule()
    def rebuild(self) -> None:
        self.index.rebuild()

    @invariant()
    def equals_the_model(self) -> None:
        assert {k: self.index.document(k).text for k in listed(self.index)} == self.model
        for word in ("ferry", "envoy", "lighthouse"):
            stem = {"ferry": "Ferries", "envoy": "envoy", "lighthouse": "lighthouse"}[word]
            expected = {k for k, text in self.model.items() if stem in text}
            assert set(keys(self.index, self.index.lexical(word, 50))) == expected
        with_text = {k for k, text in self.model.items() if text}
        assert set(keys(self.index, self.index.dense("harbour", 50))) == with_text


def test_any_order_of_changes_equals_a_dictionary(
    make_embedder: Callable[..., Embedder],
) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    AnyOrder.make = staticmethod(make_embedder)
    quick = settings(max_examples=15, stateful_step_count=12, deadline=None)
    run_state_machine_as_test(AnyOrder, settings=quick)
