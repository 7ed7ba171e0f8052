"""What stands in the conversation before the first question."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from terminal import phrasing
from terminal.visible import one_line

_EMPTY = (
    ("Ask a text, get its own words.\n\n", "bold"),
    "Bring a text in one of three ways:\n\n",
    ("  Ctrl+O  ", "bold $text-accent"),
    "choose a file or folder\n",
    ("  Ctrl+V  ", "bold $text-accent"),
    "paste a path, or drop a file on this window\n",
    ("  shell   ", "bold $text-accent"),
    "pullquote ARTICLE.txt …\n\n",
    "No text at hand? ",
    ("1", "bold $text-accent"),
    " opens a sample article.\n",
)


class Welcome(Vertical):
    """First steps: how to bring a text, then what to ask it."""

    def __init__(self) -> None:
        super().__init__()
        self._words = Content("")

    def compose(self) -> ComposeResult:
        """One text that changes with what there is."""
        yield Static(self._words, markup=False, id="welcome-text")

    def opening(self) -> None:
        """The texts are being read."""
        self._show(Content("Reading …"))

    def empty(self) -> None:
        """There is no text yet."""
        self._show(Content.assemble(*_EMPTY))

    def ready(self, texts: int, questions: Sequence[str] = ()) -> None:
        """There are texts; ``questions`` are some that they answer."""
        these = "this text" if texts == 1 else f"these {phrasing.count(texts, 'text')}"
        parts: list[str | tuple[str, str]] = [
            (f"Ask {these} a question.\n\n", "bold"),
            "The answer is a quote, highlighted in its place; if the text does not tell, "
            "you are told so.\n",
        ]
        if questions:
            parts.append("\nPress a number, or write your own:\n\n")
        for number, question in enumerate(questions, 1):
            parts += [(f"  {number}  ", "bold $text-accent"), f"{one_line(question)}\n"]
        self._show(Content.assemble(*parts))

    def _show(self, content: Content) -> None:
        self._words = content
        for text in self.query("#welcome-text").results(Static):
            text.update(content)
