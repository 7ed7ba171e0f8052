"""The line between the panes; dragging it makes one wider and the other narrower."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widget import Widget


class Divider(Widget):
    """One column wide."""

    @dataclass
    class Dragged(Message):
        """The user has moved the line to this column of the screen."""

        column: int

    def render(self) -> str:
        """Nothing: its colour shows it while the mouse is on it."""
        return ""

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Follow the mouse from here."""
        self.capture_mouse()
        event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Stay where it is."""
        self.release_mouse()
        event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Ask for the new place."""
        if self.app.mouse_captured is self:
            self.post_message(self.Dragged(int(event.screen_x)))
