"""The line of status at the top, and the line of keys at the bottom."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from index.types import DocumentInfo, IndexStatus
from terminal import phrasing
from terminal.visible import one_line

FAINT = "$foreground 65%"


class StatusBar(Horizontal):
    """Which texts there are, by which model, and what the index is doing."""

    def compose(self) -> ComposeResult:
        """Texts on the left, state on the right."""
        yield Static(Content.styled("Pullquote", "bold"), markup=False, id="bar-title")
        yield Static("opening …", markup=False, id="bar-state")

    def show_texts(self, documents: Sequence[DocumentInfo], status: IndexStatus) -> None:
        """Say which texts there are."""
        parts = [phrasing.count(len(documents), "text")]
        parts += [phrasing.count(status.passages, "passage")] if documents else []
        if status.location != "memory":
            parts.append(one_line(status.location.rstrip("/").rpartition("/")[2]))
        parts += [one_line(documents[0].title)] if len(documents) == 1 else []
        self.query_one("#bar-title", Static).update(
            Content.assemble(("Pullquote  ", "bold"), ("  ·  ".join(parts), FAINT))
        )

    def show_state(self, words: str, *, busy: bool = False) -> None:
        """Say what the index is doing."""
        state = self.query_one("#bar-state", Static)
        state.update(Content(words))
        state.set_class(busy, "-busy")


class HintBar(Static):
    """The few keys that matter now."""

    def show(self, *, writing: bool, evidence: int, covered: bool) -> None:
        """Name the keys for who writes, or for who reads.

        Args:
            writing: whether letters go into the question.
            evidence: how many pieces can be walked through.
            covered: whether the source has taken the place of something.
        """
        if writing:
            keys = [("⏎", "ask"), ("^P", "all"), ("Tab", "read"), ("^O", "add a text")]
            if evidence:
                keys.insert(1, (f"1–{evidence}" if evidence > 1 else "1", "evidence"))
        else:
            keys = [("^P", "all"), ("/", "find"), ("m", "one pane"), ("i", "ask"), ("?", "keys")]
            if evidence:
                keys[:0] = [("n p", "evidence"), ("c", "copy")]
        if covered:
            keys.insert(0, ("Esc", "back"))
        parts: list[str | tuple[str, str]] = []
        for key, what in keys:
            parts += [(key, "bold $text-accent"), (f" {what}   ", FAINT)]
        self.update(Content.assemble(*parts))
