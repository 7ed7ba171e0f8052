"""A document laid out in rows of a given width: rows to offsets and back. Pure.

A row is a piece of one line of the document; a line feed alone ends a line, as line numbers count
them. All rows are known at once (a bisection then finds any of them), so laying out has to be
quick: lines of characters that are surely one cell wide, which is nearly all of the prose there
is, are cut by searching for spaces; only the others are measured cluster by cluster.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator

from terminal.visible import Cluster, clusters

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
        for cluster in clusters(self.text[start : self.end(row)]):
            column += cluster.width
            if column > self.width:
                break
            drawn.append(
                Cluster(start + cluster.start, start + cluster.end, cluster.shown, cluster.width)
            )
        return drawn

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
        """Cut a line by the widths of its clusters, each row measured from its own beginning."""
        while (cut := self._row_end(start, end)) < end:
            self._rows.append(cut)
            start = cut

    def _row_end(self, start: int, end: int) -> int:
        """Where the row ends that begins at ``start``: behind a blank or beside a wide character.

        Blanks hang over the edge; a word that is wider than a row is cut where the row ends.
        """
        column, cut = 0, start
        for cluster in self._ahead(start, end):
            blank = cluster.shown.isspace()
            if cluster.width == 2 and column <= self.width:
                cut = cluster.start
            column += cluster.width
            if column > self.width and not blank:
                return cut if cut > start else max(cluster.start, start + 1)
            if blank:
                cut = cluster.end
        return end

    def _ahead(self, start: int, end: int) -> Iterator[Cluster]:
        """The clusters from ``start`` on, read in pieces, since a line may be a whole book."""
        column, step = 0, 4 * self.width + 64
        while start < end:
            stop = min(end, start + step)
            piece = list(clusters(self.text[start:stop], column))
            if stop < end and len(piece) > 1:
                stop = start + piece.pop().start  # what follows may combine with it
            for cluster in piece:
                column += cluster.width
                yield Cluster(
                    start + cluster.start, start + cluster.end, cluster.shown, cluster.width
                )
            start = stop
