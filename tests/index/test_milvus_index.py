"""An index on a server: what one machine writes, another reads, with the same answers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from index import milvus_vectors
from index.addresses import Address
from index.library import Index
from index.milvus_index import MilvusIndex
from index.milvus_rows import PASSAGES, TEXTS, digest
from index.milvus_server import Server
from index.milvus_store import MilvusStore
from index.milvus_vectors import VECTORS, MilvusVectors
from index.ports import Embedder
from index.problems import IndexProblem, UsageProblem
from index.sources import key_of, read
from index.store import State
from index.types import Block, BlockKind, Changes, Document, Match, Span

Making = Callable[[str, str], Document]
HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."
LIGHT = "A lighthouse keeper counted forty ships."


@pytest.fixture
def opened(address: Address, embedder: Embedder) -> Iterator[Callable[[], MilvusIndex]]:
    """Opens the index as another machine would."""
    made: list[MilvusIndex] = []

    def again() -> MilvusIndex:
        made.append(MilvusIndex.at(address, embedder=embedder))
        return made[-1]

    yield again
    for index in made:
        index.close()
        index.close()


def scored(index: Index, matches: list[Match]) -> list[tuple[str, object]]:
    passages = index.passages([match.id for match in matches])
    texts = [passage.span.of(index.document(passage.document).text) for passage in passages]
    return [
        (text, pytest.approx(match.score, abs=1e-5))
        for text, match in zip(texts, matches, strict=True)
    ]


def listed(index: Index) -> list[str]:
    return [info.key for info in index.documents()]


def store_of(index: Index) -> MilvusStore:
    store = index._state.parts.store
    assert isinstance(store, MilvusStore)
    return store


def test_answers_equal_those_of_an_index_here(
    opened: Callable[[], MilvusIndex], embedder: Embedder, document: Making
) -> None:
    texts = [document("harbour", HARBOUR), document("envoy", f"{ENVOY}\n\n{LIGHT}")]
    here, there = Index.open(None, embedder=embedder), opened()
    for index in (here, there):
        index.add(texts)
    other = opened()
    for question in ("harbour ferries", "envoy", "written lighthouse", "nothing of it"):
        for side in ("dense", "lexical"):
            expected = scored(here, getattr(here, side)(question, 5))
            assert scored(other, getattr(other, side)(question, 5)) == expected
    assert other.document("envoy") == here.document("envoy")
    assert [(i.key, i.title, i.sha256, i.passages) for i in other.documents()] == [
        (i.key, i.title, i.sha256, i.passages) for i in here.documents()
    ]
    assert other.verify() == []


def test_texts_are_those_of_the_passages_that_are_there(
    opened: Callable[[], MilvusIndex], document: Making
) -> None:
    index = opened()
    long = "\n\n".join(f"Paragraph {n} tells of a “harbour” {n}. " * 20 for n in range(9))
    whole = {"long": long, "envoy": ENVOY, "light": LIGHT}
    index.add([document(key, text) for key, text in whole.items()])
    ids, store = index.passages_of(whole), store_of(opened())
    expected = {p.id: p.span.of(whole[p.document]) for p in index.passages(ids)}
    assert len(expected) > 5
    assert store.texts([*ids, *ids[:2], 999]) == expected
    assert (store.words(ids), store.texts([])) == ({}, {})
    index.remove(["long"])
    assert sorted(store.texts(ids).values()) == [LIGHT, ENVOY]
    row = store.row("light")
    assert row is not None
    store._server.delete(TEXTS, [row])
    store._server.insert(TEXTS, [{"version": row, "part": 0, "data": "bm90aGluZw=="}])
    assert [*store.texts(ids).values()] == [ENVOY]


def test_two_machines_add_remove_and_see_at_once(
    opened: Callable[[], MilvusIndex], document: Making
) -> None:
    first, second = opened(), opened()
    assert first.add([document("harbour", HARBOUR)]).added == ("harbour",)
    assert second.add([document("harbour", HARBOUR)]).unchanged == ("harbour",)
    assert second.add([document("light", LIGHT)]).added == ("light",)
    assert first.add([document("light", ENVOY)]).changed == ("light",)
    assert second.document("light").text == ENVOY
    assert second.lexical("lighthouse", 5) == []
    assert second.remove(["harbour", "nobody"]).removed == ("harbour",)
    assert listed(first) == ["light"]
    assert first.status().passages == len(first.dense("harbour", 9)) == 1
    assert first.status().location.endswith(first._address.name)


def test_a_text_added_by_two_at_the_same_time_is_there_once(
    opened: Callable[[], MilvusIndex], document: Making
) -> None:
    first, second = opened(), opened()

    def while_the_first_is_writing(_: object) -> None:
        if not second.documents():
            second.add([document("harbour", HARBOUR)])

    first.add([document("harbour", HARBOUR)], on_progress=while_the_first_is_writing)
    assert listed(first) == ["harbour"]
    assert len(first.dense("harbour", 9)) == len(first.lexical("harbour", 9)) == 1
    assert first.verify() == []


def test_what_is_being_written_is_not_shown_and_given_up_without_a_trace(
    opened: Callable[[], MilvusIndex], document: Making
) -> None:
    writer, reader = opened(), opened()
    writer.add([document("harbour", HARBOUR)])
    shown: list[list[str]] = []

    def cancelled() -> bool:
        shown.append(listed(reader))
        assert reader.lexical("lighthouse", 5) == []
        return len(shown) > 3

    texts = (document(f"light{n}", LIGHT) for n in range(9))
    assert writer.add(texts, cancelled=cancelled).added == ()
    assert {tuple(keys) for keys in shown} == {("harbour",)}
    held = writer._state.parts
    assert len(held.vectors) == len(held.lexical) == 1
    assert store_of(reader).find_left_over() == 0


def test_what_a_dead_writer_left_is_never_shown_and_deleted_by_repair(
    opened: Callable[[], MilvusIndex], document: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, index = opened(), opened()
    parts = dead._state.parts
    version = parts.store.stage(document("light", LIGHT), 1)
    index.add([document("harbour", HARBOUR)])
    assert listed(index) == ["harbour"]
    with pytest.raises(IndexProblem, match="Another program is writing"):
        index.repair()
    monkeypatch.setattr("index.milvus_writers._FORGOTTEN_SECONDS", -1)
    assert index.repair() == []
    with pytest.raises(KeyError):
        parts.store.document(version)
    assert index.document("harbour").text == HARBOUR


def test_a_rebuild_does_not_undo_what_others_changed_meanwhile(
    opened: Callable[[], MilvusIndex], document: Making
) -> None:
    first, second = opened(), opened()
    first.add([document("a", HARBOUR), document("b", HARBOUR)])

    def meanwhile(_: object) -> None:
        if second.document("a").text == HARBOUR:
            second.add([document("a", LIGHT)])

    before = {match.id for match in first.dense("harbour", 9)}
    first.rebuild(on_progress=meanwhile)
    assert first.document("a").text == LIGHT
    after = {match.id for match in first.dense("harbour", 9)}
    assert len(after) == 2
    assert not after & before
    assert first.verify() == []


def test_another_model_is_refused(
    opened: Callable[[], MilvusIndex], address: Address, make_embedder: Callable[[str], Embedder]
) -> None:
    opened()
    other = make_embedder("others")
    with pytest.raises(IndexProblem, match="'words', not 'others'"):
        MilvusIndex.at(address, embedder=other)
    stale = MilvusIndex.at(address, embedder=other, stale=True)
    with pytest.raises(IndexProblem, match="build another index"):
        stale.rebuild()
    stale.close()


def test_no_index_is_told_and_names_are_listed(address: Address, embedder: Embedder) -> None:
    with pytest.raises(IndexProblem, match=f"no index {address.name}"):
        MilvusIndex.at(address, embedder=embedder, create=False)
    assert MilvusIndex.made_with(address) is None
    MilvusIndex.at(address, embedder=embedder).close()
    made = MilvusIndex.made_with(address)
    assert made is not None
    assert (made.embedder, made.dimension, made.engine) == ("words", 16, "milvus")
    assert address.name in MilvusIndex.names(address)


def test_documents_come_back_as_they_were(opened: Callable[[], MilvusIndex]) -> None:
    blocks = (Block(BlockKind.HEADING, Span(0, 3)), Block(BlockKind.PARAGRAPH, Span(5, 9)))
    key = "'\" or version >= 0 -- \x1b[31m \ud800"
    odd = Document(key, "Tïtle \x00\ud801", "Ice\r\n\x00🎉\ud800é", "-", blocks, "2024-05-01")
    long = Document("long", "long", "".join(chr(97 + n * n % 23) for n in range(300_000)), "-")
    random = np.random.default_rng(1).integers(32, 0xD000, 200_000)
    dense = Document("dense", "dense", "".join(map(chr, random)), "-")
    store = store_of(opened())
    rows = [store.stage(document, 0) for document in (odd, long, dense)]
    store.publish()
    assert [store.document(row) for row in rows] == [odd, long, dense]
    assert store.row(key) == rows[0]
    assert store.documents()[0].title == odd.title
    assert store.retire([key]) == [key]
    assert store.ids(State.GONE) == []


def test_a_title_that_no_row_can_hold_is_told(opened: Callable[[], MilvusIndex]) -> None:
    index = opened()
    with pytest.raises(IndexProblem, match="too long for Milvus"):
        index.add([Document("k", "x" * 70_000, "text", "-")])
    assert listed(index) == []


@pytest.mark.parametrize("what", ["text", "passage", "vector"])
def test_damage_is_found_never_quoted_and_mended(
    opened: Callable[[], MilvusIndex], document: Making, what: str
) -> None:
    index = opened()
    index.add([document("harbour", HARBOUR), document("light", LIGHT)])
    server, store = store_of(index)._server, store_of(index)
    row = store.row("harbour")
    assert row is not None
    (id_,) = store.passages_of_keys(["harbour"])
    if what == "text":
        server.delete(TEXTS, [row])
        server.insert(TEXTS, [{"version": row, "part": 0, "data": "bm90aGluZw=="}])
    elif what == "vector":
        server.put(VECTORS, [{"id": id_, "vector": [0.5] * 16}])
    else:
        server.delete(PASSAGES, [id_])
    damages = opened().verify()
    assert damages
    assert index.repair() == damages
    kept = ["light"] if what == "text" else ["light", "harbour"]
    assert sorted(listed(index)) == sorted(kept)
    assert index.verify() == []
    assert "was repaired" in index.status().warnings[0]


def test_files_are_refreshed_on_the_machine_that_added_them(
    opened: Callable[[], MilvusIndex], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    for name, text in (("a", HARBOUR), ("b", ENVOY)):
        (tmp_path / f"{name}.txt").write_text(text)
    index.add([read(tmp_path / f"{name}.txt", max_bytes=9999) for name in "ab"])
    index.follow([tmp_path])
    monkeypatch.setattr("platform.node", lambda: "elsewhere")
    (tmp_path / "a.txt").unlink()
    (tmp_path / "c.txt").write_text(LIGHT)
    elsewhere, a = opened(), key_of(tmp_path / "a.txt")
    assert elsewhere.refresh(lambda path: read(path, max_bytes=9999)) == (Changes(), [])
    changes, problems = index.refresh(lambda path: read(path, max_bytes=9999))
    assert (changes.removed, problems) == ((a,), [])
    assert changes.added == (key_of(tmp_path / "c.txt"),)
    assert store_of(elsewhere).row(a) is None


def test_more_matches_than_a_server_gives_are_all_found(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus_vectors, "MOST", 7)
    monkeypatch.setattr(milvus_vectors, "_TOLD", 5)
    dense = MilvusVectors(2, address)
    rows = np.array([[n, 0] for n in range(50)], dtype=np.float32)
    dense.put(range(1, 51), rows)
    question = np.array([1, 0], dtype=np.float32)
    assert [match.id for match in dense.search(question, 60)] == [*range(50, 0, -1)]
    allowed = np.arange(3, 40, 3, dtype=np.int64)
    assert [match.id for match in dense.search(question, 20, allowed)] == allowed.tolist()[::-1]
    with pytest.raises(IndexProblem, match="have 2 dimensions, not 3"):
        MilvusVectors(3, address)


# Places where there is no server


def silent() -> Iterator[int]:
    """The port of a server that takes calls and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


silence = pytest.fixture(silent)


def test_a_server_that_never_answers_is_told(silence: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pymilvus")
    monkeypatch.setattr("index.milvus_server._CONNECT_SECONDS", 0.3)
    with pytest.raises(IndexProblem, match="cannot be reached") as problem:
        Server(Address(f"http://127.0.0.1:{silence}", "news", "root:secret"))
    assert "Is it running" in problem.value.remedy
    assert "secret" not in str(problem.value)


def test_nobody_at_the_address_is_told_without_user_and_password() -> None:
    pytest.importorskip("pymilvus")
    with pytest.raises(IndexProblem, match="cannot be reached") as problem:
        Server(Address("http://root:secret@127.0.0.1:1", "news"))
    assert "secret" not in str(problem.value)
    assert "127.0.0.1:1" in problem.value.summary


@pytest.mark.parametrize("uri", ["nonsense", "ftp://x", "/tmp/x"])
def test_no_address_is_told(uri: str) -> None:
    pytest.importorskip("pymilvus")
    with pytest.raises(UsageProblem, match="not the address"):
        Server(Address(uri, "news"))


@pytest.mark.parametrize("name", ["", "a/b", "../x", "1st", "a__b", "a-b", "é", "a" * 65, "a'"])
def test_a_name_that_is_none_on_a_server_is_told(name: str) -> None:
    with pytest.raises(UsageProblem, match="cannot be called"):
        Address("http://localhost:19530", name)


def test_no_uri_is_told() -> None:
    with pytest.raises(UsageProblem, match="which one is not said"):
        Address(" ", "news")


def test_digests_have_nothing_of_the_key() -> None:
    assert set(digest("' or 1 == 1")) <= set("0123456789abcdef")
