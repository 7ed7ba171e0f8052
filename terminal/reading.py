"""The right pane: the source, and the bar to find in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from index.types import Document, Span
from qa.types import Evidence
from terminal.finding import FindBar, matches
from terminal.source import SourceView, Spotlight
from terminal.visible import one_line


class ReadingPane(Vertical):
    """A document with its title above and its place below."""

    def compose(self) -> ComposeResult:
        """The text, and under it the search, which is hidden at first."""
        yield SourceView(id="source")
        bar = FindBar(id="find")
        bar.display = False
        yield bar

    @property
    def source(self) -> SourceView:
        """The text."""
        return self.query_one(SourceView)

    def show(self, document: Document) -> None:
        """Show a text from its beginning."""
        self._show(document, Spotlight())

    def show_evidence(self, chosen: Evidence, evidence: Sequence[Evidence]) -> None:
        """Highlight ``chosen``, and mark the rest of the evidence in its document."""
        others = tuple(
            item
            for item in evidence
            if item is not chosen and item.document.key == chosen.document.key
        )
        self._show(chosen.document, Spotlight(chosen, others))

    def replace(self, document: Document) -> None:
        """Show the text as it is now, from where the view stands; its old highlights go."""
        shown = self.source.document
        if shown is None or shown.text != document.text:
            self.source.replace(document)
            self._entitle(document)

    def clear(self) -> None:
        """Show no text."""
        self.source.document = None
        self.source.spotlight = Spotlight()
        self.border_title = ""

    def find(self) -> None:
        """Let the user look for a phrase."""
        if self.source.document is not None:
            self.query_one(FindBar).open()

    def _show(self, document: Document, spotlight: Spotlight) -> None:
        self.query_one(FindBar).display = False
        self.source.show(document, spotlight)
        self._entitle(document)

    def _entitle(self, document: Document) -> None:
        self.border_title = Content(one_line(document.title))

    @on(SourceView.Moved)
    def _moved(self) -> None:
        first, last, lines = self.source.lines_in_view()
        self.border_subtitle = f"{first:,}–{last:,} / {lines:,}" if self.source.document else ""

    # --- find ------------------------------------------------------------------------------

    @on(FindBar.Sought)
    def _sought(self, event: FindBar.Sought) -> None:
        """Mark every match, and go to the first one from where the view stands."""
        document = self.source.document
        found = matches(document.text, event.phrase) if document else ()
        here = self.source.offset_in_view()
        first = next((place for place, span in enumerate(found) if span.start >= here), 0)
        self._mark(found, first)

    @on(FindBar.Stepped)
    def _stepped(self, event: FindBar.Stepped) -> None:
        light = self.source.spotlight
        if light.found:
            place = light.found.index(light.current) if light.current else 0
            self._mark(light.found, (place + event.step) % len(light.found))

    @on(FindBar.Closed)
    def _find_closed(self) -> None:
        self.source.spotlight = replace(self.source.spotlight, found=(), current=None)
        self.source.focus()

    def _mark(self, found: tuple[Span, ...], place: int) -> None:
        current = found[place] if found else None
        self.source.spotlight = replace(self.source.spotlight, found=found, current=current)
        self.query_one(FindBar).show_count(place + 1, len(found))
        if current:
            self.source.reveal(current)
