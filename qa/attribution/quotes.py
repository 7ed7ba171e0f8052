"""Where a text quotes directly: pieces in quotation marks, and the chains that belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.types import Span

_BEFORE = r"(?<![^\s(\[{—–\-/“‘'\"])"
"""Nothing, white space, a bracket, a dash or a mark stands before one that opens."""
_STYLES = (
    re.compile(r"„[^„“”]*(?:[“”]|(?P<open>\Z))"),
    re.compile(r"“[^“”]*(?:”|(?=“)|(?P<open>\Z))"),
    re.compile(r"«[^«»]*(?:»|(?P<open>\Z))"),
    re.compile(rf"{_BEFORE}''(?=\S)(?:(?!'').)*(?:''|(?P<open>\Z))", re.DOTALL),
    re.compile(rf"{_BEFORE}\"(?=\S)[^\"]*(?:\"|(?P<open>\Z))"),
    re.compile(rf"{_BEFORE}‘(?=\w)(?:[^‘’]|’\w)*?[,.?!…—]’(?!\w)"),
)
"""One kind of marks each; a mark left open reaches to the end of its block."""
_OPENING = re.compile(r"[“„«\"‘]|''")


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of direct speech with its marks, in characters of the document."""

    span: Span
    open: bool
    """Whether its closing mark is missing: it may go on in the next block."""


def quotes(text: str, block: Span) -> list[Quote]:
    """The quotes of one block, in order, not overlapping."""
    own = block.of(text)
    found: list[Quote] = []
    for style in _STYLES:
        for match in style.finditer(own):
            span = Span(*match.span()).shifted(block.start)
            if not any(span.overlaps(other.span) for other in found):
                found.append(Quote(span, match.groupdict().get("open") is not None))
    return sorted(found, key=lambda quote: quote.span)


def chains(text: str, quoted: Iterable[list[Quote]]) -> list[list[Quote]]:
    """Quotes that are one speech: left open at the end of a block and taken up in the next.

    Args:
        text: of the document.
        quoted: the quotes of each of some neighbouring blocks.
    """
    found: list[list[Quote]] = []
    pending = False
    for of_block in quoted:
        for number, quote in enumerate(of_block):
            if pending and number == 0 and _OPENING.match(text, quote.span.start):
                found[-1].append(quote)
            else:
                found.append([quote])
        pending = bool(of_block) and of_block[-1].open
    return found
