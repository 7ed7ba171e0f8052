"""Help: what the focused part does, and every key, read from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Markdown

from terminal.dialogs import Dialog, key_line
from terminal.keys import key_name

INTRODUCTION = """\
Ask your texts a question; the answer is a quote from them, shown in its place.
**▌** marks the passage, the underlined sentence holds the answer, **‹ ›** stand around it.
If the texts do not tell, you are told so, and what came nearest.
"""


class HelpDialog(Dialog[None]):
    """Words about one part, and the keys that work."""

    HEADING = "Help"

    def __init__(self, words: str, bindings: Iterable[Binding]) -> None:
        super().__init__()
        self.words = words
        described = [binding for binding in bindings if binding.description]
        self.bindings = sorted(described, key=lambda binding: binding.id is None)
        """Those of the app first, then what any editor or list of Textual has."""

    def compose(self) -> ComposeResult:
        """The words above, the keys below."""
        with self.frame():
            with VerticalScroll():
                yield Markdown(self.words)
                table: DataTable[Text] = DataTable(cursor_type="none", show_header=False)
                table.can_focus = False
                yield table
            yield key_line("↑↓ scroll   Esc close")

    def on_mount(self) -> None:
        """Fill the table, one row for each thing that can be done."""
        table = self.query_one(DataTable)
        table.add_columns("keys", "what")
        rows: dict[str, list[str]] = {}
        for binding in self.bindings:
            names = map(key_name, binding.key.split(","))
            rows.setdefault(binding.description, []).extend(names)
        for what, keys in rows.items():
            table.add_row(Text("  ".join(keys), style="bold"), Text(what))
        self.query_one(VerticalScroll).focus()
