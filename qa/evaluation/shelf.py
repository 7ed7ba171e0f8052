"""One article, cut and indexed once, for every method that is asked about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from index.late_interaction import DEPTH, reordered, shares
from index.ports import Embedder, Ids, LexicalIndex, Vectors
from index.text import sentences
from index.types import Document, Match, Passage, Span
from qa.evaluation.cases import Article


class Cut(StrEnum):
    """What counts as a passage."""

    WINDOWS = "windows"
    """The passages that the product itself makes of a text."""
    CONTEXT = "context"
    """Each context of the question file, whole: comparable with the literature."""


class Shelf:
    """The passages and sentences of one article; a ``qa.retrieval.Searchable``.

    What was searched for a question is remembered: methods that build on the same search get it
    for nothing, and ``owed`` adds up what it cost, so that their latency can still be told.
    """

    def __init__(
        self,
        article: Article,
        *,
        cut: Cut,
        embedder: Embedder,
        lexical: Callable[[], LexicalIndex],
    ) -> None:
        self._document = article.document
        self._passages = _passages(article, cut)
        self.sentences = sorted({s for passage in self._passages for s in passage.sentences})
        """Every sentence of the article once, in order."""
        self._embedder = embedder
        spans = [passage.span for passage in self._passages]
        self._vectors = embedder.passages(self._texts(spans))
        self._sentence_vectors = embedder.passages(self._texts(self.sentences))
        self._words = _filled(lexical(), self._texts(spans))
        self._sentence_words = _filled(lexical(), self._texts(self.sentences))
        self._remembered: dict[tuple[str, str, int], tuple[list[Match], float]] = {}
        self._question: tuple[str, Vectors] | None = None
        self.owed = 0.0
        """Seconds that remembered searches took when they were made."""

    def dense(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:
        """Passages by the dot product of their vector with that of the question."""
        return self._among("dense", question, k, self._dense, allowed)

    def lexical(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:
        """Passages by BM25."""
        return self._among("lexical", question, k, self._words.search, allowed)

    def dense_sentences(self, question: str, k: int) -> list[Match]:
        """Sentences by dot product; ids count ``sentences`` from 1."""
        return self._once("dense sentences", question, k, self._dense_sentences)

    def lexical_sentences(self, question: str, k: int) -> list[Match]:
        """Sentences by BM25 among all sentences of the article; ids count ``sentences`` from 1."""
        return self._once("lexical sentences", question, k, self._sentence_words.search)

    def nearer(self, question: str, ids: Sequence[int]) -> list[int]:
        """Passages by the single words of the question, as `index.late_interaction` has it."""
        return self._reordered(question, ids, [passage.span for passage in self._passages])

    def nearer_sentences(self, question: str, ids: Sequence[int]) -> list[int]:
        """The same of sentences."""
        return self._reordered(question, ids, self.sentences)

    def closeness(self, question: str, passages: Sequence[Passage]) -> list[tuple[float, ...]]:
        """How well each sentence meets the words of the question."""
        texts = [self._texts(passage.sentences) for passage in passages]
        return shares(self._embedder, question, texts)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages of these ids, in their order."""
        return [self._passages[id_ - 1] for id_ in ids]

    def passage_at(self, start: int) -> Passage | None:
        """The first passage that covers a character."""
        covering = (p for p in self._passages if p.span.start <= start < p.span.end)
        return next(covering, None)

    def document(self, key: str) -> Document:
        """The article, whatever the key: there is no other."""
        del key
        return self._document

    def close(self) -> None:
        """Release the engines."""
        self._words.close()
        self._sentence_words.close()

    def _among(
        self,
        kind: str,
        question: str,
        k: int,
        search: Callable[[str, int], list[Match]],
        allowed: Ids | None,
    ) -> list[Match]:
        if allowed is None:
            return self._once(kind, question, k, search)
        admitted = set(allowed.tolist())
        every = self._once(kind, question, len(self._passages), search)
        return [match for match in every if match.id in admitted][:k]

    def _once(
        self, kind: str, question: str, k: int, search: Callable[[str, int], list[Match]]
    ) -> list[Match]:
        key = (kind, question, k)
        if key in self._remembered:
            self.owed += self._remembered[key][1]
        else:
            started, owed = time.perf_counter(), self.owed
            found = search(question, k)
            seconds = time.perf_counter() - started + self.owed - owed
            self._remembered[key] = (found, seconds)
        return self._remembered[key][0]

    def _dense(self, question: str, k: int) -> list[Match]:
        return _nearest(self._vectors, self._embedded(question), k)

    def _dense_sentences(self, question: str, k: int) -> list[Match]:
        return _nearest(self._sentence_vectors, self._embedded(question), k)

    def _reordered(self, question: str, ids: Sequence[int], spans: Sequence[Span]) -> list[int]:
        texts = self._texts([spans[id_ - 1] for id_ in ids[:DEPTH]])
        return reordered(self._embedder, question, ids, texts)

    def _embedded(self, question: str) -> Vectors:
        if self._question is None or self._question[0] != question:
            self._question = (question, self._embedder.question(question))
        return self._question[1]

    def _texts(self, spans: Sequence[Span]) -> list[str]:
        return [span.of(self._document.text) for span in spans]


def _passages(article: Article, cut: Cut) -> list[Passage]:
    from index.passages import split

    text = article.document.text
    if cut is Cut.WINDOWS:
        found = split(article.document)
    else:
        found = [
            Passage(0, article.document.key, span, tuple(sentences(text, span.start, span.end)))
            for span in article.contexts
        ]
    return [replace(passage, id=number) for number, passage in enumerate(found, 1)]


def _filled(engine: LexicalIndex, texts: Sequence[str]) -> LexicalIndex:
    engine.put(range(1, len(texts) + 1), texts)
    engine.commit()
    return engine


def _nearest(vectors: Vectors, question: Vectors, k: int) -> list[Match]:
    scores = vectors @ question
    order = np.argsort(-scores, kind="stable")[:k]
    return [Match(int(row) + 1, float(scores[row])) for row in order]
