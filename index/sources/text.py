"""Plain text and Markdown: the file's own characters."""

from __future__ import annotations

import codecs

from index.problems import SourceProblem
from index.sources.content import Content

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""UTF-32 before UTF-16, whose mark begins alike."""
_SAMPLE = 200_000
"""Bytes from which an encoding is guessed."""
_UNSURE = 0.1
"""Confidence below which a guess is worth less than the commonest of the old encodings."""
_CONTROLS = bytes({*range(32)} - {*b"\a\b\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e"})
_NEVER = "\0\ufffe\uffff"
"""Characters that no text holds."""
_BINARY = 0.02
"""Share of control characters above which bytes are no text."""


def read(data: bytes, shown: str, max_bytes: int) -> Content:  # noqa: ARG001 - see ReadFormat
    """The text as it is, without a byte order mark."""
    return Content(decode(data, shown))


def decode(data: bytes, shown: str, declared: str = "") -> str:
    """By byte order mark, else as declared, else as UTF-8, else by chardet's guess.

    Raises:
        SourceProblem: the bytes are no text, or in no encoding that fits.
    """
    encodings = [name for mark, name in _MARKS if data.startswith(mark)][:1]
    for encoding in encodings or [declared, "utf-8"]:
        try:
            text = data.decode(encoding) if encoding else ""
        except (UnicodeDecodeError, LookupError):
            continue
        if text and not _is_binary(text):
            return text
    return _guessed(data, shown)


def _guessed(data: bytes, shown: str) -> str:
    import chardet

    guess = chardet.detect(data[:_SAMPLE])
    unsure = guess["encoding"] is not None and guess["confidence"] < _UNSURE
    encoding = "cp1252" if unsure else guess["encoding"]
    try:
        text = data.decode(encoding) if encoding else ""
    except (UnicodeDecodeError, LookupError):
        text = ""
    if not text or _is_binary(text):
        raise SourceProblem(
            f"{shown} is not text, or in an encoding that is not known.",
            "If it is text, save it as UTF-8.",
        )
    return text


def _is_binary(text: str) -> bool:
    head = text[:_SAMPLE]
    data = head.encode("utf-8", "surrogatepass")  # counting in bytes takes a tenth of the time
    controls = len(data) - len(data.translate(None, delete=_CONTROLS))
    return controls > _BINARY * len(head) or any(char in head for char in _NEVER)
