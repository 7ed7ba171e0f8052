"""Haystack with its document store in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore

from benchmarks.peers.protocol import DENSE_WEIGHT, DEPTH, LEXICAL_WEIGHT, WEIGHTS, Corpus, Question


class Haystack:
    """Two retrievers and a joiner in one pipeline."""

    settings = (
        "InMemoryDocumentStore, dot product, BM25L as by default; DocumentJoiner, reciprocal rank "
        f"fusion, {WEIGHTS}"
    )

    def build(self, corpus: Corpus, folder: Path) -> None:  # noqa: ARG002
        """Documents with their vectors."""
        store = InMemoryDocumentStore(
            embedding_similarity_function="dot_product", return_embedding=False
        )
        store.write_documents(
            [
                Document(id=str(at), content=text, embedding=vector.tolist())
                for at, (text, vector) in enumerate(zip(corpus.texts, corpus.vectors, strict=True))
            ]
        )
        self._meaning = InMemoryEmbeddingRetriever(store, top_k=DEPTH)
        self._words = InMemoryBM25Retriever(store, top_k=DEPTH)
        self._pipeline = Pipeline()
        self._pipeline.add_component("meaning", InMemoryEmbeddingRetriever(store, top_k=DEPTH))
        self._pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=DEPTH))
        joiner = DocumentJoiner("reciprocal_rank_fusion", [DENSE_WEIGHT, LEXICAL_WEIGHT])
        self._pipeline.add_component("joiner", joiner)
        self._pipeline.connect("meaning", "joiner")
        self._pipeline.connect("words", "joiner")

    def open(self, corpus: Corpus, folder: Path) -> None:
        """Nothing to read."""

    def dense(self, question: Question, k: int) -> list[int]:
        """By meaning."""
        return _numbers(self._meaning.run(question.vector.tolist(), top_k=k))

    def lexical(self, question: Question, k: int) -> list[int]:
        """By words."""
        return _numbers(self._words.run(question.text, top_k=k))

    def hybrid(self, question: Question, k: int) -> list[int]:
        """Both."""
        found = self._pipeline.run(
            {
                "meaning": {"query_embedding": question.vector.tolist()},
                "words": {"query": question.text},
                "joiner": {"top_k": k},
            }
        )
        return _numbers(found["joiner"])


def _numbers(found: Any) -> list[int]:
    return [int(document.id) for document in found["documents"]]
