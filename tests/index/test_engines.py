"""One contract for every engine; values against the reference in memory."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import engines, faiss_vectors, growing
from index import lexical as words_of_tantivy
from index.engines import Place, open_lexical, open_vectors
from index.faiss_vectors import FaissVectors
from index.memory import MemoryLexical, MemoryVectors
from index.ports import Ids, LexicalIndex, VectorIndex, Vectors
from index.problems import IndexProblem, ModelProblem, UsageProblem
from index.store_rows import halved
from index.types import Match

DIMENSION = 4
KEPT = ["faiss"]
"""Engines that keep what they committed."""


def vectors(*rows: list[float]) -> Vectors:
    return np.array(rows, dtype=np.float32)


def only(*numbers: int) -> Ids:
    return np.array(sorted(numbers), dtype=np.int64)


def matches(found: list[Match]) -> list[tuple[int, object]]:
    return [(match.id, pytest.approx(match.score, abs=1e-5)) for match in found]


def ids(found: list[Match]) -> list[int]:
    return [match.id for match in found]


HERE = ("in memory", "in memory, grown", "on disk")
SPOTS = [
    (name, where)
    for name, engine in sorted(engines.ENGINES.items())
    for where in (("on a server",) if engine.is_shared else HERE)
] + [("faiss", "on disk, folded")]


@pytest.fixture(params=SPOTS, ids=", ".join)
def spot(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Place]:
    """An engine and a place for it."""
    name, where = request.param
    if where == "in memory, grown":
        monkeypatch.setattr(growing, "FEW", 1)
    if where == "on a server":
        return name, request.getfixturevalue("address")
    if where == "on disk, folded":
        monkeypatch.setattr(faiss_vectors, "MANY", 0)
    return name, tmp_path / "side" if "on disk" in where else None


@pytest.fixture
def dense(spot: tuple[str, Place]) -> VectorIndex:
    name, place = spot
    return open_vectors(name, DIMENSION, place)


@pytest.fixture
def lexical(spot: tuple[str, Place]) -> LexicalIndex:
    return open_lexical(*spot)


# Vectors


def test_nearest_by_dot_product_best_first(dense: VectorIndex) -> None:
    dense.put([7, 3, 5], vectors([1, 0, 0, 0], [0.5, 0, 0, 0], [-1, 0, 0, 0]))
    found = dense.search(vectors([1, 0, 0, 0])[0], 10)
    assert matches(found) == [(7, 1.0), (3, 0.5), (5, -1.0)]


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_is_nearest_when_nothing_is_wanted(dense: VectorIndex, k: int) -> None:
    dense.put([1], vectors([1, 0, 0, 0]))
    assert dense.search(vectors([1, 0, 0, 0])[0], k) == []


def test_an_empty_vector_index_finds_nothing(dense: VectorIndex) -> None:
    assert dense.search(vectors([1, 0, 0, 0])[0], 3) == []
    assert (dense.ids(), len(dense)) == ([], 0)


def test_no_more_vectors_than_wanted_and_no_padding(dense: VectorIndex) -> None:
    dense.put([1, 2], vectors([1, 0, 0, 0], [0, 1, 0, 0]))
    question = vectors([0.5, 0.25, 0, 0])[0]
    assert ids(dense.search(question, 1)) == [1]
    assert ids(dense.search(question, 99)) == [1, 2]


def test_equal_vectors_come_by_smaller_id_however_many(dense: VectorIndex) -> None:
    order = [*range(40, 0, -1)]
    dense.put(order, np.tile(vectors([0.5, 0.5, 0, 0]), (40, 1)))
    assert ids(dense.search(vectors([1, 1, 0, 0])[0], 3)) == [1, 2, 3]


def test_a_put_replaces(dense: VectorIndex) -> None:
    dense.put([1, 2], vectors([1, 0, 0, 0], [0, 1, 0, 0]))
    dense.put([1], vectors([0, 0, 1, 0]))
    assert matches(dense.search(vectors([1, 0, 0.5, 0])[0], 5)) == [(1, 0.5), (2, 0.0)]
    assert (dense.ids(), len(dense)) == ([1, 2], 2)


def test_a_drop_forgets_and_ignores_the_unknown(dense: VectorIndex) -> None:
    dense.put([1, 2, 3], vectors([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]))
    dense.drop([2, 77])
    dense.drop([])
    assert dense.ids() == [1, 3]
    dense.put([2], vectors([0, 0, 0, 1]))
    assert matches(dense.search(vectors([0, 0, 0, 1])[0], 1)) == [(2, 1.0)]


@pytest.mark.parametrize(
    ("numbers", "rows"),
    [([1, 2], vectors([1, 0, 0, 0])), ([1], vectors([1, 0])), ([1, 1], np.eye(2, 4, dtype="f4"))],
    ids=["fewer vectors than ids", "another dimension", "an id twice"],
)
def test_a_wrong_put_changes_nothing(dense: VectorIndex, numbers: list[int], rows: Vectors) -> None:
    with pytest.raises(ValueError, match=r"shape|ids|twice"):
        dense.put(numbers, rows)
    assert dense.ids() == []


def test_what_the_caller_does_to_its_array_later_does_not_matter(dense: VectorIndex) -> None:
    rows = vectors([1, 0, 0, 0])
    dense.put([1], rows)
    rows[:] = 0
    assert matches(dense.search(vectors([1, 0, 0, 0])[0], 1)) == [(1, 1.0)]


FAR = 2**40
"""An id that no table of bits has room for."""


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (None, [FAR, 3, 5, 7]),
        (only(5, 7), [5, 7]),
        (only(1, 3, 4, FAR - 1, FAR), [FAR, 3]),
        (only(7), [7]),
        (only(6, FAR + 1), []),
        (only(), []),
    ],
    ids=["any", "some", "with unknown ones", "one", "unknown ones alone", "none"],
)
def test_matches_are_of_the_allowed_vectors_alone(
    dense: VectorIndex, allowed: Ids | None, expected: list[int]
) -> None:
    rows = vectors([0, 0, 1, 0], [0.5, 0, 0, 0], [-1, 0, 0, 0], [1, 0, 0, 0])
    dense.put([5, 3, 7, FAR], rows)
    question = vectors([1, 0, 0, 0])[0]
    assert ids(dense.search(question, 9, allowed)) == expected
    assert ids(dense.search(question, 1, allowed)) == expected[:1]


def test_equal_vectors_of_those_allowed_come_by_smaller_id(dense: VectorIndex) -> None:
    dense.put([*range(60, 0, -1)], np.tile(vectors([1, 0, 0, 0]), (60, 1)))
    odd = only(*range(1, 61, 2))
    assert ids(dense.search(vectors([1, 0, 0, 0])[0], 3, odd)) == [1, 3, 5]
    assert len(dense.search(vectors([1, 0, 0, 0])[0], 99, odd)) == 30


@pytest.mark.parametrize("when", ["before the commit", "after it", "opened again"])
def test_what_is_folded_is_changed_and_searched_like_the_rest(
    spot: tuple[str, Place], when: str
) -> None:
    engine, place = spot
    dense = open_vectors(engine, DIMENSION, place)
    dense.put([2, 4, 9], vectors([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]))
    if when != "before the commit":
        dense.commit()
    dense.drop([4, 5])
    dense.put([2, 3], vectors([0, 0, 0, 0.5], [0.25, 0, 0, 0]))
    if when == "opened again":
        dense.commit()
        if place and engine in KEPT:
            dense.close()
            dense = open_vectors(engine, DIMENSION, place)
    question = vectors([1, 1, 0.5, 1])[0]
    assert matches(dense.search(question, 9)) == [(2, 0.5), (9, 0.5), (3, 0.25)]
    assert matches(dense.search(question, 9, only(3, 4, 9))) == [(9, 0.5), (3, 0.25)]
    assert (dense.ids(), len(dense), dense.damage()) == ([2, 3, 9], 3, "")


def test_so_few_vectors_are_all_compared(dense: VectorIndex) -> None:
    dense.put([1], vectors([1, 0, 0, 0]))
    assert dense.accuracy() == engines.EXACT


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.lists(st.integers(1, 30), unique=True, max_size=8)),
        max_size=8,
    ),
    seed=st.integers(0, 1000),
    k=st.integers(1, 40),
    allowed=st.none() | st.sets(st.integers(1, 40)),
)
def test_any_puts_and_drops_equal_the_reference(
    steps: list[tuple[bool, list[int]]], seed: int, k: int, allowed: set[int] | None
) -> None:
    random = np.random.default_rng(seed)
    ours, reference = FaissVectors(DIMENSION), MemoryVectors(DIMENSION)
    for is_put, numbers in steps:
        rows = halved(random.integers(-2, 3, (len(numbers), DIMENSION)).astype(np.float32))
        for index in (ours, reference):
            index.put(numbers, rows) if is_put else index.drop(numbers)
    question = random.integers(-2, 3, DIMENSION).astype(np.float32)
    among = None if allowed is None else only(*allowed)
    assert matches(ours.search(question, k, among)) == matches(reference.search(question, k, among))
    assert ours.ids() == reference.ids()


# Words

STORY = {
    1: "The envoy demanded legally binding guarantees from the alliance.",
    2: "Demands grow louder, an analyst said.",
    3: "The harbour was closed by ice; ferries stayed in port.",
    4: "Russia’s envoy left. Officials in the U.S. sent 175,000 letters on short-range missiles.",
    5: "Café owners in Zürich asked O’Brien about WHO guidance.",
}


@pytest.fixture
def story(lexical: LexicalIndex) -> LexicalIndex:
    lexical.put(list(STORY), list(STORY.values()))
    lexical.commit()
    return lexical


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did the envoy demand?", [1, 2, 4]),
        ("demanding", [2, 1]),
        ("russia", [4]),
        ("RUSSIA'S", [4]),
        ("US officials", [4]),
        ("175000", [4]),
        ("short range missile", [4]),
        ("cafe zurich", [5]),
        ("o'brien", [5]),
        ("What did the WHO say?", [5]),
        ("who was it?", [5, 3]),
        ("nothing of the sort", []),
        ("", []),
        ("?!… —", []),
    ],
)
def test_words_meet_by_their_stems(story: LexicalIndex, question: str, expected: list[int]) -> None:
    found = ids(story.search(question, 10))
    assert found[: len(expected)] == expected
    assert len(found) == len(expected)


OPERATORS = [
    "envoy -alliance", "envoy AND NOT alliance", 'terms:"envoy', "id:1 envoy", "envoy^9 OR *",
    "(envoy", "envoy~2", "[a TO envoy]", "envoy\x00\x1b[31m", "/envoy/",
]  # fmt: skip


@pytest.mark.parametrize("question", OPERATORS)
def test_no_character_is_an_operator(story: LexicalIndex, question: str) -> None:
    assert {1, 4} <= set(ids(story.search(question, 10)))


def test_scores_equal_the_reference(lexical: LexicalIndex) -> None:
    ours, reference = lexical, MemoryLexical()
    for index in (ours, reference):
        index.put(list(STORY), list(STORY.values()))
        index.commit()
    for question in ("envoy demand guarantees", "officials and ferries", "the the analyst"):
        expected = reference.search(question, 9)
        assert expected
        assert matches(ours.search(question, 9)) == matches(expected)


def test_equal_passages_come_by_smaller_id_however_many(lexical: LexicalIndex) -> None:
    lexical.put([*range(60, 0, -1)], ["the ferry sank"] * 60)
    lexical.commit()
    assert ids(lexical.search("ferry", 3)) == [1, 2, 3]
    assert lexical.search("ferry", 0) == []


@pytest.fixture(params=["told", "looked for"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which ids are allowed is told to tantivy, or looked for in what it finds."""
    if request.param == "looked for":
        monkeypatch.setattr(words_of_tantivy, "_FEW", 0)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (None, [1, 2, 4]),
        (only(2, 3, 4), [2, 4]),
        (only(0, 4, FAR), [4]),
        (only(3, 77), []),
        (only(), []),
    ],
    ids=["any", "some", "with unknown ones", "without the word", "none"],
)
def test_matches_are_of_the_allowed_texts_alone(
    story: LexicalIndex, allowed: Ids | None, expected: list[int]
) -> None:
    question = "What did the envoy demand?"
    scores = {match.id: match.score for match in story.search(question, 9)}
    found = story.search(question, 9, allowed)
    assert matches(found) == [(id_, pytest.approx(scores[id_], abs=1e-5)) for id_ in expected]
    assert ids(story.search(question, 1, allowed)) == expected[:1]


@pytest.mark.usefixtures("way")
def test_allowed_texts_are_found_however_deep_they_lie(lexical: LexicalIndex) -> None:
    texts = ["ferry " * (1 + number // 100) for number in range(1, 601)]
    lexical.put([*range(600, 0, -1)], texts)
    lexical.commit()
    assert ids(lexical.search("ferry", 2, only(590, 597, 599, 600))) == [590, 597]
    assert ids(lexical.search("ferry", 9, only(*range(1, 601, 299)))) == [1, 300, 599]


@pytest.mark.usefixtures("way")
def test_equal_passages_of_those_allowed_come_by_smaller_id(lexical: LexicalIndex) -> None:
    lexical.put([*range(60, 0, -1)], ["the ferry sank"] * 60)
    lexical.commit()
    assert ids(lexical.search("ferry", 3, only(*range(1, 61, 2)))) == [1, 3, 5]


def test_a_put_replaces_a_text(story: LexicalIndex) -> None:
    story.put([3], ["A lighthouse."])
    story.commit()
    assert story.search("harbour", 5) == []
    assert ids(story.search("lighthouses", 5)) == [3]
    assert (story.ids(), len(story)) == ([1, 2, 3, 4, 5], 5)


def test_a_drop_forgets_a_text_and_ignores_the_unknown(story: LexicalIndex) -> None:
    story.drop([4, 99])
    story.commit()
    assert story.search("missiles", 5) == []
    assert story.ids() == [1, 2, 3, 5]


@pytest.mark.parametrize("numbers", [[1], [1, 1]])
def test_a_wrong_put_of_texts_is_refused(lexical: LexicalIndex, numbers: list[int]) -> None:
    with pytest.raises(ValueError, match=r"ids|twice"):
        lexical.put(numbers, ["one", "two"])


def test_strange_texts_are_taken(lexical: LexicalIndex) -> None:
    texts = ["", "x" * 100_000, "\x00\ud800 bell", "🎉", "北京的天气很好 and bells"]
    lexical.put([1, 2, 3, 4, 5], texts)
    lexical.commit()
    assert ids(lexical.search("bell", 5)) == [3, 5]
    assert ids(lexical.search("天气", 5)) == [5]
    assert ids(lexical.search("x" * 90_000, 5)) == [2]
    assert ids(lexical.search("bell " * 2000, 1)) == [3]


# What every kept engine survives


@pytest.mark.parametrize("name", KEPT)
def test_only_what_was_committed_opens_again(name: str, tmp_path: Path) -> None:
    dense, lexical = open_vectors(name, DIMENSION, tmp_path), open_lexical(name, tmp_path / "words")
    dense.put([1], vectors([1, 0, 0, 0]))
    lexical.put([1], ["ferry"])
    dense.commit()
    lexical.commit()
    dense.put([2], vectors([0, 1, 0, 0]))
    lexical.put([2], ["ferries"])
    for index in (dense, lexical):
        index.close()
        index.close()
    again = open_vectors(name, DIMENSION, tmp_path)
    words = open_lexical(name, tmp_path / "words")
    assert matches(again.search(vectors([1, 1, 0, 0])[0], 5)) == [(1, 1.0)]
    assert ids(words.search("ferry", 5)) == [1]


@pytest.mark.parametrize("name", KEPT)
def test_ids_smaller_than_the_greatest_replace_after_opening(name: str, tmp_path: Path) -> None:
    for text, row in (("ferry", [1.0, 0, 0, 0]), ("harbour", [0, 1.0, 0, 0])):
        lexical = open_lexical(name, tmp_path / "words")
        dense = open_vectors(name, DIMENSION, tmp_path)
        lexical.put([5, 9], [text, "lighthouse"])
        dense.put([5, 9], vectors(row, [0, 0, 1, 0]))
        lexical.commit()
        dense.commit()
    assert lexical.search("ferry", 5) == []
    assert (lexical.ids(), dense.ids()) == ([5, 9], [5, 9])
    assert matches(dense.search(vectors([1, 1, 0, 0])[0], 1)) == [(5, 1.0)]


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip(data: bytes) -> bytes:
    at = len(data) - 3
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "harm",
    [cut, flip, lambda _: b"", lambda _: b"[]\n", lambda _: b"\xff" * 500],
    ids=["cut", "bit flipped", "empty", "another file", "noise"],
)
def test_a_damaged_vector_file_is_told(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    dense = open_vectors("faiss", DIMENSION, tmp_path)
    dense.put([1, 2], vectors([1, 0, 0, 0], [0, 1, 0, 0]))
    dense.commit()
    (file,) = tmp_path.iterdir()
    file.write_bytes(harm(file.read_bytes()))
    with pytest.raises(IndexProblem, match="is damaged") as problem:
        open_vectors("faiss", DIMENSION, tmp_path)
    assert "faiss::" not in str(problem.value)
    assert "rebuild" in problem.value.remedy


def test_a_vector_file_of_another_dimension_is_told(tmp_path: Path) -> None:
    dense = open_vectors("faiss", DIMENSION, tmp_path)
    dense.put([1], vectors([1, 0, 0, 0]))
    dense.commit()
    with pytest.raises(IndexProblem, match="4 dimensions, not 8"):
        open_vectors("faiss", 8, tmp_path)


def test_a_damaged_word_index_is_told(tmp_path: Path) -> None:
    lexical = open_lexical("faiss", tmp_path)
    lexical.put([1], ["ferry"])
    lexical.commit()
    lexical.close()
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises(IndexProblem, match="word index") as problem:
        open_lexical("faiss", tmp_path)
    assert "rebuild" in problem.value.remedy
    assert "Error" not in str(problem.value)


def test_a_full_disk_leaves_the_old_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    dense = open_vectors("faiss", DIMENSION, tmp_path)
    dense.put([1], vectors([1, 0, 0, 0]))
    dense.commit()
    dense.put([2], vectors([0, 1, 0, 0]))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(IndexProblem, match="No space left") as problem:
            dense.commit()
    assert "old state is intact" in problem.value.remedy
    assert open_vectors("faiss", DIMENSION, tmp_path).ids() == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]
    dense.commit()
    assert open_vectors("faiss", DIMENSION, tmp_path).ids() == [1, 2]


def test_a_wrong_question_dimension_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="shape"):
        open_vectors("faiss", DIMENSION).search(vectors([1, 0])[0], 1)


# Names


def test_an_unknown_engine_names_the_known() -> None:
    with pytest.raises(UsageProblem, match="'fais'") as problem:
        open_vectors("fais", 4)
    assert "faiss, memory, milvus" in problem.value.remedy


def test_a_missing_library_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    there_is_none = engines.Engine("no_such_library:X", "no_such_library:Y", "far")
    monkeypatch.setitem(engines.ENGINES, "far", there_is_none)
    with pytest.raises(ModelProblem, match="no_such_library") as problem:
        open_lexical("far")
    assert "pullquote[far]" in problem.value.remedy
