"""The words of a passage as the store keeps them: numbers, sentence by sentence; pure.

Who compares a question with fifty passages word by word would else take fifty texts apart for each
question, which is most of the work, and more in a process that has just begun.

A passage is whole numbers of two bytes, little-endian: twice the number of its sentences, one more
if its words need four bytes; how many words each sentence has; then the words themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from index.word_pieces import Pieces

_SHORT = np.dtype("<u2")
_LONG = np.dtype("<u4")
_MOST = 0xFFFF
_NONE = Pieces(np.zeros(0, dtype=np.int32), np.zeros(2, dtype=np.int32))
"""A text without words."""


def packed(pieces: Pieces, sentences: Sequence[int]) -> list[bytes]:
    """The words of passages, given by those of all sentences in a row, and how many each has.

    Empty for a passage that has more of anything than can be kept.
    """
    sizes = np.diff(pieces.borders)
    wide = bool(len(pieces.ids)) and int(pieces.ids.max()) > _MOST
    words = pieces.ids.astype(_LONG if wide else _SHORT).tobytes()
    lengths = sizes.astype(_SHORT).tobytes()
    ends = [*accumulate(sentences, initial=0)]
    width = (_LONG if wide else _SHORT).itemsize
    places = (pieces.borders[ends] * width).tolist()
    fits = len(sizes) == 0 or int(sizes.max()) <= _MOST
    found = []
    for at, count in enumerate(sentences):
        head = (2 * count + wide).to_bytes(2, "little") if fits and 2 * count < _MOST else b""
        first, last = ends[at] * 2, ends[at + 1] * 2
        body = lengths[first:last] + words[places[at] : places[at + 1]]
        found.append(head + body if head else b"")
    return found


def sentences_of(kept: bytes) -> Pieces | None:
    """The words of each sentence of a passage; None if it is not what `packed` gave."""
    if len(kept) < 2:
        return None
    count, wide = divmod(int.from_bytes(kept[:2], "little"), 2)
    kind = _LONG if wide else _SHORT
    begin = 2 + 2 * count
    sizes = np.frombuffer(kept[2:begin], _SHORT)
    if len(sizes) != count or len(kept) - begin != int(sizes.sum()) * kind.itemsize:
        return None
    borders = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(sizes, out=borders[1:])
    return Pieces(np.frombuffer(kept, kind, offset=begin).astype(np.int32), borders)


def wholes(kept: Sequence[bytes]) -> Pieces:
    """The words of each passage as those of one text; of what `packed` did not give, any or none.

    Fifty are read in a fifth of the time that `sentences_of` would take.
    """
    heads = [int.from_bytes(one[:2], "little") for one in kept]
    if any(head & 1 for head in heads):
        found = [sentences_of(one) or _NONE for one in kept]
        return joined(Pieces(one.ids, one.borders[[0, -1]]) for one in found)
    bodies = [
        one[begin : begin + (len(one) - begin) // 2 * 2]
        for one, begin in zip(kept, (2 + head for head in heads), strict=True)
    ]
    ids = np.frombuffer(b"".join(bodies), _SHORT).astype(np.int32)
    ends = accumulate((len(body) // 2 for body in bodies), initial=0)
    return Pieces(ids, np.fromiter(ends, np.int32, len(bodies) + 1))


def joined(parts: Iterable[Pieces]) -> Pieces:
    """Texts after each other."""
    every = list(parts)
    if not every:
        return Pieces(np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int32))
    begins = accumulate((len(part.ids) for part in every), initial=0)
    borders = [part.borders[1:] + begin for part, begin in zip(every, begins, strict=False)]
    ids = np.concatenate([part.ids for part in every])
    return Pieces(ids, np.concatenate([[0], *borders]).astype(np.int32))
