from __future__ import annotations

from collections.abc import Callable
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import embedders, kept_words
from index.late_interaction import LIKE, Interacting, closeness, reordered
from index.library import Index
from index.problems import IndexProblem
from index.store import Store
from index.store_rows import halved
from index.text import blocks
from index.types import Document
from index.word_pieces import Pieces

ASKED = np.eye(3, dtype=np.float32)[:2]
NAME, RARE, NEAR, OTHER = np.eye(3, dtype=np.float32)[[0, 1, 2, 2]]
LIKE_RARE = np.array([0, 0.8, 0.6], dtype=np.float32)
WORDS = np.stack([NAME, RARE, LIKE_RARE, OTHER])


def texts(*words: list[int]) -> Pieces:
    borders = np.cumsum([0, *map(len, words)]).astype(np.int32)
    return Pieces(np.array([at for text in words for at in text], dtype=np.int32), borders)


def test_the_rarer_word_decides_and_what_is_like_it_counts_for_less() -> None:
    scores = closeness(ASKED, WORDS, texts([0, 3], [0, 1], [0, 2], [0, 3], [0, 3]))
    assert scores[1] > scores[2] > scores[0]
    assert scores[0] == scores[3] == scores[4]


def test_a_score_is_the_share_of_the_question_that_is_met() -> None:
    scores = closeness(ASKED, WORDS, texts([0, 1], [0], [3]))
    assert scores[0] == pytest.approx(1.0)
    assert 0 < scores[1] < 1
    assert scores[2] == 0


def test_a_word_that_comes_often_counts_once() -> None:
    scores = closeness(ASKED, WORDS, texts([1], [1, 1, 1], [0]))
    assert scores[0] == scores[1]


def test_words_that_are_hardly_alike_are_not_alike() -> None:
    weak = np.array([[LIKE - 0.01, 0, 1]], dtype=np.float32)
    assert closeness(ASKED, weak, texts([0])).tolist() == [0.0]


@pytest.mark.parametrize("found", [texts([], [1]), texts([1], [])])
def test_a_text_without_words_scores_nothing(found: Pieces) -> None:
    assert sorted(closeness(ASKED, WORDS, found) > 0) == [False, True]
    assert not closeness(ASKED[:0], WORDS, found).any()


def test_only_the_texts_that_are_given_move_and_ties_stay() -> None:
    class Lengths:
        def taken_in(self) -> None: ...

        def pieces(self, given: list[str]) -> Pieces:
            return texts(*([0] * len(text) for text in given))

        def closeness(self, question: str, given: Pieces) -> np.ndarray:  # noqa: ARG002
            return np.diff(given.borders).astype(np.float32)

    assert reordered(Lengths(), "q", [7, 5, 9, 2], ["a", "bb", "a"]) == [5, 7, 9, 2]
    assert reordered(object(), "q", [7, 5], ["a", "bb"]) == [7, 5]
    assert reordered(Lengths(), "q", [], []) == []


def test_stop_words_of_a_question_do_not_count(static_model: Callable[..., Path]) -> None:
    embedder = embedders.load(str(static_model()))
    assert isinstance(embedder, Interacting)
    found = embedder.pieces(["hello", "ferry", ""])
    plain = embedder.closeness("ferry", found)
    np.testing.assert_array_equal(embedder.closeness("what ferry", found), plain)
    assert plain.argmax() == 1
    assert plain[2] == 0
    assert not embedder.closeness("", found).any()
    assert embedder.closeness("ferry", embedder.pieces([])).shape == (0,)


def test_the_index_orders_what_it_found_by_single_words() -> None:
    words = ["The envoy spoke in the harbour.", "The harbour was rebuilt by the harbour guild."]
    index = Index.open(None, embedder=embedders.load(None))
    index.add([Document(w, w, w, w, tuple(blocks(w))) for w in words])
    (first, second) = [match.id for match in index.dense("harbour", 2)]
    envoy = index.passages_of([words[0]])[0]
    assert index.nearer("Which diplomat spoke in the harbour?", [first, second])[0] == envoy
    assert index.nearer("harbour", [first, 999, second, 998]) == [first, second]
    assert index.nearer("harbour", []) == []


def test_texts_are_those_of_the_passages_that_are_there() -> None:
    index = Index.open(None, embedder=embedders.load(None))
    long = "\n\n".join(f"Paragraph {n} tells of a “harbour” \ud800 {n}. " * 20 for n in range(9))
    index.add([Document("long", "Long", long, "long"), Document("b", "B", "An envoy spoke.", "b")])
    store = index._state.parts.store
    ids = index.passages_of(["long", "b"])
    whole = {"long": long, "b": "An envoy spoke."}
    expected = {p.id: p.span.of(whole[p.document]) for p in index.passages(ids)}
    assert len(expected) > 5
    assert store.texts([*ids, 999]) == expected
    index.remove(["long"])
    assert list(store.texts(ids).values()) == ["An envoy spoke."]
    assert store.texts([]) == {}


@pytest.mark.parametrize(("stored", "read"), [(b"An \xffvoy.", "An \ufffdvoy."), (7, "")])
def test_a_damaged_text_is_compared_as_it_is_and_not_shown(stored: object, read: str) -> None:
    index = Index.open(None, embedder=embedders.load(None))
    index.add([Document("b", "B", "An envoy.", "b")])
    store, ids = index._state.parts.store, index.passages_of(["b"])
    assert isinstance(store, Store)
    with store.writing() as connection:
        connection.execute("UPDATE texts SET text = ?", (stored,))
    assert store.texts(ids) == {ids[0]: read}
    assert index.nearer("envoy", ids) == ids


LONG = "\n\n".join(
    f"The envoy spoke {n} times. “Is a harbour a port?” she asked in 19{n}0."
    f" {'word ' * 9}{'word' * 400}。好。"
    for n in range(9)
)


def filled(path: Path | None = None, *, kept: bool = True) -> Index:
    """An index of a text whose sentences are not all apart, with or without kept words."""
    index = Index.open(path, embedder=embedders.load(None))
    harbour = "The harbour was rebuilt. The diplomat left."
    index.add([Document(w, w, w, w, tuple(blocks(w))) for w in (LONG, harbour)])
    store = index._state.parts.store
    assert isinstance(store, Store)
    if not kept:
        with store.writing() as connection:
            connection.execute("UPDATE passages SET words = x'', checksum = NULL")
    ids = index.passages_of([LONG, harbour])
    assert len(store.words(ids)) == (len(ids) if kept else 0)
    return index


def test_what_is_kept_of_words_changes_neither_order_nor_closeness() -> None:
    kept, plain = filled(), filled(kept=False)
    for question in ("Which diplomat spoke in the port?", "19", "好", "wordword", "the"):
        ids = [match.id for match in plain.dense(question, 50)]
        assert kept.nearer(question, [*ids, 999]) == plain.nearer(question, [*ids, 998])
        passages = plain.passages(ids)
        own = kept.closeness(question, passages)
        assert own == plain.closeness(question, passages)
        assert [*map(len, own)] == [len(passage.sentences) for passage in passages]


def test_vectors_are_those_of_the_texts_whatever_the_sentences() -> None:
    index = filled()
    store, embedder = index._state.parts.store, index.embedder
    ((_, found, vectors),) = store.batches(99)
    np.testing.assert_array_equal(vectors, halved(embedder.passages(found)))


def test_no_text_is_read_for_what_words_were_kept_of(monkeypatch: pytest.MonkeyPatch) -> None:
    index = filled()
    ids = [match.id for match in index.dense("harbour", 50)]
    expected = index.nearer("harbour", ids), index.closeness("harbour", index.passages(ids))
    monkeypatch.setattr(Store, "texts", None)
    monkeypatch.setattr(Store, "document", None)
    assert (index.nearer("harbour", ids), index.closeness("harbour", index.passages(ids))) == (
        expected
    )


@pytest.mark.parametrize("words", [b"\x03", b"\x02\x00\x09\x00", b"\x06" + b"\xff" * 9, 7])
def test_damaged_words_are_compared_as_they_are_and_their_passage_is_not_shown(
    words: object,
) -> None:
    index, plain = filled(), filled(kept=False)
    ids = [match.id for match in index.dense("harbour", 50)]
    passages = index.passages(ids)
    store = index._state.parts.store
    assert isinstance(store, Store)
    with store.writing() as connection:
        connection.execute("UPDATE passages SET words = ?", (words,))
    assert sorted(index.nearer("harbour", ids)) == sorted(ids)
    assert index.closeness("harbour", passages) == plain.closeness("harbour", passages)
    assert index.verify() == [f"Damaged passages: {len(ids)}."]
    with pytest.raises(IndexProblem, match="is damaged"):
        index.passages(ids)


def test_words_that_the_model_does_not_have_are_any() -> None:
    index = filled()
    ids = [match.id for match in index.dense("harbour", 50)]
    store = index._state.parts.store
    assert isinstance(store, Store)
    strange = kept_words.packed(texts([99_999, 5]), [1])
    with store.writing() as connection:
        connection.execute("UPDATE passages SET words = ?", strange)
    assert sorted(index.nearer("harbour", ids)) == sorted(ids)


NUMBERS = st.lists(st.lists(st.lists(st.integers(0, 70_000), max_size=9), max_size=5), max_size=5)


@given(NUMBERS)
def test_kept_words_come_back_as_they_were(passages: list[list[list[int]]]) -> None:
    every = texts(*(sentence for sentences in passages for sentence in sentences))
    kept = kept_words.packed(every, [len(sentences) for sentences in passages])
    found = [kept_words.sentences_of(one) for one in kept]
    assert [one and apart(one) for one in found] == passages
    assert apart(kept_words.joined(one for one in found if one)) == apart(every)
    whole = [[*chain.from_iterable(sentences)] for sentences in passages]
    assert apart(kept_words.wholes(kept)) == whole


def apart(pieces: Pieces) -> list[list[int]]:
    borders = pieces.borders.tolist()
    return [pieces.ids[first:last].tolist() for first, last in pairwise(borders)]


def test_a_passage_of_more_words_than_can_be_counted_keeps_none() -> None:
    assert kept_words.packed(texts([1] * 65_536), [1]) == [b""]
    assert kept_words.packed(texts(*[[1]] * 32_768), [32_768]) == [b""]


def test_many_words_are_compared_as_few_are() -> None:
    random = np.random.default_rng(3)
    asked, words = (random.standard_normal((n, 256)).astype(np.float32) for n in (9, 700))
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    every = texts(*np.arange(700).reshape(35, 20).tolist())
    alike = np.maximum(asked @ words.T - LIKE, 0) / (1 - LIKE)
    met = alike.reshape(9, 35, 20).max(axis=2)
    having = met.sum(axis=1)
    rarity = np.log1p(np.maximum(35 - having + 0.5, 0.01) / (having + 0.5))
    np.testing.assert_allclose(
        closeness(asked, words, every), rarity @ met / rarity.sum(), rtol=1e-4
    )
