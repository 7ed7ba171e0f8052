"""HTML: the article by trafilatura if it is installed, else every visible paragraph."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from index.sources.content import Content
from index.sources.text import decode

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD = 2048
"""Bytes within which a page declares its encoding."""


def read(data: bytes, shown: str, max_bytes: int) -> Content:  # noqa: ARG001 - see ReadFormat
    """The text of the article, a blank line between paragraphs."""
    declared = _CHARSET.search(data[:_HEAD])
    page = decode(data, shown, declared[1].decode("ascii") if declared else "")
    visible = visible_text(page)
    return Content(_article(page) or visible.text, visible.title)


def _article(page: str) -> str:
    """The main text without what surrounds it; empty if none is found or no one can tell."""
    try:
        import trafilatura
    except ModuleNotFoundError:
        return ""
    found = trafilatura.extract(page, include_comments=False, favor_recall=True)
    return "\n\n".join(line for line in (found or "").splitlines() if line.strip())


def visible_text(page: str) -> Content:
    """Every paragraph that a browser would show outside navigation, and the title."""
    parser = _Visible()
    parser.feed(page)
    parser.close()
    parser.end_block()
    return Content("\n\n".join(parser.found), " ".join(parser.title.split()))


_HIDDEN = frozenset(
    {"script", "style", "template", "noscript", "svg", "nav", "footer", "form", "button", "select"}
)
_INLINE = re.compile(
    r"a|abbr|b|bdi|bdo|cite|code|data|dfn|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span"
    r"|strong|sub|sup|time|tt|u|var|wbr"
)


class _Visible(HTMLParser):
    """Collects text; a tag that is not inline ends a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.title = ""
        self._pieces: list[str] = []
        self._hidden = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in _HIDDEN
        self._in_title = tag == "title" and not self.title
        if not _INLINE.fullmatch(tag):
            self.end_block()

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))
        self._in_title = False
        if not _INLINE.fullmatch(tag):
            self.end_block()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._hidden:
            self._pieces.append(data)

    def end_block(self) -> None:
        """What was collected is a block of its own."""
        text = " ".join("".join(self._pieces).split())
        if text:
            self.found.append(text)
        self._pieces.clear()
