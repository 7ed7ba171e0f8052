"""What the index asks of its engines. A port knows no path, URI or library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from index.types import Match

Vectors: TypeAlias = npt.NDArray[np.float32]
"""float32; shape [n, dimension] for passages, [dimension] for one question; unit length."""
Ids: TypeAlias = npt.NDArray[np.int64]
"""Ids of passages, ascending, each once; shape [n]."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product says how near they are."""

    @property
    def name(self) -> str:
        """What the user would type to name it again."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could give another vector."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape [len(texts), dimension]; an empty text gives a zero row."""

    def question(self, text: str) -> Vectors:
        """One vector of shape [dimension]."""


class VectorIndex(Protocol):
    """Nearest neighbours by dot product."""

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store ``vectors[i]`` under ``ids[i]``, replacing what stood there.

        Raises:
            ValueError: the shapes disagree, or an id comes twice in one call.
        """

    def drop(self, ids: Sequence[int]) -> None:
        """Forget these ids; unknown ones are ignored."""

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> list[Match]:
        """At most ``k`` matches, best first, ties by smaller id; empty if k < 1 or none stored.

        What was put or dropped is visible at once, committed or not.

        Args:
            vector: of shape [dimension].
            k: matches at most.
            allowed: matches are of these ids alone, None for any. They are the best of these, as
                near to exact as without, however few they are and however deep they lie; there
                are fewer than ``k`` only if fewer are stored. Unknown ids are ignored, and none
                allowed gives none. The array may be kept and must not be changed.
        """

    def accuracy(self) -> str:
        """How near a search comes to comparing every vector, in words for the user: ``exact``."""

    def damage(self) -> str:
        """What is wrong with what is stored, as a sentence; empty if nothing is.

        Reads all of it; what a search cannot do without is looked through on opening.
        """

    def ids(self) -> list[int]:
        """Every stored id, ascending."""

    def __len__(self) -> int:
        """How many ids are stored; unlike ``ids`` it costs nothing."""

    def commit(self) -> None:
        """Make everything so far survive a crash; atomic: before it, the old state opens again.

        An engine on a server keeps what was put at once, committed or not: who shares an index must
        show only what its store shows.
        """

    def close(self) -> None:
        """Release files; uncommitted changes are lost. Closing twice is allowed."""


class LexicalIndex(Protocol):
    """Passages ranked by the words they share with a question (BM25), words met by their stems."""

    def put(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        """Store ``texts[i]`` under ``ids[i]``, replacing what stood there.

        Raises:
            ValueError: there are more or fewer texts than ids, or an id comes twice in one call.
        """

    def drop(self, ids: Sequence[int]) -> None:
        """Forget these ids; unknown ones are ignored."""

    def search(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:
        """At most ``k`` matches that share a word, best first, ties by smaller id.

        ``question`` is plain text: no character in it is an operator. ``allowed`` is as for
        vectors; the scores are those of a search without it.
        """

    def ids(self) -> list[int]:
        """Every stored id, ascending."""

    def __len__(self) -> int:
        """How many ids are stored; unlike ``ids`` it costs nothing."""

    def commit(self) -> None:
        """As for vectors. Searches may show uncommitted changes only after it."""

    def close(self) -> None:
        """As for vectors."""
