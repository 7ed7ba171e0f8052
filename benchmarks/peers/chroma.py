"""Chroma on disk; it has no hybrid search of its own outside its cloud, so dense only."""

from __future__ import annotations

from pathlib import Path

import chromadb
from chromadb.config import Settings

from benchmarks.peers.protocol import BUILD_BEAM, NEIGHBOURS, SEARCH_BEAM, Corpus, Question

_NAME = "passages"


class Chroma:
    """A collection of vectors, without texts."""

    settings = (
        f"HNSW, max_neighbors {NEIGHBOURS}, ef_construction {BUILD_BEAM}, ef_search {SEARCH_BEAM}; "
        "vectors only, include=[]"
    )

    def build(self, corpus: Corpus, folder: Path) -> None:
        """In the largest batches that it takes."""
        client = _client(folder)
        collection = client.create_collection(
            _NAME,
            embedding_function=None,
            configuration={
                "hnsw": {
                    "space": "ip",
                    "max_neighbors": NEIGHBOURS,
                    "ef_construction": BUILD_BEAM,
                    "ef_search": SEARCH_BEAM,
                }
            },
        )
        for start, texts, vectors in corpus.batches(client.get_max_batch_size()):
            ids = [str(start + at) for at in range(len(texts))]
            collection.add(ids=ids, embeddings=vectors)

    def open(self, corpus: Corpus, folder: Path) -> None:  # noqa: ARG002
        """Find the collection."""
        self._collection = _client(folder).get_collection(_NAME, embedding_function=None)

    def dense(self, question: Question, k: int) -> list[int]:
        """The ids alone."""
        found = self._collection.query(query_embeddings=[question.vector], n_results=k, include=[])
        return [int(id_) for id_ in found["ids"][0]]

    def lexical(self, question: Question, k: int) -> list[int]:
        """Only filters by substring: no ranking by words."""
        raise NotImplementedError

    def hybrid(self, question: Question, k: int) -> list[int]:
        """In its cloud only."""
        raise NotImplementedError


def _client(folder: Path) -> chromadb.ClientAPI:
    return chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
