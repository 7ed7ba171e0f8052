from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index import embedders
from index.late_interaction import LIKE, Interacting, closeness, reordered
from index.library import Index
from index.store import Store
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
        def closeness(self, question: str, texts: list[str]) -> np.ndarray:  # noqa: ARG002
            return np.array([float(len(text)) for text in texts], dtype=np.float32)

    assert reordered(Lengths(), "q", [7, 5, 9, 2], ["a", "bb", "a"]) == [5, 7, 9, 2]
    assert reordered(object(), "q", [7, 5], ["a", "bb"]) == [7, 5]
    assert reordered(Lengths(), "q", [], []) == []


def test_stop_words_of_a_question_do_not_count(static_model: Callable[..., Path]) -> None:
    embedder = embedders.load(str(static_model()))
    assert isinstance(embedder, Interacting)
    found = ["hello", "ferry", ""]
    plain = embedder.closeness("ferry", found)
    np.testing.assert_array_equal(embedder.closeness("what ferry", found), plain)
    assert plain.argmax() == 1
    assert plain[2] == 0
    assert not embedder.closeness("", found).any()
    assert embedder.closeness("ferry", []).shape == (0,)


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
