"""LangChain's community package: FAISS, BM25 by rank-bm25, and the ensemble of both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import faiss
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.docstore.in_memory import InMemoryDocstore
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_community.vectorstores.utils import DistanceStrategy
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from benchmarks.peers.protocol import (
    BUILD_BEAM,
    CONSTANT,
    DENSE_WEIGHT,
    DEPTH,
    LEXICAL_WEIGHT,
    NEIGHBOURS,
    SEARCH_BEAM,
    WEIGHTS,
    Corpus,
    Question,
)

_WORD = re.compile(r"\w+")


class Given(Embeddings):
    """Embeddings that look up what the corpus says of a question."""

    def __init__(self, corpus: Corpus) -> None:
        self._vectors = {q.text: q.vector.tolist() for q in corpus.questions}

    def embed_query(self, text: str) -> list[float]:
        """As given."""
        found: list[float] = self._vectors[text]
        return found

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Passages come with theirs."""
        raise KeyError(texts[0])


class LangChain:
    """All in memory: its BM25 cannot be saved."""

    settings = (
        f"FAISS over IndexHNSWFlat, M {NEIGHBOURS}, efConstruction {BUILD_BEAM}, efSearch "
        f"{SEARCH_BEAM}; BM25Retriever over small words; EnsembleRetriever, {WEIGHTS}, c 60"
    )

    def build(self, corpus: Corpus, folder: Path) -> None:  # noqa: ARG002
        """Both retrievers over the same documents."""
        documents = [Document(t, metadata={"id": at}) for at, t in enumerate(corpus.texts)]
        graph = faiss.IndexHNSWFlat(corpus.vectors.shape[1], NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = BUILD_BEAM, SEARCH_BEAM
        graph.add(corpus.vectors)
        store = FAISS(
            Given(corpus),
            graph,
            InMemoryDocstore({str(at): document for at, document in enumerate(documents)}),
            {at: str(at) for at in range(len(documents))},
            distance_strategy=DistanceStrategy.MAX_INNER_PRODUCT,
        )
        self._meaning = store.as_retriever(search_kwargs={"k": DEPTH, "fetch_k": DEPTH})
        self._words = BM25Retriever.from_documents(documents, preprocess_func=_words, k=DEPTH)
        self._both = EnsembleRetriever(
            retrievers=[self._meaning, self._words],
            weights=[DENSE_WEIGHT, LEXICAL_WEIGHT],
            c=CONSTANT,
            id_key="id",
        )

    def open(self, corpus: Corpus, folder: Path) -> None:  # noqa: ARG002
        """Nothing to read."""
        faiss.omp_set_num_threads(1)

    def dense(self, question: Question, k: int) -> list[int]:
        """By meaning."""
        return _numbers(self._meaning.invoke(question.text), k)

    def lexical(self, question: Question, k: int) -> list[int]:
        """By words."""
        return _numbers(self._words.invoke(question.text), k)

    def hybrid(self, question: Question, k: int) -> list[int]:
        """Both."""
        return _numbers(self._both.invoke(question.text), k)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _numbers(documents: list[Any], k: int) -> list[int]:
    return [int(document.metadata["id"]) for document in documents[:k]]
