"""Texts ordered by how well each word of a question is met in them: late interaction.

One vector for a whole passage tells what it is about. Which of an article's passages a question is
about, is told by single words: each is compared with the words of a passage, and its best match
counts (ColBERT; Khattab and Zaharia 2020, arXiv 2004.12832). As in BM25 a word counts the less the
more of the texts have it, or something like it. So "diplomat" finds "envoy", and the name that
every passage holds decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from index.ports import Vectors
from index.word_pieces import Pieces

LIKE = 0.4
"""Cosine from which two words are alike at all; below it any two words may be."""
_ALONE = 250_000
"""Multiplications that OpenBLAS does on the thread that asks. More of them it shares out, and then
threads wait for each other: on a busy machine 30 ms instead of 1."""
DEPTH = 50
"""Nearest texts that are ordered anew."""
Scores: TypeAlias = npt.NDArray[np.float32]


@runtime_checkable
class Interacting(Protocol):
    """An embedder that has a vector for each word too."""

    def closeness(self, question: str, texts: Sequence[str]) -> Scores:
        """How well the words of a question are met in each text; shape [len(texts)]."""


def reordered(
    embedder: object, question: str, ids: Sequence[int], texts: Sequence[str]
) -> list[int]:
    """``ids``, nearest first, with those of the first ``texts`` ordered anew; ties as they were.

    With an embedder that has no vectors of words they stay as they are.
    """
    if not isinstance(embedder, Interacting) or not texts:
        return [*ids]
    scores = embedder.closeness(question, texts)
    order = np.argsort(-scores, kind="stable")
    return [*(ids[at] for at in order), *ids[len(texts) :]]


def shares(embedder: object, question: str, texts: Sequence[str]) -> list[float]:
    """How well each text meets the words of a question, 0 to 1 and by all these texts alone.

    Empty with an embedder that has no vectors of words.
    """
    if not isinstance(embedder, Interacting):
        return []
    return [float(one) for one in embedder.closeness(question, texts)] if texts else []


class Holding(Protocol):
    """The part of an index that has the texts."""

    def texts(self, ids: Sequence[int]) -> dict[int, str]:
        """The texts of the passages of these ids that are there."""


def nearer(held: Holding, embedder: object, question: str, ids: Sequence[int]) -> list[int]:
    """As `reordered`, with the texts that an index holds; what it has no more is left out.

    Reading fifty texts takes longer than finding them, so no text is read in vain.
    """
    if not isinstance(embedder, Interacting):
        return [*ids]
    texts = held.texts(ids[:DEPTH])
    first = [id_ for id_ in ids[:DEPTH] if id_ in texts]
    return reordered(embedder, question, [*first, *ids[DEPTH:]], [texts[id_] for id_ in first])


def closeness(asked: Vectors, words: Vectors, texts: Pieces) -> Scores:
    """The share of the question, by the rarity of its words, that is met in each text: 0 to 1.

    Args:
        asked: [q, dimension] vectors of the question's words, of unit length.
        words: [w, dimension] vectors of all words of the texts, of unit length.
        texts: numbers of the words of each text.
    """
    scores = np.zeros(len(texts.borders) - 1, dtype=np.float32)
    if not len(asked) or not len(words):
        return scores
    alike = np.maximum(_products(asked, words) - LIKE, 0) / (1 - LIKE)
    met = np.zeros((len(asked), len(scores)), dtype=np.float32)
    filled = np.flatnonzero(np.diff(texts.borders))
    # From the first word of each text that has one to that of the next.
    met[:, filled] = np.maximum.reduceat(alike[:, texts.ids], texts.borders[filled], axis=1)
    having = met.sum(axis=1)
    rarity = np.log1p(np.maximum(len(scores) - having + 0.5, 0.01) / (having + 0.5))
    shares: Scores = rarity @ met / rarity.sum()
    return shares


def _products(asked: Vectors, words: Vectors) -> Vectors:
    """The dot products of each with each, shape [q, w]."""
    at_once = max(1, _ALONE // asked.size)
    parts = [asked @ words[at : at + at_once].T for at in range(0, len(words), at_once)]
    return np.concatenate(parts, axis=1)
