"""LanceDB in a folder: vectors and full text in one table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lancedb
import pyarrow
from lancedb.rerankers import RRFReranker

from benchmarks.peers.protocol import (
    BUILD_BEAM,
    CONSTANT,
    DEPTH,
    NEIGHBOURS,
    SEARCH_BEAM,
    Corpus,
    Question,
)

_NAME = "passages"
_BATCH = 10_000


class Lance:
    """A table with an index of each kind."""

    settings = (
        f"IVF_HNSW_SQ, m {NEIGHBOURS}, ef_construction {BUILD_BEAM}, ef {SEARCH_BEAM}, refined by "
        "the vectors; full-text index with its defaults (stems, stop words); RRFReranker"
    )

    def build(self, corpus: Corpus, folder: Path) -> None:
        """The table, then both indexes."""
        dimension = corpus.vectors.shape[1]
        schema = pyarrow.schema(
            [
                ("id", pyarrow.int64()),
                ("text", pyarrow.string()),
                ("vector", pyarrow.list_(pyarrow.float32(), dimension)),
            ]
        )
        rows = (
            pyarrow.RecordBatch.from_arrays(
                [
                    pyarrow.array(range(start, start + len(texts)), pyarrow.int64()),
                    pyarrow.array(texts),
                    pyarrow.FixedSizeListArray.from_arrays(
                        pyarrow.array(vectors.reshape(-1)), dimension
                    ),
                ],
                schema=schema,
            )
            for start, texts, vectors in corpus.batches(_BATCH)
        )
        table = lancedb.connect(folder).create_table(_NAME, rows, schema=schema)
        table.create_index(
            metric="dot",
            index_type="IVF_HNSW_SQ",
            m=NEIGHBOURS,
            ef_construction=BUILD_BEAM,
        )
        table.create_fts_index("text")

    def open(self, corpus: Corpus, folder: Path) -> None:  # noqa: ARG002
        """Find the table."""
        self._table = lancedb.connect(folder).open_table(_NAME)
        self._reranker = RRFReranker(K=CONSTANT)

    def dense(self, question: Question, k: int) -> list[int]:
        """The ids alone."""
        found = self._table.search(question.vector, query_type="vector").distance_type("dot")
        return _numbers(found.ef(SEARCH_BEAM).refine_factor(1), k)

    def lexical(self, question: Question, k: int) -> list[int]:
        """The ids alone."""
        return _numbers(self._table.search(question.text, query_type="fts"), k)

    def hybrid(self, question: Question, k: int) -> list[int]:
        """Its limit is that of each side too, so the rest is cut off here."""
        found = self._table.search(query_type="hybrid").vector(question.vector).text(question.text)
        found = found.distance_type("dot").ef(SEARCH_BEAM).refine_factor(1)
        return _numbers(found.rerank(self._reranker), DEPTH)[:k]


def _numbers(query: Any, k: int) -> list[int]:
    numbers: list[int] = query.limit(k).select(["id"]).to_arrow()["id"].to_pylist()
    return numbers
