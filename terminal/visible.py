"""Text from outside, made safe to draw: every control character becomes a visible mark.

The mapping is one character to one character, so that offsets into the shown text are offsets
into the text itself.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import get_character_cell_size, split_graphemes

TAB = 4
"""Cells between two tab stops."""

UNSEEN = "\u200b"
"""Stands for characters that take no room; terminals disagree on the width of the others."""

_CONTROLS = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\n\t"}
_C1 = dict.fromkeys(range(128, 160), "�")
_SURROGATES = dict.fromkeys(range(55296, 57344), "�")
_BIDI = {
    **dict.fromkeys((0x200E, 0x202A, 0x202D, 0x2066), "⇒"),  # sets left to right
    **dict.fromkeys((0x200F, 0x061C, 0x202B, 0x202E, 0x2067), "⇐"),  # sets right to left
    **dict.fromkeys((0x202C, 0x2068, 0x2069), "⇔"),  # ends or isolates
}
_ROOMLESS = dict.fromkeys((0xAD, 0x2060, 0xFEFF, 0x180E), UNSEEN)
_SEPARATORS = {0x2028: "␤", 0x2029: "␤", 0x7F: "␡"}
_SHOWN = {**_CONTROLS, **_C1, **_SURROGATES, **_BIDI, **_ROOMLESS, **_SEPARATORS}


def visible(text: str) -> str:
    """``text``, character for character, with its control characters as marks.

    Line feeds and tabs stay: who draws the text decides what they mean.
    """
    return text.translate(_SHOWN)


def one_line(text: str) -> str:
    """``text`` for a place that has one line: white space folded, controls as marks."""
    return visible(" ".join(text.split())).replace(UNSEEN, "")


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is drawn as one: a character with the marks that combine with it."""

    start: int
    """In characters of the text given."""
    end: int
    shown: str
    width: int
    """In cells, 0 to 2; for a tab, up to the next tab stop."""


def clusters(text: str, column: int = 0) -> Iterator[Cluster]:
    """The clusters of one line of ``text`` that begins at cell ``column``."""
    shown = visible(text)
    begin = 0
    while begin < len(shown):
        tab = shown.find("\t", begin)
        end = len(shown) if tab < 0 else tab
        for start, stop, width in split_graphemes(shown[begin:end])[0]:
            piece = shown[begin + start : begin + stop].replace(UNSEEN, "")
            yield Cluster(begin + start, begin + stop, piece, width)
            column += width
        if tab >= 0:
            width = TAB - column % TAB
            yield Cluster(tab, tab + 1, " " * width, width)
            column += width
        begin = end + 1 if tab >= 0 else end


class _Widths(dict[str, int]):
    """The cells of a character by itself, looked up in the tables once."""

    def __missing__(self, character: str) -> int:
        width = self[character] = get_character_cell_size(character)
        return width


_WIDTHS = _Widths({"\t": 0})
_JOINING = re.compile("[\u200d\ufe0f]")
"""With these the width of a cluster is not the sum of the widths of its characters."""


def cells_before(shown: str) -> array[int]:
    """The cells that stand before each character of a line, and behind the last one.

    A cluster counts with its first character. Tabs count nothing: what they take depends on where
    the row begins.

    Args:
        shown: what ``visible`` returns for a line.
    """
    if not _JOINING.search(shown):
        return array("i", accumulate(map(_WIDTHS.__getitem__, shown), initial=0))
    cells = array("i", bytes(4 * len(shown)))
    for piece in re.finditer("[^\t]+", shown):
        for start, _, width in split_graphemes(piece[0])[0]:
            cells[piece.start() + start] = width
    return array("i", accumulate(cells, initial=0))


def is_wide(character: str) -> bool:
    """Whether the terminal gives ``character`` two cells."""
    return get_character_cell_size(character) == 2
