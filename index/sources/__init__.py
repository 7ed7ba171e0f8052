"""Bytes to documents: one small reader for each format, chosen by suffix or by the bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from index.settings import MAX_BYTES
from index.text import blocks
from index.types import Document


def read(
    source: str | Path, *, stdin: BinaryIO | None = None, max_bytes: int = MAX_BYTES
) -> Document:
    """The document at a path, or ``-`` for standard input."""
    if str(source) == "-":
        text = (stdin or sys.stdin.buffer).read().decode("utf-8-sig")
        return Document("stdin", "standard input", text, "-", tuple(blocks(text)))
    path = Path(source)
    text = path.read_bytes().decode("utf-8-sig")
    title = text.strip().partition("\n")[0].strip() or path.stem
    return Document(path.absolute().as_posix(), title, text, str(source), tuple(blocks(text)))


def expand(sources: Iterable[str | Path]) -> list[Path]:
    """The files that ``sources`` name, directories walked, in order and each once."""
    found: list[Path] = []
    for source in map(Path, sources):
        found += sorted(p for p in source.rglob("*.txt")) if source.is_dir() else [source]
    return list(dict.fromkeys(found))
