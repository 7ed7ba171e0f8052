"""The line where questions are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from terminal.in_order import InOrder
from terminal.paths import dropped

LONGEST = 2_000
"""Characters, as many as the assistant takes; longer is a text pasted into the wrong place."""


class QuestionBox(InOrder, TextArea):
    """Enter asks; Shift+Enter or Ctrl+J breaks the line; ↑ and ↓ bring earlier questions back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+enter,ctrl+j", "newline", "New line", id="question.newline", show=False),
        Binding("pageup", "page(-1)", "Scroll up", id="question.page_up", show=False),
        Binding("pagedown", "page(1)", "Scroll down", id="question.page_down", show=False),
    ]

    HELP = """\
**Ask.** Write a question and press **Enter**. The answer is a quote from your texts, or
“not in the text”.

**↑ ↓** earlier questions · **Shift+Enter** or **Ctrl+J** a new line · **Esc** gives up a
question that is being answered, or goes to the conversation · **PgUp PgDn** scroll. With nothing
written, **1–9** show
that piece of evidence in its place, and **?** lists all keys.
"""

    @dataclass
    class Asked(Message):
        """The user has asked."""

        question: str

    @dataclass
    class Jumped(Message):
        """With nothing written, the user pressed the number of a piece of evidence."""

        number: int

    @dataclass
    class Wondered(Message):
        """With nothing written, the user pressed ``?``."""

    @dataclass
    class Paged(Message):
        """The user wants to see what stands further up (-1) or down (1)."""

        step: int

    @dataclass
    class Dropped(Message):
        """Files were dropped on the window, or their paths pasted."""

        paths: list[Path]

    def __init__(self, earlier: Sequence[str] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            id=id,
            soft_wrap=True,
            compact=True,
            highlight_cursor_line=False,
            placeholder="Ask about these texts",
            tab_behavior="focus",
        )
        self.earlier = list(earlier)
        self._place = len(self.earlier)
        self._draft = ""

    def action_newline(self) -> None:
        """Break the line."""
        self.insert("\n")

    def action_page(self, step: int) -> None:
        """Scroll what is above; what is written here is never a page long."""
        self.post_message(self.Paged(step))

    def put(self, text: str) -> None:
        """Replace what is written, the cursor behind it."""
        self.text = text
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        if self.screen.focused is not self:
            return
        if event.key == "enter":
            self._ask()
        elif not self.text and (event.character or "") in set("123456789"):
            self.post_message(self.Jumped(int(event.character or 0)))
        elif not self.text and event.character == "?":
            self.post_message(self.Wondered())
        elif event.key == "up" and self.cursor_location[0] == 0:
            self._recall(-1)
        elif event.key == "down" and self.cursor_location[0] == self.document.line_count - 1:
            self._recall(+1)
        else:
            return
        event.stop()
        event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        """Paths of files that exist are texts to add; everything else is pasted as it is."""
        paths = dropped(event.text)
        if paths:
            event.stop()
            event.prevent_default()
            self.post_message(self.Dropped(paths))

    def _ask(self) -> None:
        question = self.text.strip()
        if not question:
            return
        if len(question) > LONGEST:
            self.notify(
                f"A question can have up to {LONGEST:,} characters; this has {len(question):,}. "
                "To read a long text, add it with Ctrl+O.",
                title="Too long for a question",
                severity="warning",
                markup=False,
            )
            return
        if question not in self.earlier[-1:]:
            self.earlier.append(question)
        self._place, self._draft = len(self.earlier), ""
        self.text = ""
        self.post_message(self.Asked(question))

    def _recall(self, step: int) -> None:
        """Go ``step`` back or on in the questions asked before; the draft is kept."""
        place = self._place + step
        if not 0 <= place <= len(self.earlier):
            return
        if self._place == len(self.earlier):
            self._draft = self.text
        self._place = place
        self.put(self.earlier[place] if place < len(self.earlier) else self._draft)
