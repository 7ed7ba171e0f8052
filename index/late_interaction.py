"""Texts ordered by how well each word of a question is met in them: late interaction.

One vector for a whole passage tells what it is about. Which of an article's passages a question is
about, is told by single words: each is compared with the words of a passage, and its best match
counts (ColBERT; Khattab and Zaharia 2020, arXiv 2004.12832). As in BM25 a word counts the less the
more of the texts have it, or something like it. So "diplomat" finds "envoy", and the name that
every passage holds decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import Protocol, TypeAlias, TypeGuard, runtime_checkable

import numpy as np
import numpy.typing as npt

from index import kept_words
from index.ports import Vectors
from index.types import Passage, sentences_of
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

    def taken_in(self, passages: Sequence[Passage], texts: Sequence[str]) -> tuple[Vectors, Pieces]:
        """The vectors of passages with these texts, and the words of all their sentences."""

    def pieces(self, texts: Sequence[str]) -> Pieces:
        """The words of texts, as numbers; the same for the same text and fingerprint."""

    def closeness(self, question: str, texts: Pieces) -> Scores:
        """How well the words of a question are met in each text; shape [texts]."""


def interacts(embedder: object) -> TypeGuard[Interacting]:
    """Whether an embedder has vectors of words."""
    kind: type = type(embedder)
    return _interact(kind)


@cache
def _interact(kind: type) -> bool:
    return issubclass(kind, Interacting)  # which takes longer than to read ten passages


def reordered(
    embedder: object, question: str, ids: Sequence[int], texts: Sequence[str]
) -> list[int]:
    """``ids``, nearest first, with those of the first ``texts`` ordered anew; ties as they were.

    With an embedder that has no vectors of words they stay as they are.
    """
    if not interacts(embedder) or not texts:
        return [*ids]
    return _ordered(embedder.closeness(question, embedder.pieces(texts)), ids)


def _ordered(scores: Scores, ids: Sequence[int]) -> list[int]:
    order = np.argsort(-scores, kind="stable")
    return [*(ids[at] for at in order), *ids[len(scores) :]]


def shares(
    embedder: object, question: str, passages: Sequence[Sequence[str]]
) -> list[tuple[float, ...]]:
    """How well each sentence of passages meets the words of a question, 0 to 1 and by all of them.

    Empty with an embedder that has no vectors of words.
    """
    if not interacts(embedder) or not passages:
        return []
    return _shared(embedder, question, [embedder.pieces(sentences) for sentences in passages])


def _shared(
    embedder: Interacting, question: str, passages: Sequence[Pieces]
) -> list[tuple[float, ...]]:
    scores = iter(embedder.closeness(question, kept_words.joined(passages)).tolist())
    return [tuple(islice(scores, len(pieces.borders) - 1)) for pieces in passages]


class Holding(Protocol):
    """The part of an index that has words and texts."""

    def words(self, ids: Sequence[int]) -> dict[int, bytes]:
        """What was kept of the words of the passages of these ids, maybe of none."""

    def texts(self, ids: Sequence[int]) -> dict[int, str]:
        """The texts of the passages of these ids that are there."""


def nearer(held: Holding, embedder: object, question: str, ids: Sequence[int]) -> list[int]:
    """As `reordered`, by what an index holds; what it has no more is left out."""
    if not interacts(embedder):
        return [*ids]
    first = ids[:DEPTH]
    kept = held.words(first)
    texts = held.texts(without) if (without := [id_ for id_ in first if id_ not in kept]) else {}
    first = [id_ for id_ in first if id_ in kept or id_ in texts]
    if texts:
        words = {id_: kept_words.wholes([found]) for id_, found in kept.items()}
        words |= {id_: embedder.pieces([text]) for id_, text in texts.items()}
        pieces = kept_words.joined(words[id_] for id_ in first)
    else:
        pieces = kept_words.wholes([kept[id_] for id_ in first])
    return _ordered(embedder.closeness(question, pieces), [*first, *ids[DEPTH:]])


def sentence_shares(
    held: Holding, embedder: object, question: str, passages: Sequence[Passage]
) -> list[tuple[float, ...]]:
    """As `shares`, of the sentences of passages that an index holds, by all of them together."""
    if not interacts(embedder) or not passages:
        return []
    kept = held.words([passage.id for passage in passages])
    found = {id_: kept_words.sentences_of(words) for id_, words in kept.items()}
    without = [
        passage  # of which nothing was kept, or something else
        for passage in passages
        if (pieces := found.get(passage.id)) is None
        or len(pieces.borders) != len(passage.sentences) + 1
    ]
    texts = held.texts([passage.id for passage in without]) if without else {}
    for passage in without:
        found[passage.id] = embedder.pieces(sentences_of(passage, texts.get(passage.id, "")))
    return _shared(embedder, question, [p for passage in passages if (p := found[passage.id])])


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
