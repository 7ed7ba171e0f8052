"""txtai: FAISS beside its own BM25, without stored content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from txtai import Embeddings

from benchmarks.peers.protocol import (
    DENSE_WEIGHT,
    LEXICAL_WEIGHT,
    WEIGHTS,
    Corpus,
    Question,
    Vector,
)

_WEIGHT = DENSE_WEIGHT / (DENSE_WEIGHT + LEXICAL_WEIGHT)


class Txtai:
    """One hybrid index."""

    settings = (
        "FAISS as it chooses (IVF), BM25 with stop words left out, hybrid by convex combination "
        f"of normalized scores, {WEIGHTS}, its own depth of ten times k; no content"
    )

    def build(self, corpus: Corpus, folder: Path) -> None:
        """Through its own ``index``."""
        at = {text: number for number, text in enumerate(corpus.texts)}

        def transform(texts: list[str]) -> Vector:
            return np.asarray(corpus.vectors[[at[text] for text in texts]])

        embeddings = Embeddings(
            method="external",
            transform=transform,
            hybrid=True,
            scoring={
                "method": "bm25",
                "terms": True,
                "normalize": True,
                "tokenizer": {"stopwords": True},
            },
        )
        embeddings.index(enumerate(corpus.texts))
        embeddings.config["transform"] = None  # a function cannot be saved
        embeddings.save(str(folder))

    def open(self, corpus: Corpus, folder: Path) -> None:
        """Load it, with a look-up of the questions' vectors."""
        vectors = {question.text: question.vector for question in corpus.questions}

        def transform(texts: list[str]) -> Vector:
            return np.stack([vectors[text] for text in texts])

        self._embeddings = Embeddings()
        self._embeddings.load(str(folder), config={"transform": transform})

    def dense(self, question: Question, k: int) -> list[int]:
        """By its FAISS alone."""
        return [number for number, _ in self._embeddings.ann.search(question.vector[None, :], k)[0]]

    def lexical(self, question: Question, k: int) -> list[int]:
        """By its BM25 alone."""
        return [number for number, _ in self._embeddings.scoring.search(question.text, k)]

    def hybrid(self, question: Question, k: int) -> list[int]:
        """Both."""
        return [int(id_) for id_, _ in self._embeddings.search(question.text, k, weights=_WEIGHT)]
