"""DOCX: the paragraphs of the body in reading order, tables row by row."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from index.sources.archive import Archive
from index.sources.content import Content
from index.sources.dates import day

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_CREATED = "{http://purl.org/dc/terms/}created"
_BREAKS = {
    f"{_WORD}tab": "\t",
    f"{_WORD}br": "\n",
    f"{_WORD}cr": "\n",
    f"{_WORD}noBreakHyphen": "‑",
}
_APART = frozenset({f"{_WORD}p", f"{_WORD}pPr", f"{_WORD}txbxContent"})
"""Paragraphs of their own, and what is no text."""


def read(data: bytes, shown: str, max_bytes: int) -> Content:
    """The text of the body, a blank line between paragraphs."""
    archive = Archive(data, shown, "DOCX", max_bytes)
    paragraphs = (
        "".join(_runs(p)).strip() for p in archive.xml("word/document.xml").iter(f"{_WORD}p")
    )
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    if "docProps/core.xml" not in archive:
        return Content(text)
    core = archive.xml("docProps/core.xml")
    title = core.findtext(_TITLE) or ""
    return Content(text, " ".join(title.split()), day(core.findtext(_CREATED)))


def _runs(paragraph: Element) -> Iterator[str]:
    """Text that is shown; deleted text has another tag, and boxes are paragraphs themselves."""
    waiting = list(reversed(paragraph))
    while waiting:
        child = waiting.pop()
        if child.tag == f"{_WORD}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag not in _APART:
            waiting.extend(reversed(child))
