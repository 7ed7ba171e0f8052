from __future__ import annotations

from collections.abc import Sequence

import pytest

from index.passages import split
from index.ports import Ids
from index.types import Document, Match, Passage, Span
from qa.retrieval import HybridRetriever, Mixture, reordered
from qa.types import Hit
from tests.qa.texts import document

TEXT = "Alpha one.\n\nBravo two.\n\nCharlie three.\n\nDelta four."


class FakeIndex:
    """Four passages, and engines that always say the same."""

    def __init__(self, dense: Sequence[int], lexical: Sequence[int]) -> None:
        self._dense, self._lexical = dense, lexical

    def dense(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:  # noqa: ARG002
        return [Match(id_, 1.0) for id_ in self._dense][:k]

    def lexical(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:  # noqa: ARG002
        return [Match(id_, 1.0) for id_ in self._lexical][:k]

    def closeness(self, question: str, passages: Sequence[Passage]) -> list[tuple[float, ...]]:  # noqa: ARG002
        return [(0.5 + n,) for n in range(len(passages))]

    def nearer(self, question: str, ids: Sequence[int]) -> list[int]:  # noqa: ARG002
        return [*ids]

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        starts = [TEXT.index(word) for word in ("Alpha", "Bravo", "Charlie", "Delta")]
        spans = [Span(start, start + 5) for start in starts]
        return [Passage(id_, "text", spans[id_ - 1], (spans[id_ - 1],)) for id_ in ids]

    def document(self, key: str) -> Document:
        return document(TEXT, key)


class ByAlphabet:
    """Prefers what comes late in the alphabet."""

    name = "alphabet"

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:  # noqa: ARG002
        return [float(ord(text[0])) for text in texts]


def found(hits: Sequence[Hit]) -> list[tuple[int, int | None, int | None]]:
    return [(hit.passage.id, hit.dense_rank, hit.lexical_rank) for hit in hits]


def test_hits_say_what_each_side_thought() -> None:
    hits = HybridRetriever(FakeIndex([1, 2], [2, 3])).retrieve("bravo?", 10)
    assert found(hits) == [(2, 2, 1), (3, None, 2), (1, 1, None)]


def test_hits_say_how_well_each_sentence_meets_the_words_of_the_question() -> None:
    hits = HybridRetriever(FakeIndex([1, 2], [2, 3])).retrieve("bravo?", 10)
    assert [hit.closeness for hit in hits] == [(0.5,), (1.5,), (2.5,)]


def test_where_nobody_can_say_how_well_hits_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FakeIndex, "closeness", lambda *_: [])
    monkeypatch.setattr(FakeIndex, "document", None)
    hits = HybridRetriever(FakeIndex([1, 2], [2, 3])).retrieve("bravo?", 10)
    assert [hit.closeness for hit in hits] == [(), (), ()]


def test_no_more_than_asked_for() -> None:
    retriever = HybridRetriever(FakeIndex([1, 2, 3, 4], [4, 3, 2, 1]))
    assert len(retriever.retrieve("?", 2)) == 2
    assert retriever.retrieve("?", 0) == []
    assert retriever.retrieve("?", -1) == []


def test_an_empty_index_gives_nothing() -> None:
    assert HybridRetriever(FakeIndex([], [])).retrieve("anything", 5) == []


def test_weights_turn_the_scale() -> None:
    index = FakeIndex([1], [2])
    heavy = HybridRetriever(index, mixture=Mixture(dense=0.1, lexical=1.0))
    assert [hit.passage.id for hit in heavy.retrieve("?", 2)] == [2, 1]


def test_a_reranker_sees_beyond_k_and_has_the_last_word() -> None:
    index = FakeIndex([1, 2, 3, 4], [1, 2, 3, 4])
    hits = HybridRetriever(index, reranker=ByAlphabet()).retrieve("?", 2)
    assert [hit.passage.id for hit in hits] == [4, 3]
    assert hits[0].score > hits[1].score
    assert hits[0].dense_rank == 4


def test_equal_reranker_scores_leave_the_order_alone() -> None:
    hits = HybridRetriever(FakeIndex([3, 1], [])).retrieve("?", 2)
    assert [hit.passage.id for hit in reordered(hits, [0.5, 0.5])] == [3, 1]


def test_passages_of_the_real_splitter_slice_their_document() -> None:
    ferry = document()
    for passage in split(ferry):
        assert all(passage.span.contains(sentence) for sentence in passage.sentences)
