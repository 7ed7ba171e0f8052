"""PDF: pdfium's lines put together to paragraphs by where they stand on the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from index.problems import SourceProblem
from index.sources.content import Content, damaged, extra
from index.sources.dates import day

_GAP = 1.35
"""Times the usual distance between lines from which a new paragraph begins."""
_SPACED = 2.0
"""Times the height of a line that lines of one paragraph may be apart."""
_INDENT = 6.0
"""Points to the right of the line before from which a new paragraph begins."""
_SHORT = 0.8
"""Share of the page's widest line below which a line that ends a sentence ends its paragraph."""
_BROKEN = str.maketrans("", "", "\x02\ufffe\u00ad")
"""What pdfium puts where a word was broken at the end of a line, the halves already joined."""
_HEIGHT = 1.15
"""Times a line's height from which its neighbour is of another kind, if the upper one is short
or ends a sentence; in mid-sentence it is another font."""
_RUNNING = 3
"""Pages on which the same first or last line is a running head, not text."""
_PASSWORD = 4
"""Pdfium's code for a file that asks for a password."""


class _Line(NamedTuple):
    """A line of a page; positions in points from the lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


def read(data: bytes, shown: str, max_bytes: int) -> Content:
    """The text of all pages, a blank line between paragraphs, without running heads."""
    pdfium = extra("pypdfium2", "pdf", "PDF files")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise SourceProblem(f"{shown} asks for a password.", "Save it without one.") from error
        raise damaged(shown, "PDF") from error
    try:
        pages = list(_pages(document, shown, max_bytes))
        stated = document.get_metadata_dict()
    except pdfium.PdfiumError as error:
        raise damaged(shown, "PDF") from error
    finally:
        document.close()
    text = "\n\n".join(_paragraphs(_without_running(pages)))
    title = " ".join(stated.get("Title", "").split())
    return Content(text, title, day(stated.get("CreationDate")))


def _pages(document: Any, shown: str, max_bytes: int) -> Iterator[list[_Line]]:
    left = max_bytes
    for page in document:
        lines = list(_lines(page.get_textpage()))
        left -= sum(len(line.text) for line in lines)
        if left < 0:
            raise SourceProblem(
                f"{shown} holds more text than the limit.",
                "Split it, or raise the setting max_bytes.",
            )
        yield lines


def _lines(page: Any) -> Iterator[_Line]:
    at = 0
    for raw in page.get_text_range().splitlines(keepends=True):
        text = raw.strip()
        if text:
            first = at + len(raw) - len(raw.lstrip())
            left, bottom, _, top = page.get_charbox(first, loose=True)
            _, _, right, _ = page.get_charbox(first + len(text) - 1, loose=True)
            yield _Line(text.translate(_BROKEN), left, right, bottom, top - bottom)
        at += len(raw)


def _without_running(pages: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    """Pages without first and last lines that came before but for numbers, and page numbers."""
    edges = Counter(mask for page in pages for mask in {_mask(line) for line in _edges(page)})
    running = {
        mask for mask, count in edges.items() if count >= _RUNNING and count * 2 > len(pages)
    }
    seen: set[str] = set()
    kept = []
    for page in pages:
        masks = {_mask(line) for line in _edges(page)} & running
        dropped = {mask for mask in masks if mask in seen or not re.search(r"[^\W\d]", mask)}
        kept.append([line for line in page if _mask(line) not in dropped])
        seen |= masks
    return kept


def _edges(page: Sequence[_Line]) -> list[_Line]:
    return [page[0], page[-1]] if page else []


def _mask(line: _Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _paragraphs(pages: Sequence[Sequence[_Line]]) -> Iterator[str]:
    """Lines joined; a paragraph may go on over the page if no sentence ended."""
    text = ""
    for page in pages:
        steps = [a.bottom - b.bottom for a, b in pairwise(page) if a.bottom > b.bottom]
        tallest = _SPACED * max((line.height for line in page), default=0.0)
        usual = min(median(steps), tallest) if steps else 0.0
        width = max((line.right - line.left for line in page), default=0.0)
        before: _Line | None = None
        for line in page:
            if text and _breaks(text, before, line, usual, width):
                yield text
                text = ""
            text = _joined(text, line.text)
            before = line
    if text:
        yield text


def _breaks(text: str, before: _Line | None, line: _Line, usual: float, width: float) -> bool:
    ended = text.rstrip("\"'”’»)").endswith((".", "!", "?", ":"))
    if before is None:
        return ended
    step = before.bottom - line.bottom
    if step > _GAP * usual:
        return True
    if step < 0:  # the top of the next column
        return ended
    short = before.right - before.left < _SHORT * width
    small, large = sorted((before.height, line.height))
    if large > _HEIGHT * small:
        return ended or short
    return ended and (short or line.left - before.left > _INDENT)


def _joined(text: str, line: str) -> str:
    """With a space, unless a hyphen at the end of a line broke a word."""
    if not text:
        return line
    broken = text[-1] == "-" and text[-2:-1].isalpha() and line[0].islower()
    return text[:-1] + line if broken else f"{text} {line}"
