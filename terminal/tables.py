"""Tables that fit their window: one column takes the room that the others leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import DataTable

from terminal.in_order import InOrder

LEAST = 20
"""Cells of the flexible column; the columns behind it are left out before it gets narrower."""


class Row(NamedTuple):
    """What is told of one thing, column by column."""

    key: str
    cells: Sequence[str]


class FittedTable(InOrder, DataTable[Text]):
    """The first column is as wide as there is room; the last ones go when there is none."""

    WRITES = False

    def __init__(self, *columns: str) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self._names = columns
        self._all: list[Row] = []

    def fill(self, rows: Sequence[Row], *columns: str) -> None:
        """Show these, the cursor on the row where it was; ``columns`` are other ones, if any."""
        self._names = columns or self._names
        self._all = list(rows)
        self._draw()

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor."""
        return self._all[self.cursor_row].key if 0 <= self.cursor_row < len(self._all) else None

    def on_resize(self) -> None:
        """Share the width anew."""
        self._draw()

    def _draw(self) -> None:
        place = self.cursor_row
        self.clear(columns=True)
        for name, width in zip(self._names, self._widths(), strict=False):
            self.add_column(Text(name), width=width)
        shown = len(self.columns)
        for row in self._all:
            cells = (Text(cell, no_wrap=True, overflow="ellipsis") for cell in row.cells[:shown])
            self.add_row(*cells, key=row.key)
        self.move_cursor(row=min(place, len(self._all) - 1))

    def _widths(self) -> list[int]:
        """Of the columns that are shown."""
        beside = 2 * self.cell_padding
        columns = list(zip(self._names, *(row.cells for row in self._all), strict=False))
        fixed = [max(map(cell_len, column)) for column in columns[1:]]
        room = self.size.width - self.styles.scrollbar_size_vertical - beside
        while fixed and room - sum(fixed) - beside * len(fixed) < LEAST:
            fixed.pop()
        return [max(1, room - sum(fixed) - beside * len(fixed)), *fixed]
