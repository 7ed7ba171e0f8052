"""Pullquote's own index and retrieval, given the same vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import corpus as articles
from benchmarks.peers.protocol import DEPTH, Corpus, Question
from index.library import Index
from index.ports import Vectors
from index.sources import read
from qa.retrieval import HybridRetriever, Mixture


class Given:
    """An embedder that looks up what the corpus says of a text."""

    name = "given"
    fingerprint = "given"

    def __init__(self, corpus: Corpus) -> None:
        self._passages: dict[str, int] = {}
        self._corpus = corpus
        self._questions = {question.text: question.vector for question in corpus.questions}
        self.dimension = int(corpus.vectors.shape[1])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """A KeyError means that the corpus was cut in another way."""
        if not self._passages:
            self._passages = {text: at for at, text in enumerate(self._corpus.texts)}
        numbers = [self._passages[text] for text in texts]
        found: Vectors = np.asarray(self._corpus.vectors[numbers]).reshape(-1, self.dimension)
        return found

    def question(self, text: str) -> Vectors:
        """As given."""
        return self._questions[text]


class Pullquote:
    """Documents, vectors, words and their checksums, in one directory."""

    settings = "as shipped; splits the articles itself; keeps texts, offsets, vectors, checksums"

    def build(self, corpus: Corpus, folder: Path) -> None:
        """From the files, as ``pullquote index build`` does."""
        index = Index.open(folder / "index", embedder=Given(corpus))
        index.add(map(read, articles.files(corpus.folder)))
        passages = index.status().passages
        index.close()
        if passages != len(corpus.texts):
            raise SystemExit(f"{passages} passages were made, not {len(corpus.texts)}")

    def open(self, corpus: Corpus, folder: Path) -> None:
        """For reading, with retrieval on top."""
        self._index = Index.open(folder / "index", embedder=Given(corpus), readonly=True)
        self._retriever = HybridRetriever(self._index, mixture=Mixture(depth=DEPTH))

    def dense(self, question: Question, k: int) -> list[int]:
        """By meaning."""
        return [match.id - 1 for match in self._index.dense(question.text, k)]

    def lexical(self, question: Question, k: int) -> list[int]:
        """By words."""
        return [match.id - 1 for match in self._index.lexical(question.text, k)]

    def hybrid(self, question: Question, k: int) -> list[int]:
        """Hits with their passages, as a reader gets them."""
        return [hit.passage.id - 1 for hit in self._retriever.retrieve(question.text, k)]
