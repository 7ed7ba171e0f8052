from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import ingest
from index.library import Index
from index.ports import Embedder, Vectors
from index.problems import IndexProblem, ModelProblem, SourceProblem
from index.store import State
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


def test_texts_are_taken_in_as_they_are_drawn_and_given_up_if_one_is_bad(
    index: Index, document: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 2)
    index.add([document("harbour", HARBOUR)])
    staged: list[int] = []

    def documents() -> Iterator[Document]:
        for number in range(20):
            yield document(f"light {number}", f"{LIGHT} {number}")
            staged.append(len(index._state.parts.store.ids(State.PENDING)))
        raise SourceProblem("it is torn", "")

    with pytest.raises(SourceProblem, match="torn"):
        index.add(documents())
    assert staged[-1] >= 10
    assert all(drawn - written <= 10 for drawn, written in enumerate(staged))
    assert listed(index) == ["harbour"]
    assert index.verify() == []
    assert index._state.parts.is_settled()


DATES = {"early": "2021-12-31", "first": "2022-01-01", "later": "2022-03-01T08:00:00+00:00"}


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        ("", "", ["early", "first", "later", "undated"]),
        ("2022-01-01", "", ["first", "later", "undated"]),
        ("", "2022-01-01", ["early"]),
        ("2022-01-01", "2022-03-01", ["first"]),
        ("2022-01-01", "2022-03-02", ["first", "later"]),
        ("2199-01-01", "", []),
    ],
)
def test_passages_are_known_by_the_days_of_their_documents(
    index: Index, after: str, before: str, expected: list[str]
) -> None:
    index.add([Document("first", "", HARBOUR, "", date="1999"), Document("undated", "", ENVOY, "")])
    index.add([Document(key, "", f"{HARBOUR} {key}", "", date=day) for key, day in DATES.items()])
    found = index.passages_dated(after, before)
    assert found == index.passages_of(expected)
    assert {passage.document for passage in index.passages(found)} == set(expected)


def test_matches_are_of_the_allowed_passages_alone(index: Index, document: Making) -> None:
    index.add([document("harbour", HARBOUR), document("envoy", ENVOY), document("light", LIGHT)])
    allowed = np.array(index.passages_of(["envoy", "light"]))
    assert sorted(keys(index, index.dense(HARBOUR, 9, allowed))) == ["envoy", "light"]
    assert index.lexical("ferry", 9, allowed) == []
    assert keys(index, index.lexical("ferry guarantees", 9, allowed)) == ["envoy"]


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
