"""The dialog that brings a text: a path with completion, a tree of files, or pasted text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import (
    DirectoryTree,
    Input,
    Static,
    TabbedContent,
    TabPane,
    TextArea,
)

from index.types import Document
from terminal.dialogs import Dialog, key_line
from terminal.in_order import InOrder
from terminal.operations import Source
from terminal.paths import PathSuggester, completion, known
from terminal.visible import one_line

TITLE = 80
"""Characters of a pasted text's first line that make its title."""


SHOWN = 200
"""Characters that are told of a path that is none."""


class TextTree(DirectoryTree):
    """Files and folders, without the hidden ones; ``file`` icons differ per terminal, so none."""

    ICON_FILE = ""
    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """What a person would look for."""
        return [path for path in paths if not path.name.startswith(".")]


class PathInput(InOrder, Input):
    """A path; Tab takes the completion, or moves on if there is none."""

    async def action_complete(self) -> None:
        """Take the completion, or go to the next field."""
        completed = completion(self.value)  # what is shown may still be that of fewer letters
        if completed and completed != self.value:
            self.value = completed
            self.cursor_position = len(completed)
        else:
            self.screen.focus_next()

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", id="path.complete", show=False)
    ]


class AddDialog(Dialog[Sequence[Source]]):
    """Which text to add."""

    HEADING = "Add a text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "add_pasted", "Add the pasted text", id="add.pasted"),
        Binding("f2", "turn", "File or paste", id="add.turn"),
    ]

    def __init__(self, folder: Path, pasted: str = "") -> None:
        super().__init__()
        self._folder = folder
        self._pasted = pasted

    def compose(self) -> ComposeResult:
        """Two ways, a tab each; one line says what went wrong."""
        with self.frame():
            with TabbedContent(initial="paste" if self._pasted else "file", id="ways"):
                with TabPane("File or folder", id="file"):
                    yield PathInput(
                        placeholder="path of a file or folder, Tab completes",
                        suggester=PathSuggester(),
                        id="path",
                    )
                    yield TextTree(self._folder, id="tree")
                with TabPane("Paste", id="paste"):
                    yield TextArea(self._pasted, id="pasted", placeholder="Paste a text here")
            yield Static("", markup=False, id="trouble")
            yield key_line(
                "⏎ add   ↑↓ choose   F2 file or paste   ^S add the pasted text   Esc close"
            )

    def on_mount(self) -> None:
        """Begin where the user is most likely to go on."""
        self.query_one("#pasted" if self._pasted else "#path").focus()

    def action_turn(self) -> None:
        """Go to the other way."""
        ways = self.query_one(TabbedContent)
        ways.active = "file" if ways.active == "paste" else "paste"
        self.query_one("#path" if ways.active == "file" else "#pasted").focus()

    @on(Input.Submitted, "#path")
    def _path_given(self, event: Input.Submitted) -> None:
        written = event.value.strip()
        path = known(written)
        if not written:
            self._complain("Write the path of a file or folder, or choose one below.")
        elif path is None:
            self._complain(
                f"There is no {one_line(written[:SHOWN])}. Check the path; Tab completes it."
            )
        else:
            self.dismiss([path])

    @on(DirectoryTree.FileSelected)
    def _file_chosen(self, event: DirectoryTree.FileSelected) -> None:
        self.dismiss([event.path])

    @on(Input.Changed, "#path")
    def _path_changed(self) -> None:
        self._complain("")

    def action_add_pasted(self) -> None:
        """Add what stands in the second tab."""
        text = self.query_one("#pasted", TextArea).text
        if text.strip():
            self.dismiss([pasted_document(text)])
        else:
            self._complain("There is no pasted text yet.")

    def _complain(self, trouble: str) -> None:
        self.query_one("#trouble", Static).update(Content(trouble))


def pasted_document(text: str) -> Document:
    """A pasted text as a document; the same text pasted twice is one document."""
    first = next(line.strip() for line in text.splitlines() if line.strip())
    title = first if len(first) <= TITLE else first[: TITLE - 1].rstrip() + "…"
    key = f"pasted:{sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return Document(key=key, title=title, text=text, source="pasted text")
