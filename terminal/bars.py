"""The line of status at the top, and the line of keys at the bottom: what fits, whole or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from index.types import DocumentInfo, IndexStatus
from terminal import phrasing
from terminal.visible import one_line

FAINT = "$foreground 65%"
NAME = "Pullquote"


class Facts(Widget):
    """The app's name and what is to be said, the most important first; whole facts that fit."""

    facts: reactive[tuple[str, ...]] = reactive(())

    def render(self) -> RenderResult:
        """As many facts as there is room for."""
        room = self.size.width - len(NAME)
        said = ""
        for fact in self.facts:
            longer = f"{said}  ·  {fact}" if said else f"  {fact}"
            if cell_len(longer) > room:
                break
            said = longer
        return Content.assemble((NAME, "bold"), (said, FAINT))


class StatusBar(Horizontal):
    """Which texts there are, by which model, and what the index is doing."""

    def compose(self) -> ComposeResult:
        """Texts on the left, state on the right."""
        yield Facts(id="bar-title")
        yield Static("", markup=False, id="bar-disk")
        yield Static("opening …", markup=False, id="bar-state")

    def show_texts(self, documents: Sequence[DocumentInfo], status: IndexStatus) -> None:
        """Say which texts there are."""
        facts = tuple(_facts(documents, status))
        self.query_one(Facts).facts = facts
        self.tooltip = Content("\n".join(facts))

    def show_disk(self, words: str) -> None:
        """Say which files are not as they were read."""
        disk = self.query_one("#bar-disk", Static)
        if words != str(disk.content):  # the whole window is laid out anew for other words
            disk.update(Content(words))

    def show_state(self, words: str, *, busy: bool = False) -> None:
        """Say what the index is doing."""
        state = self.query_one("#bar-state", Static)
        state.update(Content(words))
        state.set_class(busy, "-busy")


def _facts(documents: Sequence[DocumentInfo], status: IndexStatus) -> Iterator[str]:
    yield phrasing.count(len(documents), "text")
    if documents:
        yield phrasing.count(status.passages, "passage")
    if status.location != "memory":
        yield one_line(phrasing.last_part(status.location))
    yield f"model {one_line(phrasing.last_part(status.embedder))}"
    if len(documents) == 1:
        yield one_line(documents[0].title)


class HintBar(Widget):
    """The few keys that matter now, the most important first; those that fit."""

    keys: reactive[tuple[tuple[str, str], ...]] = reactive(())

    def show(self, *, writing: bool, evidence: int, covered: bool) -> None:
        """Name the keys for who writes, or for who reads.

        Args:
            writing: whether letters go into the question.
            evidence: how many pieces can be walked through.
            covered: whether the source has taken the place of something.
        """
        if writing:
            keys = [("⏎", "ask"), ("^P", "all"), ("Tab", "read"), ("^O", "add a text")]
            keys += [("F1", "help")]
            if evidence:
                keys.insert(1, (f"1–{evidence}" if evidence > 1 else "1", "evidence"))
        else:
            keys = [("i", "ask"), ("^P", "all"), ("/", "find"), ("m", "one pane"), ("?", "keys")]
            if evidence:
                keys[:0] = [("n p", "evidence"), ("c", "copy")]
        if covered:
            keys.insert(0, ("Esc", "back"))
        self.keys = tuple(keys)

    def render(self) -> RenderResult:
        """Keys and what they do."""
        parts: list[str | tuple[str, str]] = []
        room = self.size.width
        for key, what in self.keys:
            room -= len(f"{key} {what}   ")
            if room < -3:
                break
            parts += [(key, "bold $text-accent"), (f" {what}   ", FAINT)]
        return Content.assemble(*parts)
