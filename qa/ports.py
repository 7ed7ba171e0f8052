"""What question answering asks of its engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qa.types import Context, Earlier, Hit, Reading


class Retriever(Protocol):
    """Finds the passages worth reading."""

    def retrieve(self, question: str, k: int) -> list[Hit]:
        """At most ``k`` hits, best first; empty when nothing is indexed or ``k`` < 1."""


class Reader(Protocol):
    """Reads contexts for the answer to a question."""

    @property
    def name(self) -> str:
        """What the user would type to name it again."""

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        """One reading for each context, in their order.

        A reading has one entry for each sentence of its context, whose span lies inside the
        context and starts in that sentence. A context without sentences gives an empty reading.
        A context too long for the model is read in overlapping windows, never cut silently.
        """


class Reranker(Protocol):
    """Orders hits anew by looking at question and passage together."""

    @property
    def name(self) -> str:
        """What the user would type to name it again."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, higher is better."""


class Rewriter(Protocol):
    """Makes a follow-up question stand alone."""

    def understand(self, question: str, earlier: Sequence[Earlier]) -> str:
        """``question`` with what it leaves to the turns ``earlier``, oldest first.

        A question that needs no earlier turn comes back as it is, character for character. Every
        word that is added stands in an earlier turn, but for such as join them.
        """
