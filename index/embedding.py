"""Passages to vectors and words, by whatever embedder, looked over."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from index import kept_words
from index.late_interaction import interacts
from index.ports import Embedder, Vectors
from index.problems import ModelProblem
from index.types import Passage, sentences_of


def embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """The vectors of passages, looked over.

    Raises:
        ModelProblem: the model gave something else than one finite vector for each.
    """
    return _checked(embedder, embedder.passages(texts), len(texts))


def taken_in(
    embedder: Embedder, passages: Sequence[Passage], texts: Sequence[str]
) -> tuple[Vectors, list[bytes]]:
    """The vectors of passages, given with their texts, and what the store keeps of their words.

    Of an embedder that has no vectors of words nothing is kept.

    Raises:
        ModelProblem: as `embedded`.
    """
    one: object = embedder
    if not interacts(one):
        return embedded(embedder, texts), []
    vectors, pieces = one.taken_in(passages, texts)
    words = kept_words.packed(pieces, [len(passage.sentences) for passage in passages])
    return _checked(embedder, vectors, len(texts)), words


def words_of(embedder: Embedder, passages: Sequence[Passage], texts: Sequence[str]) -> list[bytes]:
    """The words alone, as `taken_in`."""
    if not interacts(embedder):
        return []
    each = [sentences_of(*pair) for pair in zip(passages, texts, strict=True)]
    return kept_words.packed(
        embedder.pieces([*chain.from_iterable(each)]), [len(found) for found in each]
    )


def _checked(embedder: Embedder, vectors: Vectors, count: int) -> Vectors:
    if vectors.shape != (count, embedder.dimension) or not np.isfinite(vectors).all():
        raise ModelProblem(
            f"The model {embedder.name!r} gives vectors that cannot be compared.",
            "Choose another model.",
        )
    return vectors
