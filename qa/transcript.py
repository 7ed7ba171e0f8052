"""Kept turns as plain text, safe to write to a terminal."""

from __future__ import annotations

import re

from qa.export_markdown import remarks, where
from qa.records import Quote, Record
from qa.render import CLOSE, OPEN, clean, one_line, verdict_line


def turn(number: int, kept: Record) -> str:
    """Question, answer, verdict and the numbered sentences; ends with a line break."""
    lines = [f"{number}. {one_line(kept.question)}", *remarks(kept)]
    if kept.text is not None:
        lines.append(one_line(kept.text))
    lines.append(verdict_line(kept))
    for at, quote in enumerate(kept.quotes, start=1):
        lines += [f"[{at}] {_marked(quote)}", f"    {where(quote)}"]
    return "\n".join(lines) + "\n"


def _marked(quote: Quote) -> str:
    before, span, after = (re.sub(r"\s+", " ", clean(part)) for part in quote.parts)
    return f"{before}{OPEN}{span}{CLOSE}{after}"
