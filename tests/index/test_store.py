from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import store_rows
from index.ports import Vectors
from index.problems import IndexProblem
from index.store import Manifest, State, Store
from index.types import Block, BlockKind, Document, Passage, Span

MADE = Manifest("words", "fingerprint", 3, "faiss")
Making = Callable[[str, str], Document]


@pytest.fixture(params=["in memory", "on disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store.sqlite" if request.param == "on disk" else None)
    yield opened
    opened.close()
    opened.close()


def rows(*values: float) -> Vectors:
    return np.array([[value, 0, 1] for value in values], dtype=np.float32)


def stage(store: Store, document: Document, *values: float) -> list[int]:
    """A version whose passages are its words, with these vectors."""
    passages = []
    start = 0
    for word in document.text.split():
        start = document.text.index(word, start)
        span = Span(start, start + len(word))
        passages.append(Passage(0, document.key, span, (span,)))
        start = span.end
    row = store.stage(document, len(passages))
    return store.stage_passages([(row, p) for p in passages], rows(*values))


def test_documents_come_back_as_they_were(store: Store) -> None:
    blocks = (Block(BlockKind.HEADING, Span(0, 3)), Block(BlockKind.PARAGRAPH, Span(5, 9)))
    document = Document("k", "Tïtle", "Ice\r\n\x00🎉\ud800é", "-", blocks)
    row = store.stage(document, 0)
    store.publish()
    assert store.document(row) == document
    assert store.row("k") == row
    (info,) = store.documents()
    assert (info.characters, info.sha256) == (9, store_rows.sha256(document.text))
    assert info.added.endswith("+00:00")


def test_only_live_versions_are_shown(store: Store, document: Making) -> None:
    ids = stage(store, document("k", "one two"), 1, 2)
    assert (store.documents(), store.passages(ids), store.counts()) == ([], [], (0, 0))
    store.publish()
    assert [p.id for p in store.passages(ids)] == ids
    assert store.counts() == (1, 2)


def test_it_is_calm_only_when_every_passage_is_live(store: Store, document: Making) -> None:
    assert store.calm() is None  # nothing was ever published
    stage(store, document("k", "one two"), 1, 2)
    assert store.calm() is None
    store.publish()
    first = store.calm()
    assert first == store.version()
    store.retire(["k"])
    assert store.calm() is None
    store.purge()
    assert store.calm() == store.version() != first


def test_a_new_version_replaces_the_old_at_once(store: Store, document: Making) -> None:
    old = stage(store, document("k", "one two"), 1, 2)
    store.publish()
    before = store.version()
    new = stage(store, document("k", "three"), 3)
    assert store.live(old + new) == set(old)
    store.publish()
    assert store.live(old + new) == set(new)
    assert store.ids(State.GONE) == old
    assert store.version() > before
    store.purge()
    assert store.ids(State.GONE) == []
    assert [ids for ids, *_ in store.batches(9)] == [new]


def test_the_last_of_two_staged_versions_wins(store: Store, document: Making) -> None:
    stage(store, document("k", "one"), 1)
    last = stage(store, document("k", "two"), 2)
    store.publish()
    assert store.ids(State.LIVE) == last


def test_ids_are_never_given_out_twice(store: Store, document: Making) -> None:
    first = stage(store, document("k", "one two"), 1, 2)
    store.give_up()
    store.purge()
    second = stage(store, document("k", "three"), 3)
    assert min(second) > max(first)
    other = Store()
    other.continue_after(store)
    assert min(stage(other, document("k", "four"), 4)) > max(second)


def test_what_an_interrupted_writer_left_is_undone_and_embedded_only_once(
    store: Store, document: Making
) -> None:
    stage(store, document("whole", "one"), 1)
    part = store.stage(document("part", "one two"), 2)
    store.give_up_unfinished()
    assert not store.has(State.PENDING)
    assert store.documents() == []
    kept = store.snapshots.kept("whole")
    assert kept is not None
    ((text, vector),) = store.vectors_of(kept)
    assert (text, vector.tolist()) == ("one", [1, 0, 1])
    assert store.snapshots.kept("part") is None
    store.purge()
    with pytest.raises(KeyError):
        store.document(part)
    stage(store, document("whole", "one"), 1)
    store.publish()
    store.purge()
    assert store.snapshots.kept("whole") is None


def test_removal_hides_at_once_and_names_what_was_there(store: Store, document: Making) -> None:
    ids = stage(store, document("k", "one"), 1)
    store.publish()
    assert store.retire(["nobody", "k", "k"]) == ["k"]
    assert store.passages(ids) == []
    assert store.row("k") is None
    assert store.retire(["k"]) == []


def test_batches_give_ids_texts_and_vectors_in_order(store: Store, document: Making) -> None:
    stage(store, document("a", "one two three"), 0.5, 0.1, 3)
    stage(store, document("b", "four"), 4)
    store.publish()
    batches = list(store.batches(2))
    assert [(ids, texts) for ids, texts, _ in batches] == [
        ([1, 2], ["one", "two"]),
        ([3, 4], ["three", "four"]),
    ]
    expected = store_rows.halved(rows(0.5, 0.1, 3, 4))
    np.testing.assert_array_equal(np.concatenate([v for *_, v in batches]), expected)


def test_passages_come_in_the_order_asked_for(store: Store, document: Making) -> None:
    ids = stage(store, document("k", "one two three"), 1, 2, 3)
    store.publish()
    asked = [ids[2], 999, ids[0]]
    assert [p.span for p in store.passages(asked)] == [Span(8, 13), Span(0, 3)]
    assert len(store.passages(ids * 20_000)) == 60_000


def test_a_failed_transaction_leaves_nothing(store: Store, document: Making) -> None:
    with suppress(KeyError), store.writing():
        stage(store, document("k", "one"), 1)
        raise KeyError
    assert not store.has(State.PENDING)
    stage(store, document("k", "one"), 1)
    store.publish()
    assert store.counts() == (1, 1)


def test_the_manifest_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    assert store.manifest() is None
    store.set_manifest(MADE)
    store.close()
    assert Store(tmp_path / "s").manifest() == MADE


def test_readers_go_on_while_something_is_written(tmp_path: Path, document: Making) -> None:
    writer = Store(tmp_path / "s")
    stage(writer, document("k", "one"), 1)
    writer.publish()
    reader = Store(tmp_path / "s", readonly=True)
    with writer.writing():
        writer.retire(["k"])
        assert [info.key for info in reader.documents()] == ["k"]
        assert [info.key for info in writer.documents()] == ["k"]
    assert reader.documents() == []


def make_newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("harm", "summary"),
    [
        (lambda path: path.write_bytes(b"not a database at all" * 300), "is damaged"),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE a (b)"), "is not an index"),
        (lambda path: path.mkdir(), "cannot be"),
    ],
    ids=["noise", "somebody else's database", "a directory"],
)
def test_what_is_no_store_is_told(
    tmp_path: Path, harm: Callable[[Path], object], summary: str
) -> None:
    harm(tmp_path / "s")
    for readonly in (False, True):
        with pytest.raises(IndexProblem, match=summary) as problem:
            Store(tmp_path / "s", readonly=readonly)
        assert problem.value.remedy


def test_a_newer_schema_is_told(tmp_path: Path) -> None:
    Store(tmp_path / "s").close()
    make_newer(tmp_path / "s")
    with pytest.raises(IndexProblem, match="newer version"):
        Store(tmp_path / "s")


def test_damage_inside_the_file_is_found(tmp_path: Path, document: Making) -> None:
    store = Store(tmp_path / "s")
    stage(store, document("k", "one " * 5000), *[1.0] * 5000)
    store.publish()
    store.close()
    data = bytearray((tmp_path / "s").read_bytes())
    for at in range(8192, len(data) - 4096, 4096):
        data[at : at + 200] = bytes(200)
    (tmp_path / "s").write_bytes(data)
    damaged = Store(tmp_path / "s")
    try:
        found = damaged.damages()
    except IndexProblem as problem:
        found = [str(problem)]
    assert "damaged" in found[0]


spans = st.tuples(st.integers(0, 2**31), st.integers(0, 2**31)).map(sorted).map(lambda e: Span(*e))


@given(st.lists(spans).map(tuple))
def test_spans_come_back_as_they_were(packed: tuple[Span, ...]) -> None:
    assert store_rows.unpack_spans(store_rows.pack_spans(packed)) == packed


@given(st.text(st.characters()))
def test_texts_come_back_as_they_were(text: str) -> None:
    assert store_rows.decoded(store_rows.encoded(text)) == text
