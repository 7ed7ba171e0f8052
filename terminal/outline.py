"""The headings of a document, to go to."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList

from index.types import BlockKind, Document, Span
from terminal.dialogs import Dialog, key_line
from terminal.visible import one_line


def headings(document: Document) -> list[Span]:
    """Where the headings of ``document`` stand, in order."""
    return [block.span for block in document.blocks if block.kind is BlockKind.HEADING]


class OutlineDialog(Dialog[Span]):
    """All headings; the chosen one is gone to."""

    HEADING = "Headings"

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.headings = headings(document)

    def compose(self) -> ComposeResult:
        """One line for each heading."""
        with self.frame():
            yield OptionList(
                *(Content(one_line(span.of(self.document.text))) for span in self.headings),
                markup=False,
                compact=True,
            )
            yield key_line("⏎ go there   Esc close")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to this heading."""
        self.dismiss(self.headings[event.option_index])
