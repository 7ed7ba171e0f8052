"""Kept quotes against their texts as they are now: unchanged, moved, or gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from index.problems import SourceProblem
from index.types import Document, Span
from qa.records import Quote, sha256


class State(StrEnum):
    """How a kept quote stands to its text."""

    UNCHANGED = "unchanged"
    """Word for word where it was."""
    MOVED = "moved"
    """Word for word elsewhere in the text, line breaks aside."""
    GONE = "gone"
    """The text is there, the quote is not in it."""
    MISSING = "missing"
    """The text cannot be read."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a quote stands now, in characters of the text as it is."""

    sentence: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a quote."""

    quote: Quote
    state: State
    located: Located | None
    """None if gone or missing."""
    line: int | None
    """The line on which the span starts now, from 1; None if gone or missing."""
    reason: str = ""
    """Why the text is missing."""


def locate(quote: Quote, text: str) -> Located | None:
    """Where the quote stands in ``text``: the sentence with the span, nearest to its old place.

    White space counts as white space, so that a text that was wrapped anew still has the quote;
    all else must agree to the letter. A span without its sentence is not looked for: a name or a
    number stands in many places and would prove nothing.
    """
    if _stands(quote, text):
        return Located(quote.sentence, quote.span)
    found = min(
        _pattern(quote).finditer(text),
        key=lambda match: abs(match.start() - quote.sentence.start),
        default=None,
    )
    if found is None:
        return None
    return Located(Span(*found.span()), Span(*found.span(1)))


def _stands(quote: Quote, text: str) -> bool:
    return quote.sentence.of(text) == quote.sentence_text and quote.span.of(text) == quote.text


def _pattern(quote: Quote) -> re.Pattern[str]:
    """The sentence with the span as its group, white space flexible."""
    before, span, after = map(_flexible, quote.parts)
    return re.compile(f"{before}({span}){after}")


def _flexible(part: str) -> str:
    """A pattern for ``part`` in which runs of white space match each other."""
    return r"\s+".join(re.escape(piece) for piece in re.split(r"\s+", part))


def check(quote: Quote, document: Document) -> Checked:
    """The quote against its document as it is now."""
    located = locate(quote, document.text)
    if located is None:
        return Checked(quote, State.GONE, None, None)
    same = located == Located(quote.sentence, quote.span)
    line = document.text.count("\n", 0, located.span.start) + 1
    return Checked(quote, State.UNCHANGED if same else State.MOVED, located, line)


Find = Callable[[Quote], Document]
"""The document of a quote as it is now; raises SourceProblem when it cannot be read."""


def check_all(quotes: Sequence[Quote], find: Find) -> list[Checked]:
    """What became of each quote, in their order."""
    return [_checked(quote, find) for quote in quotes]


def _checked(quote: Quote, find: Find) -> Checked:
    try:
        document = find(quote)
    except SourceProblem as problem:
        return Checked(quote, State.MISSING, None, None, str(problem))
    return check(quote, document)


def among(documents: Sequence[Document], read: Callable[[str], Document]) -> Find:
    """Finds a quote's document among those given, else reads the file that it came from.

    One of the given is it if it has the same text, the same key or the same file name; when there
    is no file to read, also the first that has the quote, or the only one.
    """
    by_text = {sha256(document.text): document for document in documents}
    by_key = {document.key: document for document in documents}
    by_name = {PurePath(document.key).name: document for document in documents}

    def find(quote: Quote) -> Document:
        name = PurePath(quote.key).name
        given = by_text.get(quote.sha256) or by_key.get(quote.key) or by_name.get(name)
        if given:
            return given
        try:
            return _read_again(quote, read)
        except SourceProblem:
            holding = (document for document in documents if locate(quote, document.text))
            instead = next(holding, documents[0] if len(documents) == 1 else None)
            if instead is None:
                raise
            return instead

    return find


def _read_again(quote: Quote, read: Callable[[str], Document]) -> Document:
    if not PurePath(quote.key).is_absolute():
        raise SourceProblem(
            f"{quote.source!r} is no file that could be read again.", "Name the text to look in."
        )
    return read(quote.key)
