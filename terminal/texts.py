"""The list of texts: what is indexed, since when, and whether its file has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import DataTable, Static

from index.types import DocumentInfo
from index.watching import OnDisk
from terminal import phrasing
from terminal.dialogs import Confirm, Dialog, key_line
from terminal.tables import FittedTable, Row
from terminal.visible import one_line


@dataclass(frozen=True, slots=True)
class Show:
    """Show this document."""

    key: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Forget these documents."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refresh:
    """Read again what has changed on disk."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Build the whole index anew."""


@dataclass(frozen=True, slots=True)
class Add:
    """Bring a text."""


Wish: TypeAlias = Show | Remove | Refresh | Rebuild | Add


class TextsDialog(Dialog[Wish]):
    """All texts; a key for whatever can be done with them."""

    HEADING = "Texts"
    HELP = """\
**The texts** that are asked, with what they were cut into and when they came. “Changed” and “gone”
tell of their files; the text answers as it was read until it is read again.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "wish_add", "Add a text", id="texts.list.add"),
        Binding("d,delete", "remove", "Remove", id="texts.list.remove"),
        Binding("u", "refresh_changed", "Read changed files again", id="texts.list.refresh"),
        Binding("r", "rebuild", "Rebuild the index", id="texts.list.rebuild"),
    ]

    def __init__(self, documents: Sequence[DocumentInfo], disk: OnDisk | None = None) -> None:
        """``disk`` tells which files are not as they were read."""
        super().__init__()
        self.documents = {info.key: info for info in documents}
        self._disk = disk or OnDisk()

    def compose(self) -> ComposeResult:
        """A row for each text, and the whole of what the row under the cursor has no room for."""
        with self.frame():
            yield FittedTable("Title", "", "Passages", "Added", "File")
            yield Static("", markup=False, id="details")
            yield key_line(
                "⏎ show   a add   d remove   u read changed files   r rebuild   Esc close"
            )

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(FittedTable)
        table.fill([Row(info.key, self._cells(info)) for info in self.documents.values()])
        table.focus()

    def _cells(self, info: DocumentInfo) -> tuple[str, ...]:
        return (
            one_line(info.title),
            self._state(info.key),
            f"{info.passages:,}",
            phrasing.when(info.added),
            phrasing.short_name(info.source, ""),
        )

    def _state(self, key: str) -> str:
        """``changed`` or ``gone`` if the file behind a document is."""
        if key in self._disk.gone:
            return "gone"
        return "changed" if key in self._disk.changed else ""

    def on_data_table_row_highlighted(self) -> None:
        """Tell all of the row under the cursor, if there is one."""
        info = self.documents.get(self.query_one(FittedTable).chosen or "")
        if info:
            counts = f"{info.characters:,} characters · {phrasing.count(info.passages, 'passage')}"
            words = f"{one_line(info.title)}\n{one_line(info.source)} · {counts}"
            self.query_one("#details", Static).update(Content(words))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Show the text of this row."""
        self.dismiss(Show(str(event.row_key.value)))

    def action_wish_add(self) -> None:
        """Bring another text."""
        self.dismiss(Add())

    def action_rebuild(self) -> None:
        """Build the index anew."""
        self.dismiss(Rebuild())

    def action_refresh_changed(self) -> None:
        """Read again what has changed."""
        self.dismiss(Refresh())

    @work
    async def action_remove(self) -> None:
        """Forget the text of this row, once the user has agreed."""
        info = self.documents.get(self.query_one(FittedTable).chosen or "")
        if info is None:
            return
        words = f"Remove “{one_line(info.title)}”, {phrasing.count(info.passages, 'passage')}? "
        if await self.app.push_screen_wait(Confirm(words + "The file stays.", "Remove")):
            self.dismiss(Remove((info.key,)))
