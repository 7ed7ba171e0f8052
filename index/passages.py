"""Documents cut into passages: windows of whole neighbouring blocks, with their sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.text import blocks, sentences
from index.types import Block, BlockKind, Document, Passage, Span

TARGET = 120
"""Words that a passage is about to have; retrieval and readers are trained on such lengths."""
_ALONE = frozenset({BlockKind.CAPTION, BlockKind.BYLINE, BlockKind.LINK})
_CHARACTERS_A_WORD = 8
"""Above it a text is taken to have no spaces between words, and characters count instead."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or a sentence of a long one: what a window takes whole or not at all."""

    sentences: tuple[Span, ...]
    size: int
    """In words."""


def split(document: Document, *, target: int = TARGET, overlap: int | None = None) -> list[Passage]:
    """Cut a document into passages of about ``target`` words, in order.

    A heading begins a passage; captions, bylines and links are passages of their own.

    Args:
        document: its ``blocks`` are found anew if it has none.
        target: words; a window ends before it has a quarter more, a lone block may have half more.
        overlap: words at most that a passage repeats of the one before; default a third.

    Raises:
        ValueError: ``target`` is below 1, or ``overlap`` is not between 0 and ``target``.
    """
    overlap = target // 3 if overlap is None else overlap
    if target < 1 or not 0 <= overlap < target:
        raise ValueError(f"target {target} and overlap {overlap} make no windows")
    passages: list[Passage] = []
    for run in _runs(document.blocks or blocks(document.text)):
        pieces = [piece for block in run for piece in _pieces(document.text, block.span, target)]
        for window in _windows(pieces, target, overlap):
            inside = tuple(sentence for piece in window for sentence in piece.sentences)
            span = Span(inside[0].start, inside[-1].end)
            passages.append(Passage(0, document.key, span, inside))
    return passages


def _runs(found: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks that may share a passage: no heading but at the beginning, and no small print."""
    run: list[Block] = []
    for block in found:
        alone = block.kind in _ALONE
        starts = block.kind is BlockKind.HEADING and any(b.kind is not block.kind for b in run)
        if run and (alone or starts):
            yield run
            run = []
        if alone:
            yield [block]
        else:
            run.append(block)
    if run:
        yield run


def _pieces(text: str, span: Span, target: int) -> Iterator[_Piece]:
    """The block whole if it is short, else its sentences, else cuts of a long sentence."""
    found = sentences(text, span.start, span.end)
    size = _size(text, span)
    if size <= target * 3 // 2:
        yield _Piece(tuple(found), size)
        return
    for sentence in found:
        size = _size(text, sentence)
        if size <= target * 3 // 2:
            yield _Piece((sentence,), size)
        else:
            for cut in _cuts(text, sentence, target):
                yield _Piece((cut,), _size(text, cut))


def _size(text: str, span: Span) -> int:
    """About the number of words; in a script without spaces, of eight characters each."""
    return max(len(span.of(text).split()), len(span) // _CHARACTERS_A_WORD)


def _cuts(text: str, sentence: Span, target: int) -> Iterator[Span]:
    """Parts of an overlong sentence: at white space if there is any near, else in mid-word."""
    reach = target * _CHARACTERS_A_WORD
    start = sentence.start
    while start < sentence.end:
        stop = min(start + reach, sentence.end)
        if stop < sentence.end:
            space = max(text.rfind(c, start + reach // 2, stop) for c in " \t\n\u3000")
            stop = stop if space < 0 else space
        yield Span(start, stop)
        start = stop
        while start < sentence.end and text[start].isspace():
            start += 1


def _windows(pieces: Sequence[_Piece], target: int, overlap: int) -> Iterator[Sequence[_Piece]]:
    """Runs of pieces of about ``target`` words, each beginning within the end of the last."""
    room = target * 5 // 4
    start = stop = 0
    while stop < len(pieces):
        size = sum(piece.size for piece in pieces[start:stop])
        while stop < len(pieces) and (start == stop or size + pieces[stop].size <= room):
            size += pieces[stop].size
            stop += 1
        yield pieces[start:stop]
        start = _step_back(pieces, start, stop, overlap)


def _step_back(pieces: Sequence[_Piece], start: int, stop: int, overlap: int) -> int:
    """Where the next window begins: as many last pieces as fit into ``overlap`` words."""
    if stop == len(pieces):
        return stop
    first, size = stop, 0
    while first - 1 > start and size + pieces[first - 1].size <= overlap:
        first -= 1
        size += pieces[first].size
    return first
