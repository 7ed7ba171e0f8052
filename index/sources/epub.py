"""EPUB: the chapters in the order of the spine."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from urllib.parse import unquote

from index.sources.archive import Archive
from index.sources.content import Content, damaged
from index.sources.dates import day
from index.sources.html import visible_text
from index.sources.text import decode

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_PACKAGE = "{http://www.idpf.org/2007/opf}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_DATE = "{http://purl.org/dc/elements/1.1/}date"


def read(data: bytes, shown: str, max_bytes: int) -> Content:
    """The text of all chapters, a blank line between paragraphs."""
    archive = Archive(data, shown, "EPUB", max_bytes)
    rootfile = archive.xml("META-INF/container.xml").find(f".//{_CONTAINER}rootfile")
    if rootfile is None:
        raise damaged(shown, "EPUB")
    place = rootfile.get("full-path", "")
    package = archive.xml(place)
    items = {item.get("id"): item.get("href", "") for item in package.iter(f"{_PACKAGE}item")}
    chapters = [items.get(ref.get("idref"), "") for ref in package.iter(f"{_PACKAGE}itemref")]
    names = [normpath(join(dirname(place), unquote(chapter))) for chapter in chapters if chapter]
    texts = [visible_text(decode(archive.member(name), shown)).text for name in names]
    title = package.findtext(f".//{_TITLE}") or ""
    date = day(package.findtext(f".//{_DATE}"))
    return Content("\n\n".join(text for text in texts if text), " ".join(title.split()), date)
