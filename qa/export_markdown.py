"""A conversation as Markdown, in which nothing quoted is Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from qa.records import Quote, Record
from qa.render import escaped, one_line, restriction_line, verdict_line


def markdown(title: str, began: str, records: Sequence[Record]) -> str:
    """A section for each turn, its sentences numbered, their spans in bold."""
    sections = [f"# {escaped(title).strip()}", f"*{escaped(began)}*"]
    for number, kept in enumerate(records, start=1):
        sections += _turn(number, kept)
    return "\n\n".join(sections) + "\n"


def _turn(number: int, kept: Record) -> list[str]:
    """The paragraphs of a turn."""
    found = [f"## {number}. {escaped(kept.question).strip()}", *map(escaped, remarks(kept))]
    if kept.text is not None:
        found.append(f"> {escaped(kept.text)}")
    found.append(verdict_line(kept))
    if kept.quotes:
        found.append("\n".join(f"{n}. {_piece(quote)}" for n, quote in enumerate(kept.quotes, 1)))
    return found


def _piece(quote: Quote) -> str:
    before, span, after = map(escaped, quote.parts)
    return f"{before}**{span}**{after}  \n   {escaped(where(quote))}"


def remarks(kept: Record) -> list[str]:
    """How the question was understood and to what it was restricted, where that needs saying."""
    understood = one_line(kept.understood)
    changed = f"Understood as: {understood}" if understood != one_line(kept.question) else ""
    return [line for line in (changed, restriction_line(kept)) if line]


def where(quote: Quote) -> str:
    """Title, file, line, characters of the span, the score, and the speaker if known."""
    said = f" · said by {one_line(quote.speaker)}" if quote.speaker else ""
    place = f"{one_line(quote.title)} · {one_line(quote.source)}:{quote.line}"
    span = f"characters {quote.span.start}–{quote.span.end}"
    return f"{place}, {span} · {quote.score:.2f}{said}"
