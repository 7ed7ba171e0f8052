"""HTML: the article by trafilatura if it is installed, else every visible paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from index.sources.content import Content
from index.sources.dates import of_page
from index.sources.text import decode

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD = 2048
"""Bytes within which a page declares its encoding."""


def read(data: bytes, shown: str, max_bytes: int) -> Content:  # noqa: ARG001 - see ReadFormat
    """The text of the article, a blank line between paragraphs."""
    declared = _CHARSET.search(data[:_HEAD])
    page = decode(data, shown, declared[1].decode("ascii") if declared else "")
    visible = visible_text(page)
    return Content(_article(page) or visible.text, visible.title, of_page(page))


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
    found: list[str] = []
    pieces: list[str] = []
    titles: list[str] = []
    hidden = 0
    in_title = False
    for text, name, closing in _tokens(page):
        if in_title:
            titles.append(text)
        elif not hidden:
            pieces.append(text)
        if name in _HIDDEN:
            hidden = max(0, hidden + (-1 if closing else 1))
        in_title = name == "title" and not closing and not titles
        if not _INLINE.fullmatch(name):
            found.append(_collapsed(pieces))
            pieces.clear()
    return Content("\n\n".join(filter(None, found)), _collapsed(titles))


def _collapsed(pieces: Sequence[str]) -> str:
    return " ".join(unescape("".join(pieces)).split())


_HIDDEN = frozenset({"template", "noscript", "svg", "nav", "footer", "button", "select"})
_RAW = frozenset({"script", "style"})
"""What stands in them is no HTML."""
_INLINE = re.compile(
    r"|a|abbr|b|bdi|bdo|cite|code|data|dfn|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span"
    r"|strong|sub|sup|time|tt|u|var|wbr"
)
"""Tags that do not end a block, and the empty name of what is no tag."""
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:.-]*+)[^<>]*+>|<[!?][^<>]*+>")
_COMMENT = "<!--"


def _tokens(page: str) -> Iterator[tuple[str, str, bool]]:
    """Text with the tag that ends it: its name in small letters, and whether it is a closing one.

    Linear in the length of the page, whatever it holds; the standard library's parser takes
    minutes for some pages of 40 KB.
    """
    at = 0
    while (begin := page.find("<", at)) >= 0:
        text = page[at:begin]
        tag = _TAG.match(page, begin)
        if page.startswith(_COMMENT, begin):
            yield text, "", False
            at = _after(page, "-->", begin + len(_COMMENT))
        elif tag is None:
            yield text + "<", "", False
            at = begin + 1
        else:
            name = (tag[2] or "").lower()
            yield text, name, bool(tag[1])
            at = tag.end()
            if name in _RAW and not tag[1]:
                at = _raw_end(page, name, at)
    yield page[at:], "p", True


def _after(page: str, mark: str, at: int) -> int:
    found = page.find(mark, at)
    return len(page) if found < 0 else found + len(mark)


def _raw_end(page: str, name: str, at: int) -> int:
    found = re.compile(f"</{name}", re.IGNORECASE).search(page, at)
    return found.start() if found else len(page)
