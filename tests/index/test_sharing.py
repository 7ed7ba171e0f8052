from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from index import layout
from index.library import Index
from index.parts import Parts
from index.ports import Embedder
from index.problems import IndexProblem
from index.types import Document, Match

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


def test_nobody_waits_for_a_writer_in_the_same_process(
    place: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index.open(place, embedder=embedder)
    settle, shown, answered = Parts.settle, threading.Event(), threading.Event()

    def wait_and_settle(parts: Parts) -> None:
        shown.set()
        answered.wait(30)
        settle(parts)

    monkeypatch.setattr(Parts, "settle", wait_and_settle)
    found: list[list[str]] = []

    def read() -> None:
        found.append(listed(index))
        found.append(keys(index, index.lexical("ferries guarantees", 9)))
        answered.set()

    writer = threading.Thread(target=index.remove, args=(["envoy"],))
    writer.start()
    assert shown.wait(30)
    reader = threading.Thread(target=read)
    reader.start()
    assert answered.wait(30)
    for thread in (reader, writer):
        thread.join()
    assert found == [["harbour"], ["harbour"]]


@pytest.mark.parametrize("way", ["lexical", "dense"])
def test_a_search_overtaken_by_a_change_is_made_again(
    place: Path, embedder: Embedder, document: Making, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Index.open(place, embedder=embedder, readonly=True)
    writer = Index.open(place, embedder=embedder)
    engine = type(reader._state.parts.lexical if way == "lexical" else reader._state.parts.vectors)
    search, turns = engine.search, list[str]()

    def overtaken(self: Any, *given: Any) -> list[Match]:
        found: list[Match] = search(self, *given)
        if not turns:
            turns.append(way)
            writer.add([document("envoy", LIGHT), document("new", LIGHT)])
        return found

    monkeypatch.setattr(engine, "search", overtaken)
    question = "guarantees lighthouse harbour"
    found = reader.lexical(question, 9) if way == "lexical" else reader.dense(question, 9)
    assert sorted(keys(reader, found)) == ["envoy", "harbour", "new"]
