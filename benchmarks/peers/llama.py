"""LlamaIndex: a FAISS store, its BM25 retriever (bm25s), and their fusion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

from benchmarks.peers.protocol import (
    BUILD_BEAM,
    DEPTH,
    NEIGHBOURS,
    SEARCH_BEAM,
    Corpus,
    Question,
)


class Given(BaseEmbedding):
    """An embedding that looks up what the corpus says of a question."""

    vectors: dict[str, list[float]]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.vectors[query]

    def _get_text_embedding(self, text: str) -> list[float]:
        raise KeyError(text)  # passages come with theirs

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self.vectors[query]


class LlamaIndex:
    """One index and two retrievers."""

    settings = (
        f"FaissVectorStore over IndexHNSWFlat, M {NEIGHBOURS}, efConstruction {BUILD_BEAM}, "
        f"efSearch {SEARCH_BEAM}; BM25Retriever with its defaults (stems, stop words); "
        "QueryFusionRetriever, reciprocal_rerank, one query, not asynchronous"
    )

    def build(self, corpus: Corpus, folder: Path) -> None:
        """Nodes with their vectors, and the words of the same nodes."""
        nodes = [
            TextNode(id_=str(at), text=text, embedding=vector.tolist())
            for at, (text, vector) in enumerate(zip(corpus.texts, corpus.vectors, strict=True))
        ]
        graph = faiss.IndexHNSWFlat(corpus.vectors.shape[1], NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = BUILD_BEAM, SEARCH_BEAM
        store = StorageContext.from_defaults(vector_store=FaissVectorStore(graph))
        index = VectorStoreIndex(nodes, storage_context=store, embed_model=_embedding(corpus))
        index.storage_context.persist(str(folder / "index"))
        for node in nodes:
            node.embedding = None
        words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=DEPTH)
        words.persist(str(folder / "words"))

    def open(self, corpus: Corpus, folder: Path) -> None:
        """Read both."""
        vectors = FaissVectorStore.from_persist_dir(str(folder / "index"))
        store = StorageContext.from_defaults(
            vector_store=vectors, persist_dir=str(folder / "index")
        )
        index: Any = load_index_from_storage(store, embed_model=_embedding(corpus))
        faiss.omp_set_num_threads(1)
        self._meaning = index.as_retriever(similarity_top_k=DEPTH)
        self._words = BM25Retriever.from_persist_dir(str(folder / "words"))
        self._words.similarity_top_k = DEPTH
        self._both = QueryFusionRetriever(
            [self._meaning, self._words],
            llm=MockLLM(),
            mode="reciprocal_rerank",
            num_queries=1,
            similarity_top_k=DEPTH,
            use_async=False,
        )

    def dense(self, question: Question, k: int) -> list[int]:
        """By meaning."""
        return _numbers(self._meaning.retrieve(question.text), k)

    def lexical(self, question: Question, k: int) -> list[int]:
        """By words."""
        return _numbers(self._words.retrieve(question.text), k)

    def hybrid(self, question: Question, k: int) -> list[int]:
        """Both."""
        return _numbers(self._both.retrieve(question.text), k)


def _embedding(corpus: Corpus) -> Given:
    return Given(vectors={q.text: q.vector.tolist() for q in corpus.questions})


def _numbers(nodes: list[NodeWithScore], k: int) -> list[int]:
    return [int(node.node.node_id) for node in nodes[:k]]
