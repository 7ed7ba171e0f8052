"""A turn whose text is not there any more: its quotes, as they were kept."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from qa.records import Quote, Record
from terminal import phrasing
from terminal.bars import FAINT
from terminal.visible import one_line

GONE = "The text is not open or has changed; shown as it was kept."


def kept_card(kept: Record) -> Iterator[Static]:
    """The lines of the answer and its numbered quotes."""
    if not kept.evidence:
        yield Static("○ Not in the text.", markup=False, classes="quote")
    for number, quote in enumerate(kept.quotes, start=1):
        yield Static(_quote(number, quote), markup=False, classes="quote")
        yield Static(Content(_beside(quote)), markup=False, classes="place")
    yield Static(Content.styled(GONE, FAINT), markup=False, classes="confidence")


def _quote(number: int, quote: Quote) -> Content:
    before, span, after = map(phrasing.folded, quote.parts)
    return Content.assemble(
        (f"[{number}] ", FAINT),
        before,
        ("‹", "$text-accent"),
        (span, "bold $text-accent"),
        ("›", "$text-accent"),
        after,
    )


def _beside(quote: Quote) -> str:
    said = f" · {one_line(quote.speaker)}" if quote.speaker else ""
    return f"{phrasing.short_name(quote.source, quote.title)}, line {quote.line}{said}"
