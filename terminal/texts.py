"""The list of texts: what is indexed, since when, and whether its file has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, TypeAlias

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from index.types import DocumentInfo
from terminal import phrasing
from terminal.dialogs import Confirm, Dialog
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
    """Read these files again."""

    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Build the whole index anew."""


@dataclass(frozen=True, slots=True)
class Add:
    """Bring a text."""


Wish: TypeAlias = Show | Remove | Refresh | Rebuild | Add


def state(info: DocumentInfo) -> str:
    """``changed`` or ``gone`` if the file behind a document is; empty if not, or if it has none.

    A file counts as changed when it was written after it was indexed; reading it again costs
    nothing if its text turns out to be the same.
    """
    path = Path(info.key)
    if not path.is_absolute():
        return ""
    try:
        written = path.stat().st_mtime
    except FileNotFoundError:
        return "gone"
    except OSError:
        return ""
    try:
        return "changed" if written > datetime.fromisoformat(info.added).timestamp() else ""
    except ValueError:
        return ""


class TextsDialog(Dialog[Wish]):
    """All texts; a key for whatever can be done with them."""

    HEADING = "Texts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "wish_add", "Add a text", id="texts.list.add"),
        Binding("d,delete", "remove", "Remove", id="texts.list.remove"),
        Binding("u", "refresh_changed", "Read changed files again", id="texts.list.refresh"),
        Binding("r", "rebuild", "Rebuild the index", id="texts.list.rebuild"),
    ]

    def __init__(self, documents: Sequence[DocumentInfo]) -> None:
        super().__init__()
        self.documents = documents

    def compose(self) -> ComposeResult:
        """A row for each text."""
        with self.frame():
            table: DataTable[Text] = DataTable(cursor_type="row", zebra_stripes=False)
            yield table
            yield Static(
                "⏎ show   a add   d remove   u read changed files again   r rebuild   Esc close",
                markup=False,
                classes="keys",
            )

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns("Title", "Passages", "Added", "File", "")
        for info in self.documents:
            cells = (
                one_line(info.title),
                f"{info.passages:,}",
                info.added[:16].replace("T", " "),
                one_line(info.source),
                state(info),
            )
            table.add_row(*(Text(cell, no_wrap=True) for cell in cells), key=info.key)
        table.focus()

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
        """Read again what has changed, and say so if nothing has."""
        changed = tuple(info.key for info in self.documents if state(info) == "changed")
        if changed:
            self.dismiss(Refresh(changed))
        else:
            self.notify("No file has changed since it was read.", markup=False)

    @work
    async def action_remove(self) -> None:
        """Forget the text of this row, once the user has agreed."""
        if not self.documents:
            return
        info = self.documents[self.query_one(DataTable).cursor_row]
        words = f"Remove “{one_line(info.title)}”, {phrasing.count(info.passages, 'passage')}? "
        if await self.app.push_screen_wait(Confirm(words + "The file stays.", "Remove")):
            self.dismiss(Remove((info.key,)))
