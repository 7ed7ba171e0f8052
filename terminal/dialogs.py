"""What all dialogs share: a frame in the middle, and Escape, which closes it with no result."""

from __future__ import annotations

import re
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

Result = TypeVar("Result")


def key_line(words: str) -> Static:
    """Keys, three blanks apart; where the line is wrapped, each stays with what it does."""
    return Static(re.sub("(?<! ) (?! )", "\N{NO-BREAK SPACE}", words), markup=False, classes="keys")


class Dialog(ModalScreen[Result]):
    """A question to the user; None as a result means that it was not answered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Close", id="dialog.close"),
    ]
    HEADING = ""

    def frame(self) -> Vertical:
        """The container of everything in the dialog."""
        frame = Vertical(classes="dialog")
        frame.border_title = Content(self.HEADING)
        return frame

    def action_cancel(self) -> None:
        """Close without a result."""
        self.dismiss(None)


class Confirm(Dialog[bool]):
    """Asks before something is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "say(True)", "Yes", id="confirm.yes"),
        Binding("n", "say(False)", "No", id="confirm.no"),
    ]

    def __init__(self, question: str, doing: str) -> None:
        super().__init__()
        self.question = question
        self.doing = doing

    def compose(self) -> ComposeResult:
        """The question and two buttons; the harmless one has the focus."""
        with self.frame():
            yield Static(Content(self.question), markup=False)
            with Horizontal(classes="buttons"):
                yield Button(Content("No"), id="no", compact=True)
                yield Button(Content(self.doing), id="yes", variant="warning", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.action_say(event.button.id == "yes")

    def action_say(self, answer: bool) -> None:
        """Answer."""
        self.dismiss(answer)
