"""Words ranked by BM25 in Milvus.

Milvus counts and scores; what a word is, `index.terms` says, as for every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.addresses import Address
from index.engines import checked
from index.milvus_server import Column, Server, Table
from index.milvus_vectors import best_among
from index.ports import Ids
from index.terms import question_terms, terms
from index.types import Match

WORDS = Table("words", (Column("id"), Column("terms", "terms")))
_NO_TERMS = "_"
"""For a text without a word: a term that no question has."""


class MilvusLexical:
    """Terms in a table of a Milvus server, where they are the moment they are put."""

    def __init__(self, address: Address) -> None:
        """Use the table, or make it; IndexProblem if the server cannot be reached."""
        self._server = Server(address)
        self._server.make(WORDS)

    def put(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        """Store or replace."""
        checked(ids, len(texts))
        rows = [
            {"id": id_, "terms_text": _joined(terms(text)) or _NO_TERMS}
            for id_, text in zip(ids, texts, strict=True)
        ]
        self._server.put(WORDS, rows)

    def drop(self, ids: Sequence[int]) -> None:
        """Forget."""
        self._server.delete(WORDS, ids)

    def search(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:
        """Passages that share a term, by BM25 as Milvus computes it."""
        wanted = _joined(question_terms(question))
        if not wanted:
            return []

        def fetch(where: str, n: int) -> list[tuple[int, float]]:
            found = self._server.search(WORDS, "terms", wanted, n, where)
            # Milvus Lite gives distances: the same numbers below zero.
            return [(id_, abs(score)) for id_, score in found]

        return best_among(fetch, k, allowed)

    def ids(self) -> list[int]:
        """Every stored id, ascending."""
        return sorted(int(row["id"]) for row in self._server.each(WORDS, "id"))

    def __len__(self) -> int:
        return self._server.count(WORDS)

    def commit(self) -> None:
        """What was put is kept already; from now on it is found quickly."""
        self._server.flush(WORDS)

    def close(self) -> None:
        """End the connection."""
        self._server.close()


def _joined(found: Iterable[str]) -> str:
    """Terms as one text of words; a decimal point would be taken for the end of one."""
    return " ".join(found).replace(".", "_")
