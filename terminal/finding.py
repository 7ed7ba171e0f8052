"""Find in the document: where a phrase stands, and the bar that asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from index.types import Span
from terminal.in_order import InOrder

MOST = 10_000
"""Matches that are looked for; more tell nobody anything."""


def matches(text: str, phrase: str) -> tuple[Span, ...]:
    """Where ``phrase`` stands in ``text``; letter case and the kind of white space do not count."""
    words = phrase.split()
    if not words:
        return ()
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words), re.IGNORECASE)
    return tuple(Span(*found.span()) for found in islice(pattern.finditer(text), MOST))


class PhraseInput(InOrder, Input):
    """The phrase."""


class FindBar(Horizontal):
    """A phrase to look for, and how many times it is there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+g", "step(1)", "Next match", show=False),
        Binding("up,shift+enter", "step(-1)", "Previous match", show=False),
        Binding("escape", "close", "Close the search", show=False),
    ]

    @dataclass
    class Sought(Message):
        """The phrase has changed."""

        phrase: str

    @dataclass
    class Stepped(Message):
        """The user wants the next match, or the previous one."""

        step: int

    @dataclass
    class Closed(Message):
        """The user has found what there was to find."""

    def compose(self) -> ComposeResult:
        """The phrase on the left, the count on the right."""
        yield PhraseInput(placeholder="Find in this text", compact=True, id="find-input")
        yield Static("", markup=False, id="find-count")

    def open(self) -> None:
        """Let the user write a phrase."""
        self.display = True
        self.query_one(Input).focus()

    def show_count(self, place: int, many: int) -> None:
        """Say which match of how many is shown; ``place`` counts from 1."""
        words = f"{place:,} of {many:,}" if many else "not found"
        written = bool(self.query_one(Input).value.strip())
        self.query_one("#find-count", Static).update(Content(words if written else ""))

    def action_step(self, step: int) -> None:
        """Ask for another match."""
        self.post_message(self.Stepped(step))

    def action_close(self) -> None:
        """Go away."""
        self.display = False
        self.post_message(self.Closed())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Sought(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_step(1)
