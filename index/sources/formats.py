"""Which reader takes which file: a table, and a look at the first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import cast

from index.sources.content import Content, ReadFormat


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file and the reader that is loaded for it on demand."""

    module: str
    suffixes: frozenset[str]

    def read(self, data: bytes, shown: str, max_bytes: int) -> Content:
        """See ``ReadFormat``."""
        reader = cast(ReadFormat, import_module(f"index.sources.{self.module}").read)
        return reader(data, shown, max_bytes)


TEXT = Format("text", frozenset({".txt", ".text", ".md", ".markdown", ".rst"}))
HTML = Format("html", frozenset({".html", ".htm", ".xhtml"}))
PDF = Format("pdf", frozenset({".pdf"}))
DOCX = Format("docx", frozenset({".docx"}))
EPUB = Format("epub", frozenset({".epub"}))

_BY_SUFFIX = {suffix: kind for kind in (TEXT, HTML, PDF, DOCX, EPUB) for suffix in kind.suffixes}
SUFFIXES = frozenset(_BY_SUFFIX)
_HEAD = 1024
"""Bytes that are looked at."""


def format_of(name: str, data: bytes) -> Format:
    """By the bytes where they are plain, since a suffix may lie; else by suffix; else text."""
    head = data[:_HEAD]
    if head.lstrip().startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        if b"application/epub+zip" in head:
            return EPUB
        if b"word/document.xml" in data:
            return DOCX
    by_suffix = _BY_SUFFIX.get(PurePath(name).suffix.lower())
    if by_suffix is None and head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return HTML
    return by_suffix or TEXT
