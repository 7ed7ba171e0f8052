"""A document laid out in rows of a given width: rows to offsets and back. Pure.

A row is a piece of one line of the document; a line feed alone ends a line, as line numbers count
them. All rows are known at once (a bisection then finds any of them), so laying out has to be
quick: lines of characters that are surely one cell wide, which is nearly all of the prose there
is, are cut by searching for spaces; in the others, each character is measured once, and the end of
a row is found by bisection. What is drawn is put together a row at a time, cluster by cluster where
a character may need more or less than one cell.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise

from terminal.visible import TAB, Cluster, cells_before, clusters, visible

_ONE_CELL_EACH = re.compile(
    r"[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u0384-\u038a\u0400-\u0482"
    r"\u2010-\u2027\u2030-\u203b\u20ac]*"
)


class Layout:
    """The rows of ``text`` when at most ``width`` cells fit into one."""

    def __init__(self, text: str, width: int) -> None:
        self.text = text
        self.width = max(1, width)
        self._lines = array("q", [0])
        self._rows = array("q")
        begin = 0
        while True:
            end = text.find("\n", begin)
            self._cut(begin, len(text) if end < 0 else end)
            if end < 0:
                break
            begin = end + 1
            self._lines.append(begin)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def lines(self) -> int:
        """How many lines the document has; at least one."""
        return len(self._lines)

    def row(self, offset: int) -> int:
        """The row on which the character at ``offset`` stands."""
        return max(0, bisect_right(self._rows, offset) - 1)

    def line(self, row: int) -> int:
        """The number of the line that ``row`` belongs to, from 1."""
        return bisect_right(self._lines, self._rows[row])

    def begins_line(self, row: int) -> bool:
        """Whether ``row`` is the first of its line."""
        return self._lines[self.line(row) - 1] == self._rows[row]

    def start(self, row: int) -> int:
        """The offset of the first character of ``row``."""
        return self._rows[row]

    def end(self, row: int) -> int:
        """The offset behind the last character of ``row``, its line ending not counted."""
        following = self._rows[row + 1] if row + 1 < len(self._rows) else len(self.text)
        end = following - self.text.endswith("\n", self._rows[row], following)
        return end - self.text.endswith("\r", self._rows[row], end)

    def clusters(self, row: int) -> list[Cluster]:
        """What is drawn on ``row``, in characters of the document, at most ``width`` cells."""
        start, drawn, column = self.start(row), [], 0
        written = self.text[start : self.end(row)]
        seen = len(written.rstrip()) + self.width  # a million blanks may hang over the edge
        for cluster in clusters(written[:seen]):
            column += cluster.width
            if column > self.width:
                break
            drawn.append(
                Cluster(start + cluster.start, start + cluster.end, cluster.shown, cluster.width)
            )
        return drawn

    def pieces(self, row: int, edges: Iterable[int]) -> list[Cluster]:
        """What is drawn on ``row``, put together as far as no edge divides it.

        A row in which a character may be drawn otherwise than as itself comes in its clusters.
        """
        start, end = self.start(row), self.end(row)
        if not _ONE_CELL_EACH.fullmatch(self.text, start, end):
            return self.clusters(row)
        end = min(end, start + self.width)  # blanks may hang over the edge
        cuts = sorted({start, end, *(edge for edge in edges if start < edge < end)})
        return [
            Cluster(begin, stop, self.text[begin:stop], stop - begin)
            for begin, stop in pairwise(cuts)
        ]

    def _cut(self, start: int, end: int) -> None:
        """Add the rows of the line from ``start`` to ``end``."""
        self._rows.append(start)
        end -= self.text.endswith("\r", start, end)
        if _ONE_CELL_EACH.fullmatch(self.text, start, end):
            if end - start > self.width:
                self._cut_at_spaces(start, end)
        else:
            self._cut_by_measure(start, end)

    def _cut_at_spaces(self, start: int, end: int) -> None:
        """Cut a line whose characters have one cell each; spaces hang over the edge."""
        text, width, rows = self.text, self.width, self._rows
        while end - start > width:
            cut = text.rfind(" ", start, start + width + 1) + 1
            if cut <= start + 1:
                cut = start + width
            while cut < end and text[cut] == " ":
                cut += 1
            if cut >= end:
                return
            rows.append(cut)
            start = cut

    def _cut_by_measure(self, start: int, end: int) -> None:
        """Cut a line by the widths of its characters, all measured once."""
        line = _Measured(self.text[start:end], self.width)
        cut = 0
        while (cut := line.row_end(cut)) < end - start:
            self._rows.append(start + cut)


class _Measured:
    """One line with the cells that stand before each of its characters."""

    def __init__(self, line: str, width: int) -> None:
        self._shown = visible(line)
        self._before = cells_before(self._shown)
        self._width = width

    def row_end(self, start: int) -> int:
        """Where the row ends that begins at ``start``: behind a blank or beside a wide character.

        Blanks hang over the edge; a word that is wider than a row is cut where the row ends.
        """
        over = self._edge(start)
        behind = over
        while behind < len(self._shown) and self._is_blank(behind):
            behind += 1
        if behind > over or over == len(self._shown):
            return behind
        cut = over
        while cut > start and not self._may_break(cut):
            cut -= 1
        return cut if cut > start else max(over, start + 1)

    def _edge(self, start: int) -> int:
        """The first character that does not fit into the row that begins at ``start``."""
        before, here, column = self._before, start, 0
        while True:
            room = before[here] + self._width - column
            over = bisect_right(before, room, here + 1) - 1
            tab = self._shown.find("\t", here, over)
            if tab < 0:
                return over
            column += before[tab] - before[here]
            column += TAB - column % TAB
            here = tab + 1
            if column > self._width:
                return here

    def _may_break(self, at: int) -> bool:
        """Whether a row may begin with the character at ``at``."""
        cells = self._cells(at)
        return cells == 2 or (self._is_blank(at - 1) and (cells > 0 or self._shown[at - 1] == "\t"))

    def _is_blank(self, at: int) -> bool:
        """Whether a blank stands there with no mark on it."""
        if not self._shown[at].isspace():
            return False
        alone = at + 1 == len(self._shown) or self._cells(at + 1) > 0
        return alone or self._shown[at] == "\t" or self._shown[at + 1] == "\t"

    def _cells(self, at: int) -> int:
        return self._before[at + 1] - self._before[at]
