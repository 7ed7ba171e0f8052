"""The panes of the main screen: which are shown, how wide they are, going between them."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.message import Message
from textual.screen import Screen

from terminal.bars import StatusBar
from terminal.conversation import ConversationView
from terminal.divider import Divider
from terminal.question import QuestionBox
from terminal.reading import ReadingPane
from terminal.sizes import NARROWEST, WIDE, WIDEST
from terminal.source import SourceView


class PanedScreen(Screen[None]):
    """Conversation and source; whoever extends it puts them there.

    Its state is in classes: ``-wide``, ``-medium`` and ``-narrow`` for the window, ``-source`` when
    the source has slid in where there is no room for both, ``-only-source`` and
    ``-only-conversation`` when one pane has it all.
    """

    @dataclass
    class Shared(Message):
        """The user has given the conversation this part of the width, in per cent."""

        share: int

    def __init__(self, share: int, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._share = share

    # --- parts -----------------------------------------------------------------------------

    @property
    def conversation(self) -> ConversationView:
        """The left pane."""
        return self.query_one(ConversationView)

    @property
    def reading(self) -> ReadingPane:
        """The right pane."""
        return self.query_one(ReadingPane)

    @property
    def source(self) -> SourceView:
        """The document in the right pane."""
        return self.query_one(SourceView)

    @property
    def box(self) -> QuestionBox:
        """Where questions are written."""
        return self.query_one(QuestionBox)

    @property
    def bar(self) -> StatusBar:
        """The line at the top."""
        return self.query_one(StatusBar)

    @property
    def covered(self) -> bool:
        """Whether the source has slid in over something else."""
        return self.has_class("-source") and not self.has_class("-wide")

    # --- which are shown -------------------------------------------------------------------

    def slide_in(self) -> None:
        """Show the source where there is no room for both."""
        self.add_class("-source")

    def uncover(self) -> bool:
        """Undo what gave one pane all the room; returns whether there was anything to undo."""
        if self.has_class("-only-source") or self.has_class("-only-conversation"):
            self.remove_class("-only-source", "-only-conversation")
            return True
        covered = self.covered
        if covered:
            self.remove_class("-source")
            self.box.focus()
        return covered

    def action_switch(self, step: int) -> None:
        """Go round question, conversation and source; in a narrow window, turn the page."""
        if self.has_class("-wide"):
            self.focus_next() if step > 0 else self.focus_previous()
            return
        self.toggle_class("-source")
        (self.source if self.has_class("-source") else self.box).focus()

    def action_zoom(self) -> None:
        """Give one pane the whole width, or both their parts again."""
        alone = self.has_class("-only-source") or self.has_class("-only-conversation")
        self.remove_class("-only-source", "-only-conversation")
        if not alone:
            left = self.conversation.has_focus
            self.add_class("-only-conversation" if left else "-only-source")

    def page(self, step: int) -> None:
        """Scroll by a page what has the room; the focus stays where questions are written."""
        pane = self.source if self.covered or self.has_class("-only-source") else self.conversation
        (pane.scroll_page_down if step > 0 else pane.scroll_page_up)(animate=False)

    # --- how wide they are -----------------------------------------------------------------

    def action_share(self, change: int) -> None:
        """Make the conversation wider or narrower by ``change`` per cent."""
        self._set_share(self._share + change)

    @on(Divider.Dragged)
    def _dragged(self, event: Divider.Dragged) -> None:
        self._set_share(round(100 * event.column / max(1, self.size.width)))

    def _set_share(self, share: int) -> None:
        self._share = max(NARROWEST, min(WIDEST, share))
        self._lay_out()
        self.post_message(self.Shared(self._share))

    def on_resize(self) -> None:
        """Share the width anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        """Panes beside each other have their shares; else the style sheet decides."""
        wide = self.size.width >= WIDE
        self.conversation.styles.width = f"{self._share}fr" if wide else None
        self.reading.styles.width = f"{100 - self._share}fr" if wide else None
