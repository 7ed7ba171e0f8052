"""Paragraphs, headings and the small print between them; found by their looks, kept in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from index.block_kinds import kinds
from index.types import Block, Span


def blocks(text: str) -> list[Block]:
    """The blocks of ``text`` in order; every character that is not white space is in one.

    A blank line ends a block. Within a group of lines each line is a block, unless the lines are
    hard-wrapped: then those that were wrapped are joined. A fenced code block is one block.
    """
    groups = list(_groups(text))
    width = _wrap_width(text, groups)
    spans = [span for group in groups for span in _blocks_of(text, group, width)]
    found = kinds([span.of(text) for span in spans])
    return [Block(kind, span) for kind, span in zip(found, spans, strict=True)]


class _Line(NamedTuple):
    """A line that is not blank, without the white space around it."""

    start: int
    end: int
    indent: int

    @property
    def length(self) -> int:
        return self.end - self.start


class _Group(NamedTuple):
    """Lines without a blank one between them."""

    lines: list[_Line]
    fenced: bool


_FENCE = re.compile(r"```|~~~")
_MARKER = re.compile(
    r"(?:[-*+•‣▪–—>|]|\d{1,3}[.)]|[a-zA-Z][.)]|\([a-z0-9]{1,3}\)|#{1,6})[ \t]+\S|\|"
)
_UNDERLINE = re.compile(r"(?:=+|-{3,}|~{3,})\Z")
_WIDTHS = range(30, 111)
"""Characters a line of hard-wrapped prose may have."""
_MOSTLY = 0.6
"""Share of line ends at which the next word had no room, from which a text counts as wrapped."""
_RAGGED = 12
"""Characters by which a wrapped line may fall short of the room that the next word needed."""


def _groups(text: str) -> Iterator[_Group]:
    lines: list[_Line] = []
    fence = ""
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        start = at + len(line) - len(line.lstrip()) if body else at
        at += len(line)
        mark = _FENCE.match(body)
        if mark and not fence:
            if lines:
                yield _Group(lines, fenced=False)
            lines, fence = [_Line(start, start + len(body), 0)], mark.group()
        elif fence and body:
            lines.append(_Line(start, start + len(body), 0))
            if body.startswith(fence):
                yield _Group(lines, fenced=True)
                lines, fence = [], ""
        elif body:
            lines.append(_Line(start, start + len(body), start - (at - len(line))))
        elif lines and not fence:
            yield _Group(lines, fenced=False)
            lines = []
    if lines:
        yield _Group(lines, bool(fence))


def _wrap_width(text: str, groups: list[_Group]) -> int:
    """The width at which the text was hard-wrapped, or 0 if it was not."""
    several = [group.lines for group in groups if len(group.lines) > 1 and not group.fenced]
    lengths = sorted(line.length for lines in several for line in lines)
    if not lengths or (width := lengths[len(lengths) * 95 // 100]) not in _WIDTHS:
        return 0
    joints = [_room(text, a, b) for lines in several for a, b in pairwise(lines)]
    full = sum(room > width for room in joints)
    return width if full >= _MOSTLY * len(joints) else 0


def _room(text: str, line: _Line, following: _Line) -> int:
    """Characters that the line would need to take up the first word of the next."""
    word = text[following.start : following.end].split(maxsplit=1)[0]
    return line.length + 1 + len(word)


def _blocks_of(text: str, group: _Group, width: int) -> Iterator[Span]:
    """The group whole if it is code, else its lines, those joined that belong together."""
    first = last = group.lines[0]
    for line in group.lines[1:]:
        if not group.fenced and not _goes_on(text, first, last, line, width):
            yield Span(first.start, last.end)
            first = line
        last = line
    yield Span(first.start, last.end)


def _goes_on(text: str, first: _Line, last: _Line, line: _Line, width: int) -> bool:
    """Whether ``line`` belongs to the block that runs from line ``first`` to line ``last``."""
    if _UNDERLINE.match(text, line.start, line.end):
        return first is last and abs(line.length - last.length) <= max(3, last.length // 2)
    if _MARKER.match(text, line.start, line.end) or _UNDERLINE.match(text, last.start, last.end):
        return False
    listed = _MARKER.match(text, first.start, first.end) is not None
    if listed:
        return line.indent > first.indent or bool(width)
    new_paragraph = line.indent >= last.indent + 2
    return bool(width) and not new_paragraph and _room(text, last, line) > width - _RAGGED
