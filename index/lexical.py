"""Words ranked by BM25 in tantivy; the only file that imports it.

The terms are worked out here, by `index.terms`, and tantivy gets them ready made: so questions are
never parsed, and every engine agrees on what a word is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from index.engines import best_of, checked
from index.ports import Ids
from index.problems import IndexProblem
from index.tantivy_files import damaged_file
from index.terms import joined_terms, question_terms
from index.types import Match

_ID, _TERMS = "id", "terms"
_HEAP_BYTES = 64_000_000
_HEAP_BYTES_IN_MEMORY = 15_000_000
"""The least that tantivy takes; room for some 10,000 passages between commits."""
_FEW = 100
"""Ids that a search is told. Of 100,000 passages a search among 100 takes 2 ms and among 1,000 ones
10 ms, as long as scoring all that share a term."""


class TantivyLexical:
    """Term frequencies without positions or stored text: the store has the text."""

    def __init__(self, directory: Path | None = None) -> None:
        """Open what ``directory`` holds, or begin empty.

        Raises:
            IndexProblem: the files there are damaged, or it cannot be written.
        """
        self._directory = directory
        self._schema = _schema()
        self._writer: Any = None
        self._lock = threading.Lock()
        self._greatest = 0
        with self._translated():
            if directory:
                directory.mkdir(parents=True, exist_ok=True)
                if name := damaged_file(directory):
                    raise ValueError(f"the checksum of {name} is wrong")
            self._index = tantivy.Index(self._schema, path=str(directory) if directory else None)
            whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            self._index.register_tokenizer(_TERMS, whitespace)
            self._greatest = self._greatest_id()

    def put(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        """Store or replace; ids greater than all before cost no search for what they replace."""
        checked(ids, len(texts))
        if not ids:
            return
        with self._lock, self._translated():
            for id_, text in zip(ids, texts, strict=True):
                if id_ <= self._greatest:
                    self._writing().delete_documents_by_term(_ID, id_)
                self._writing().add_document(_document(id_, text))
            self._greatest = max(self._greatest, *ids)

    def drop(self, ids: Sequence[int]) -> None:
        """Forget."""
        with self._lock, self._translated():
            for id_ in ids:
                self._writing().delete_documents_by_term(_ID, id_)

    def search(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:
        """Passages that share a term, by BM25 as tantivy computes it."""
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, _TERMS, term))
            for term in question_terms(question)
        ]
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        with self._translated():
            searcher = self._index.searcher()
            stored = searcher.num_docs
            if allowed is None:
                return best_of(lambda n: _found(searcher, query, n), k, stored)
            if len(allowed) <= _FEW:
                among = self._among(query, allowed)
                return best_of(lambda n: _found(searcher, among, n), k, stored)
            return best_of(lambda n: _admitted(searcher, query, n, allowed), k, stored)

    def _among(self, query: Any, allowed: Ids) -> Any:
        """``query`` of these ids alone, with the same scores."""
        one_of = tantivy.Query.term_set_query(self._schema, _ID, allowed.tolist())
        must = tantivy.Occur.Must
        return tantivy.Query.boolean_query(
            [(must, query), (must, tantivy.Query.const_score_query(one_of, 0.0))]
        )

    def ids(self) -> list[int]:
        """Every committed id, ascending."""
        with self._translated():
            searcher = self._index.searcher()
            if not searcher.num_docs:
                return []
            found = _found(searcher, tantivy.Query.all_query(), searcher.num_docs)
            return sorted(id_ for id_, _ in found)

    def _greatest_id(self) -> int:
        searcher = self._index.searcher()
        last = searcher.search(tantivy.Query.all_query(), 1, count=False, order_by_field=_ID).hits
        return int(last[0][0]) if last else 0

    def __len__(self) -> int:
        with self._translated():
            return int(self._index.searcher().num_docs)

    def commit(self) -> None:
        """Atomic: tantivy replaces its list of segments. Lets go of its lock, for other writers."""
        with self._lock, self._translated():
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.commit()
                writer.wait_merging_threads()
                self._index.reload()

    def close(self) -> None:
        """Let go of tantivy's lock; what was not committed is lost."""
        with self._lock, self._translated():
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.rollback()
                writer.wait_merging_threads()

    def _writing(self) -> Any:
        if self._writer is None:
            heap = _HEAP_BYTES if self._directory else _HEAP_BYTES_IN_MEMORY
            self._writer = self._index.writer(heap, 1)
            if self._directory:
                # A killed writer may have left files whose names a commit would want for its own.
                self._writer.garbage_collect_files()
        return self._writer

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            # A panic of Rust is no Exception, and its class cannot be imported.
            is_panic = type(error).__name__ == "PanicException"
            if not is_panic and not isinstance(error, ValueError | OSError | RuntimeError):
                raise
            why, remedy = _reason(str(error))
            summary = f"The word index in {self._directory or 'memory'} cannot be used: {why}."
            raise IndexProblem(summary, remedy) from error


_FULL = "the disk is full", "Make room; the old state is intact."
_FAILS = "the disk fails", "Check the disk; the old state is intact."
_REASONS = {
    "PermissionDenied": ("writing there is not allowed", "Allow it, or use another place."),
    "LockBusy": ("another program is writing to it", "Try again when that is done."),
    "StorageFull": _FULL,
    "(os error 28)": _FULL,
    "InputOutputError": _FAILS,
    "(os error 5)": _FAILS,
    "index writer was killed": (
        "the disk is full or fails",
        "Make room or check the disk; the old state is intact.",
    ),
}
_DAMAGED = "it is damaged", "Rebuild the index: pullquote index rebuild."


def _reason(message: str) -> tuple[str, str]:
    """What is wrong and what helps, from what tantivy says in the words of its own code."""
    return next((known for sign, known in _REASONS.items() if sign in message), _DAMAGED)


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field(_ID, indexed=True, fast=True)  # unsigned fast fields panic in 0.27
    builder.add_text_field(_TERMS, tokenizer_name=_TERMS, index_option="freq")
    return builder.build()


def _document(id_: int, text: str) -> Any:
    document = tantivy.Document()
    document.add_integer(_ID, id_)
    document.add_text(_TERMS, joined_terms(text))
    return document


def _found(searcher: Any, query: Any, n: int) -> list[tuple[int, float]]:
    hits = searcher.search(query, n, count=False).hits
    ids = searcher.fast_field_values(_ID, [address for _, address in hits])
    return [(int(id_), float(score)) for id_, (score, _) in zip(ids, hits, strict=True)]


def _admitted(searcher: Any, query: Any, n: int, allowed: Ids) -> list[tuple[int, float]]:
    """The ``n`` best of these ids: so many of all are asked for that they should be among them."""
    stored = searcher.num_docs
    wanted = 2 * n * stored // len(allowed)
    while True:
        pairs = _found(searcher, query, min(wanted, stored))
        ids = np.fromiter((id_ for id_, _ in pairs), np.int64, len(pairs))
        places = np.minimum(np.searchsorted(allowed, ids), len(allowed) - 1)
        found = [
            pair for pair, ok in zip(pairs, (allowed[places] == ids).tolist(), strict=True) if ok
        ]
        if len(found) >= n or len(pairs) < wanted:
            return found[:n]
        wanted *= 4
