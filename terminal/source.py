"""The source pane: a whole document by lines, with the evidence shown in it.

Only the rows in view are drawn, so a million words scroll as smoothly as ten. Three levels of
highlight can be told apart with and without colour: ``▌`` beside the passage, an underline under
the sentence, ``‹ ›`` and bold for the answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from index.types import Document, Span
from qa.types import Evidence
from terminal.layout import Layout
from terminal.visible import Cluster

MARKS = 2
"""Cells kept free at the end of a row for the two marks around an answer."""


class Level(Enum):
    """How a character of the document is shown; the value is the style's name."""

    TEXT = "source--text"
    PASSAGE = "source--passage"
    SENTENCE = "source--sentence"
    SPAN = "source--span"
    FOUND = "source--found"
    CURRENT = "source--current"


@dataclass(frozen=True, slots=True)
class Spotlight:
    """What is highlighted in a document."""

    evidence: Evidence | None = None
    others: tuple[Evidence, ...] = ()
    """Further evidence in the same document: marked at the edges only."""
    found: tuple[Span, ...] = ()
    current: Span | None = None
    """The find match that the user is at."""

    def level(self, cluster: Cluster) -> Level:
        """How a cluster is shown; what is found wins over evidence, the innermost over the rest."""
        drawn = Span(cluster.start, cluster.end)
        if self.current and self.current.overlaps(drawn):
            return Level.CURRENT
        if any(found.overlaps(drawn) for found in self.found):
            return Level.FOUND
        if self.evidence is None:
            return Level.TEXT
        for span, level in (
            (self.evidence.span, Level.SPAN),
            (self.evidence.sentence, Level.SENTENCE),
            (self.evidence.passage, Level.PASSAGE),
        ):
            if span.overlaps(drawn):
                return level
        return Level.TEXT

    def edges(self) -> Iterator[int]:
        """Where the level may change."""
        shown = self.evidence
        spans = (shown.span, shown.sentence, shown.passage) if shown else ()
        for span in (*spans, *self.found, *((self.current,) if self.current else ())):
            yield span.start
            yield span.end

    def within(self, span: Span) -> Spotlight:
        """The same with only the found spans that touch ``span``: what one row needs."""
        return replace(self, found=_between(self.found, span))


@dataclass(slots=True)
class Run:
    """Neighbouring clusters of a row that are drawn in one style."""

    level: Level
    selected: bool
    start: int
    end: int
    shown: str

    def takes(self, level: Level, selected: bool) -> bool:
        """Whether a cluster of this level goes on with the run, its offsets still exact."""
        exact = len(self.shown) == self.end - self.start
        return exact and self.level is level and self.selected is selected

    def add(self, cluster: Cluster) -> None:
        """Take in the next cluster."""
        self.end = cluster.end
        self.shown += cluster.shown


class SourceView(ScrollView, can_focus=True):
    """One document, scrolled to what is highlighted in it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "source--number",
        "source--mark",
        "source--minimap",
        *(level.value for level in Level),
    }

    HELP = """\
**The source.** ▌ marks the passage, the underlined sentence holds the answer, ‹ › stand around it.
┃ at the right edge shows where in the text the evidence lies; a click there goes there.
Drag with the mouse to select, **Ctrl+C** copies exactly what stands in the text.
"""

    document: reactive[Document | None] = reactive(None)
    spotlight: reactive[Spotlight] = reactive(Spotlight)

    @dataclass
    class Moved(Message):
        """The rows in view have changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows = Layout("", 1)
        self._digits = 3
        """Cells of a line number; found once for a text, since counting its lines takes a while."""

    # --- what is shown ---------------------------------------------------------------------

    def show(self, document: Document, spotlight: Spotlight | None = None) -> None:
        """Show ``document``, scrolled to its highlight, or to its beginning."""
        self.document = document
        self.spotlight = spotlight or Spotlight()
        aim = self.spotlight.current or (
            self.spotlight.evidence.span if self.spotlight.evidence else Span(0, 0)
        )
        if self.size.height:  # at once, or the place is painted where it stood, and then again
            self.reveal(aim)
        self.call_after_refresh(self.reveal, aim)

    def replace(self, document: Document) -> None:
        """Show ``document`` in the place of an older version, without moving."""
        offset = min(self.offset_in_view(), len(document.text))
        self.spotlight = Spotlight()
        self.document = document
        self.scroll_to(y=self._rows.row(offset), animate=False)

    def reveal(self, span: Span) -> None:
        """Scroll so that ``span`` stands a third down the pane, unless it is in view already."""
        first, last = self._rows.row(span.start), self._rows.row(max(span.start, span.end - 1))
        top, height = round(self.scroll_y), self.scrollable_content_region.height
        if not (top <= first and last < top + height):
            self.scroll_to(y=max(0, first - height // 3), animate=False, immediate=True)

    def lines_in_view(self) -> tuple[int, int, int]:
        """First and last line in view, and the number of lines in all, from 1."""
        if not len(self._rows):
            return 0, 0, 0
        first = min(round(self.scroll_y), len(self._rows) - 1)
        last = min(first + max(1, self.size.height), len(self._rows)) - 1
        return self._rows.line(first), self._rows.line(last), self._rows.lines

    def offset_in_view(self) -> int:
        """The offset in the document of the first character in view."""
        return self._rows.start(min(round(self.scroll_y), len(self._rows) - 1))

    # --- keeping the layout in step --------------------------------------------------------

    def watch_document(self, before: Document | None, document: Document | None) -> None:
        """Lay the new text out anew."""
        if before is None or document is None or before.text != document.text:
            self._lay_out()

    def watch_spotlight(self) -> None:
        """Draw the new highlight."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the first line in view where it was, whatever the new width."""
        if self._text_width() != self._rows.width:
            offset = self.offset_in_view()
            self._lay_out()
            self.scroll_to(y=self._rows.row(offset), animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell where the view stands now."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved())

    def _lay_out(self) -> None:
        text = self.document.text if self.document else ""
        self._digits = max(3, len(str(text.count("\n") + 1)))
        self._rows = Layout(text, self._text_width())
        self.virtual_size = Size(0, len(self._rows))
        self.refresh()
        self.post_message(self.Moved())

    def _width(self) -> int:
        """Columns that the scrollbar leaves."""
        return self.scrollable_content_region.width

    def _text_width(self) -> int:
        margin = 2 + self._digits + 2
        minimap = 1
        return max(8, self._width() - margin - MARKS - minimap)

    # --- drawing ---------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One row: mark, line number, text, minimap."""
        row = round(self.scroll_y) + y
        plain = self.get_component_rich_style(Level.TEXT.value)
        width = self._width()
        if self.document is None or row >= len(self._rows):
            return Strip.blank(width, plain)
        strip = Strip([*self._margin(row), *self._text(row)])
        return Strip.join([strip.adjust_cell_length(width - 1, plain), Strip([self._minimap(y)])])

    def _margin(self, row: int) -> Iterator[Segment]:
        span = Span(self._rows.start(row), max(self._rows.start(row), self._rows.end(row)))
        number = str(self._rows.line(row)) if self._rows.begins_line(row) else ""
        yield Segment(self._mark(span), self.get_component_rich_style("source--mark"))
        yield Segment(
            f" {number:>{self._digits}}  ",
            self.get_component_rich_style("source--number"),
        )

    def _mark(self, row: Span) -> str:
        """The mark beside a row: ``▌`` in the passage, ``┆`` where other evidence lies."""
        light = self.spotlight
        if light.evidence and _touches(row, light.evidence.passage):
            return "▌"
        return "┆" if any(_touches(row, other.sentence) for other in light.others) else " "

    def _text(self, row: int) -> Iterator[Segment]:
        """The text of a row in runs of one style, with the marks around the answer."""
        answer = self.spotlight.evidence.span if self.spotlight.evidence else Span(0, 0)
        for run in self._runs(row):
            style = self._style(run, row)
            if run.start <= answer.start < run.end and run.level is Level.SPAN:
                yield Segment("‹", style)
            yield Segment(run.shown, style)
            if run.start < answer.end <= run.end and run.level is Level.SPAN:
                yield Segment("›", style)

    def _runs(self, row: int) -> Iterator[Run]:
        """The runs of ``row``; a character that is not drawn as itself ends its run."""
        start, end = self._rows.start(row), self._rows.end(row)
        light = self.spotlight.within(Span(start, max(start, end)))
        selected = self._selected(row)
        run: Run | None = None
        edges = (*light.edges(), selected.start, selected.end)
        for cluster in self._rows.pieces(row, edges):
            level = light.level(cluster)
            chosen = selected.start <= cluster.start < selected.end
            if run and run.takes(level, chosen):
                run.add(cluster)
                continue
            if run:
                yield run
            run = Run(level, chosen, cluster.start, cluster.end, cluster.shown)
        if run:
            yield run

    def _style(self, run: Run, row: int) -> Style:
        style = self.get_component_rich_style(run.level.value)
        if run.selected:
            style += self.screen.get_component_rich_style("screen--selection")
        return style + Style.from_meta({"offset": (run.start - self._rows.start(row), row)})

    def _minimap(self, y: int) -> Segment:
        """The cell at the right edge: where in the whole document evidence lies."""
        rows, height = len(self._rows), max(1, self.size.height)
        scale = max(1.0, rows / height)  # a document that fits is its own map
        band = range(int(y * scale), max(int((y + 1) * scale), int(y * scale) + 1))
        style = self.get_component_rich_style("source--minimap")
        light = self.spotlight
        if light.evidence and self._rows.row(light.evidence.span.start) in band:
            return Segment("┃", style + Style(bold=True))
        if any(self._rows.row(other.span.start) in band for other in light.others):
            return Segment("╎", style)
        if light.found and _between(light.found, self._extent(band)):
            return Segment("·", style)
        return Segment(" ", style)

    def _extent(self, rows: range) -> Span:
        """The characters of the document that stand on ``rows``."""
        last = min(rows.stop, len(self._rows)) - 1
        if rows.start > last:
            return Span(0, 0)
        return Span(self._rows.start(rows.start), self._rows.end(last))

    # --- selecting -------------------------------------------------------------------------

    def _selected(self, row: int) -> Span:
        """The part of ``row`` that the user has selected with the mouse."""
        selection = self.text_selection
        chosen = selection.get_span(row) if selection else None
        if chosen is None:
            return Span(0, 0)
        start, end = self._rows.start(row), self._rows.end(row)
        last = end if chosen[1] < 0 else min(end, start + chosen[1])
        return Span(min(start + chosen[0], last), last)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text exactly as it stands in the document, without numbers and marks."""
        if self.document is None:
            return None
        begin, end = 0, len(self.document.text)
        if selection.start is not None:
            begin = self._offset(selection.start.y, selection.start.x)
        if selection.end is not None:
            end = self._offset(selection.end.y, selection.end.x)
        return self.document.text[begin:end], "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002 - Textual's
        """Draw the new selection."""
        self.refresh()

    def _offset(self, row: int, column: int) -> int:
        row = min(max(0, row), len(self._rows) - 1)
        return min(self._rows.start(row) + column, self._rows.end(row))

    def on_click(self, event: events.Click) -> None:
        """A click on the minimap goes there."""
        if event.x == self._width() - 1:
            target = len(self._rows) * event.y // max(1, self.size.height)
            self.scroll_to(y=max(0, target - self.size.height // 2), animate=False)


def _touches(row: Span, target: Span) -> bool:
    """Whether a row, which may be empty, lies in ``target``."""
    return row.start < target.end and target.start < max(row.end, row.start + 1)


def _between(spans: Sequence[Span], part: Span) -> tuple[Span, ...]:
    """Those of ``spans``, which are in order and apart, that touch ``part``."""
    first = bisect_left(spans, part.start, key=lambda span: span.end)
    last = bisect_left(spans, part.end, key=lambda span: span.start)
    return tuple(spans[first:last])
