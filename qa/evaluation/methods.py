"""The ways to answer that an evaluation compares: search alone, and the whole of Pullquote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from index.text import sentences
from index.types import Document, Match, Passage, Span
from qa.answering import Weighed, finished, weigh
from qa.combining import Combiner, candidates, context
from qa.evaluation.cases import Article, Case
from qa.evaluation.outcomes import PASSAGES, Found
from qa.evaluation.shelf import Shelf
from qa.evidence import fitted
from qa.fusion import Ranking, reciprocal_rank_fusion
from qa.ports import Reader, Reranker
from qa.retrieval import HybridRetriever, Mixture
from qa.types import Context, Hit

MIXTURE = Mixture()
DEPTH = MIXTURE.depth
"""Matches that each side is asked for, as retrieval asks them: all methods share one search."""


class Method(Protocol):
    """Ranks what an article has for a question."""

    @property
    def name(self) -> str:
        """As the table and the JSON call it."""

    def find(self, shelf: Shelf, question: str) -> Found:
        """What the method finds among the passages of ``shelf``."""


class Lexical:
    """BM25 over passages, and BM25 over all sentences of the article."""

    name = "BM25"

    def find(self, shelf: Shelf, question: str) -> Found:
        """Both rankings are BM25's own; its score of the first sentence is the confidence."""
        passages = shelf.lexical(question, DEPTH)
        found = shelf.lexical_sentences(question, DEPTH)
        return _searched(shelf, _ids(passages), _ids(found), _top(found))


class Dense:
    """Nearest vectors, of passages and of all sentences of the article, ordered by their words."""

    name = "dense"

    def find(self, shelf: Shelf, question: str) -> Found:
        """Both rankings are the index's own; the highest dot product is the confidence."""
        found = shelf.dense_sentences(question, DEPTH)
        passages = shelf.nearer(question, _ids(shelf.dense(question, DEPTH)))
        return _searched(
            shelf, passages, shelf.nearer_sentences(question, _ids(found)), _top(found)
        )


class Hybrid:
    """The two searches, fused by rank: passages as Pullquote does it, sentences likewise."""

    name = "hybrid"

    def find(self, shelf: Shelf, question: str) -> Found:
        """Fused ranks say nothing across questions, so there is no confidence."""
        hits = HybridRetriever(shelf).retrieve(question, PASSAGES)
        near = _ids(shelf.dense_sentences(question, DEPTH))
        dense = shelf.nearer_sentences(question, near)
        lexical = _ids(shelf.lexical_sentences(question, DEPTH))
        fused = reciprocal_rank_fusion(
            [Ranking(dense, MIXTURE.dense), Ranking(lexical, MIXTURE.lexical)]
        )
        return _searched(shelf, [hit.passage.id for hit in hits], [id_ for id_, _ in fused], None)


def _searched(
    shelf: Shelf, passages: Sequence[int], found: Sequence[int], confidence: float | None
) -> Found:
    return Found(
        tuple(passage.span for passage in shelf.passages(passages)),
        tuple(shelf.sentences[id_ - 1] for id_ in found),
        confidence=confidence,
    )


def _ids(matches: Iterable[Match]) -> list[int]:
    return [match.id for match in matches]


def _top(matches: Sequence[Match]) -> float:
    return matches[0].score if matches else 0.0


class Full:
    """Pullquote as its user gets it: retrieval, reader, and the calibrated combination of both.

    The ranking of the evidence is judged whether or not the threshold is reached; abstention is
    judged by the confidence.
    """

    name = "full"

    def __init__(
        self,
        reader: Reader,
        reranker: Reranker | None = None,
        k: int = 8,
        threshold: float | None = None,
        combiner: Combiner | None = None,
    ) -> None:
        self._reader = reader
        self._reranker = reranker
        self._k = k
        self._combiner = combiner or Combiner.load(reader.name)
        self.threshold = self._combiner.threshold if threshold is None else threshold
        """The confidence from which the user gets an answer."""

    @property
    def reader(self) -> str:
        """The name of the reader."""
        return self._reader.name

    def find(self, shelf: Shelf, question: str) -> Found:
        """Passages stand in the order of their best sentences, then those that were not read."""
        retriever = HybridRetriever(shelf, reranker=self._reranker)
        hits = retriever.retrieve(question, max(self._k, PASSAGES))
        weighed = self._read(shelf, question, hits[: self._k])
        evidence = weighed.evidence
        by_evidence = [piece.passage for piece in evidence]
        passages = dict.fromkeys([*by_evidence, *(hit.passage.span for hit in hits)])
        return Found(
            tuple(passages),
            tuple(piece.sentence for piece in evidence),
            finished(question, evidence[:1])[0].span if evidence else None,
            weighed.confidence,
            evidence[0].score if evidence else 0.0,
        )

    def _read(self, shelf: Shelf, question: str, hits: Sequence[Hit]) -> Weighed:
        documents = {key: shelf.document(key) for key in {hit.passage.document for hit in hits}}
        contexts = [context(documents[hit.passage.document], hit) for hit in hits]
        readings = self._reader.read(question, contexts)
        found = candidates(question, hits, documents, readings)
        return weigh(question, found, self._combiner, PASSAGES)

    def in_hand(self, article: Article, case: Case, shelf: Shelf) -> Span | None:
        """The reader's best span when it is given the right passage and nothing else."""
        return best_span(
            self._reader, case.question, article.document, gold_passage(article, case, shelf)
        )


def gold_passage(article: Article, case: Case, shelf: Shelf) -> Passage:
    """The context of a case; where that is a whole article, its passage that holds the answer."""
    inside = [block for block in article.document.blocks if case.context.contains(block.span)]
    covering = shelf.passage_at(case.answers[0].start) if len(inside) > 1 else None
    if covering is not None:
        return covering
    text, span = article.document.text, case.context
    return Passage(0, article.document.key, span, tuple(sentences(text, span.start, span.end)))


def best_span(reader: Reader, question: str, document: Document, passage: Passage) -> Span | None:
    """The best-scored span of one passage, trimmed as an answer is; None without a sentence."""
    start = passage.span.start
    inner = tuple(sentence.shifted(-start) for sentence in passage.sentences)
    (reading,) = reader.read(question, [Context(passage.span.of(document.text), inner)])
    if not reading.sentences:
        return None
    at = max(range(len(inner)), key=lambda i: reading.sentences[i].span_score)
    return fitted(document, passage.sentences[at], reading.sentences[at].span.shifted(start))
