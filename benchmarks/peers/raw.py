"""FAISS and tantivy as they are, fused by a dictionary: the least that a hybrid search can cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import tantivy

from benchmarks.peers.protocol import (
    BUILD_BEAM,
    DEPTH,
    NEIGHBOURS,
    SEARCH_BEAM,
    Corpus,
    Question,
    Vector,
    fused,
)

_HEAP_BYTES = 64_000_000


class Raw:
    """An index of FAISS beside one of tantivy."""

    def __init__(self, settings: str, empty: Callable[[int], Any]) -> None:
        self.settings = settings + "; tantivy: simple, lower case, English stop words and stems"
        self._empty = empty
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        for part in (
            tantivy.Filter.lowercase(),
            tantivy.Filter.stopword("english"),
            tantivy.Filter.stemmer("english"),
        ):
            builder = builder.filter(part)
        self._analyzer = builder.build()
        schema = tantivy.SchemaBuilder()
        schema.add_integer_field("id", fast=True)
        schema.add_text_field("text", tokenizer_name="english", index_option="freq")
        self._schema = schema.build()

    def build(self, corpus: Corpus, folder: Path) -> None:
        """Both sides, one after the other."""
        (folder / "words").mkdir()
        words = self._words(folder)
        writer = words.writer(_HEAP_BYTES, 1)
        for number, text in enumerate(corpus.texts):
            document = tantivy.Document()
            document.add_integer("id", number)
            document.add_text("text", text)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        vectors = self._empty(corpus.vectors.shape[1])
        vectors.add(corpus.vectors)
        faiss.write_index(vectors, str(folder / "vectors.faiss"))

    def _words(self, folder: Path) -> Any:
        words = tantivy.Index(self._schema, path=str(folder / "words"))
        words.register_tokenizer("english", self._analyzer)
        return words

    def open(self, corpus: Corpus, folder: Path) -> None:  # noqa: ARG002
        """Read both."""
        self._index = self._words(folder)
        self._searcher = self._index.searcher()
        self._vectors = faiss.read_index(str(folder / "vectors.faiss"))
        faiss.omp_set_num_threads(1)

    def dense(self, question: Question, k: int) -> list[int]:
        """By dot product."""
        numbers: list[int] = self._vectors.search(_row(question.vector), k)[1][0].tolist()
        return numbers

    def lexical(self, question: Question, k: int) -> list[int]:
        """By BM25."""
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", term))
            for term in dict.fromkeys(self._analyzer.analyze(question.text))
        ]
        query = tantivy.Query.boolean_query(clauses)
        hits = self._searcher.search(query, k, count=False).hits
        return [int(n) for n in self._searcher.fast_field_values("id", [at for _, at in hits])]

    def hybrid(self, question: Question, k: int) -> list[int]:
        """Both, fused by rank."""
        return fused(self.dense(question, DEPTH), self.lexical(question, DEPTH), k)


def _row(vector: Vector) -> Vector:
    return vector[None, :]


def flat() -> Raw:
    """Every vector is compared."""
    return Raw("FAISS IndexFlatIP", faiss.IndexFlatIP)


def graph() -> Raw:
    """A graph of neighbours: approximate."""

    def empty(dimension: int) -> Any:
        index = faiss.IndexHNSWFlat(dimension, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction, index.hnsw.efSearch = BUILD_BEAM, SEARCH_BEAM
        return index

    return Raw(
        f"FAISS IndexHNSWFlat, M {NEIGHBOURS}, efConstruction {BUILD_BEAM}, efSearch {SEARCH_BEAM}",
        empty,
    )
