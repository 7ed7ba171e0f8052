"""Word scores of the embedded reader -> the best span of every sentence; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.types import Span
from qa.features import Words
from qa.types import SentenceReading

Floats = npt.NDArray[np.float32]

REACH = 32
"""Words of the longest span."""


@dataclass(frozen=True, slots=True)
class WordScores:
    """The network's scores for the n words of one context; ``rank`` is that of its span product."""

    start: Floats
    """[n]."""
    end: Floats
    """[n]."""
    left: Floats
    """[n, rank]."""
    right: Floats
    """[n, rank]."""
    sentence: Floats
    """[n]."""


def read_sentence(scores: WordScores, words: Words, first: int, last: int) -> SentenceReading:
    """The best span among words ``first`` to ``last`` (excluded), which must not be empty.

    A span scores start + end + left . right / sqrt(rank), in log-odds against "not here".
    """
    here = slice(first, last)
    pairs = scores.left[here] @ scores.right[here].T * scores.left.shape[1] ** -0.5
    pairs += scores.start[here, None] + scores.end[None, here]
    order = np.arange(last - first)
    ahead = order[None, :] - order[:, None]
    pairs = np.where((ahead >= 0) & (ahead < REACH), pairs, -np.inf)
    best = int(pairs.argmax())
    row, column = divmod(best, last - first)
    span = Span(int(words.starts[first + row]), int(words.ends[first + column]))
    return SentenceReading(span, float(pairs[row, column]), float(scores.sentence[here].max()))
