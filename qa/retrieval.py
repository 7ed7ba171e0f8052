"""From a question to the passages worth reading: dense and lexical matches, fused by rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from index.types import Document, Match, Passage
from qa.fusion import CONSTANT, Ranking, ranks, reciprocal_rank_fusion
from qa.ports import Reranker
from qa.types import Hit


class Searchable(Protocol):
    """The part of an index that retrieval needs."""

    def dense(self, question: str, k: int) -> list[Match]:
        """At most ``k`` matches by meaning, best first."""

    def lexical(self, question: str, k: int) -> list[Match]:
        """At most ``k`` matches by shared words, best first."""

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages of these ids, in their order."""

    def document(self, key: str) -> Document:
        """The document of this key."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """How the two sides are mixed."""

    dense: float = 1.0
    """Weight of the dense ranking."""
    lexical: float = 1.0
    """Weight of the lexical ranking."""
    depth: int = 50
    """Matches asked of each side: fusion needs to see beyond the passages that will be read."""
    reranked: int = 24
    """Hits shown to a reranker, which costs a model's pass for each."""


class HybridRetriever:
    """Retrieves from an index; with a reranker, orders the best hits anew by its scores."""

    def __init__(
        self,
        index: Searchable,
        *,
        mixture: Mixture | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._index = index
        self._mixture = mixture or Mixture()
        self._reranker = reranker

    def retrieve(self, question: str, k: int) -> list[Hit]:
        """At most ``k`` hits, best first; empty when nothing is indexed or ``k`` < 1."""
        if k < 1:
            return []
        if self._reranker is None:
            return self._fused(question, k)
        hits = self._fused(question, max(k, self._mixture.reranked))
        texts = [
            hit.passage.span.of(self._index.document(hit.passage.document).text) for hit in hits
        ]
        return reordered(hits, self._reranker.scores(question, texts))[:k]

    def _text(self, passage: Passage) -> str:
        return passage.span.of(self._index.document(passage.document).text)

    def _fused(self, question: str, k: int) -> list[Hit]:
        depth = max(k, self._mixture.depth)
        dense = [match.id for match in self._index.dense(question, depth)]
        lexical = [match.id for match in self._index.lexical(question, depth)]
        fused = reciprocal_rank_fusion(
            [Ranking(dense, self._mixture.dense), Ranking(lexical, self._mixture.lexical)]
        )[:k]
        scores = dict(fused)
        by_dense, by_lexical = ranks(dense), ranks(lexical)
        # A passage that was removed in this moment is left out of the answer.
        return [
            Hit(found, scores[found.id], by_dense.get(found.id), by_lexical.get(found.id))
            for found in self._index.passages(list(scores))
        ]


def reordered(hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
    """``hits`` by ``scores``, ties in their old order; the new score tells the new rank alone."""
    order = sorted(range(len(hits)), key=lambda i: -scores[i])
    return [
        replace(hits[i], score=1.0 / (CONSTANT + rank)) for rank, i in enumerate(order, start=1)
    ]
