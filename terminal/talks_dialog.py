"""Dialogs about conversations: the list of those that are kept, and where to export one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Input, Static

from index.problems import Problem
from qa.conversations import ConversationInfo
from terminal import phrasing
from terminal.dialogs import Confirm, Dialog
from terminal.talks import Talks
from terminal.visible import one_line


class TalksDialog(Dialog[int]):
    """All kept conversations; the result is the one to go on with."""

    HEADING = "Conversations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "rename", "Rename", id="conversation.rename"),
        Binding("d,delete", "delete", "Delete", id="conversation.delete"),
    ]

    def __init__(self, kept: Sequence[ConversationInfo], talks: Talks) -> None:
        super().__init__()
        self.kept = list(kept)
        self._talks = talks

    def compose(self) -> ComposeResult:
        """A row for each conversation."""
        with self.frame():
            table: DataTable[Text] = DataTable(cursor_type="row", zebra_stripes=False)
            yield table
            yield Static(
                "⏎ go on with it   r rename   d delete   Esc close", markup=False, classes="keys"
            )

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns("Last asked (UTC)", "Turns", "Title")
        for info in self.kept:
            cells = (info.changed[:16].replace("T", " "), f"{info.turns:,}", one_line(info.title))
            table.add_row(*(Text(cell, no_wrap=True) for cell in cells), key=str(info.id))
        table.focus()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Go on with the conversation of this row."""
        self.dismiss(int(str(event.row_key.value)))

    @work
    async def action_rename(self) -> None:
        """Give the conversation of this row another title."""
        if not self.kept:
            return
        table = self.query_one(DataTable)
        row = table.cursor_row
        info = self.kept[row]
        title = await self.app.push_screen_wait(RenameDialog(one_line(info.title)))
        if not title:
            return
        try:
            self._talks.rename(info.id, title)
        except Problem as problem:
            self._say(problem)
            return
        self.kept[row] = replace(info, title=title)
        table.update_cell_at(Coordinate(row, 2), Text(one_line(title), no_wrap=True))

    @work
    async def action_delete(self) -> None:
        """Forget the conversation of this row, once the user has agreed."""
        table = self.query_one(DataTable)
        if not self.kept:
            return
        row = table.cursor_row
        info = self.kept[row]
        words = f"Delete “{one_line(info.title)}”, {phrasing.count(info.turns, 'turn')}?"
        if not await self.app.push_screen_wait(Confirm(words, "Delete")):
            return
        try:
            self._talks.delete(info.id)
        except Problem as problem:
            self._say(problem)
            return
        del self.kept[row]
        table.remove_row(str(info.id))

    def _say(self, problem: Problem) -> None:
        self.notify(problem.remedy, title=problem.summary, severity="warning", markup=False)


class RenameDialog(Dialog[str]):
    """Asks for a title."""

    HEADING = "Rename the conversation"

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """A line for the title."""
        with self.frame():
            yield Input(self._title, id="path")
            yield Static("⏎ rename   Esc close", markup=False, classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        self.dismiss(event.value.strip())


class ExportDialog(Dialog[str]):
    """Asks where to; stays open until it is written. The result is the path."""

    HEADING = "Export the conversation"
    HELP = "Write a path that ends with .md, .html or .json; Enter writes the file."

    def __init__(self, save: Callable[[Path], None]) -> None:
        super().__init__()
        self._save = save

    def compose(self) -> ComposeResult:
        """A line for the path."""
        with self.frame():
            yield Static("To a file: .md and .html are for reading, .json is for programs.")
            yield Input("conversation.md", id="path", select_on_focus=False)
            yield Static("", markup=False, id="trouble")
            yield Static("⏎ write   Esc close", markup=False, classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write it, or say why it cannot be written."""
        try:
            self._save(Path(event.value.strip()).expanduser())
        except Problem as problem:
            self.query_one("#trouble", Static).update(Content(one_line(str(problem))))
            return
        except (RuntimeError, ValueError, OSError) as error:  # such as ~nobody, or a null character
            self.query_one("#trouble", Static).update(
                Content(f"This is no path: {one_line(str(error))}.")
            )
            return
        self.dismiss(event.value.strip())
