"""Paths as people write, paste and drop them."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

from textual.suggester import Suggester


def dropped(text: str) -> list[Path]:
    """The files that a terminal means when a drop arrives as pasted ``text``; else nothing.

    Terminals quote spaces, escape them, or send ``file:`` addresses, several files in one line.
    """
    if not text.strip() or len(text) > 10_000 or "\n" in text.strip():
        return []
    found = []
    for word in _words(text.strip()):
        path = known(unquote(urlsplit(word).path) if word.startswith("file://") else word)
        if path is None or not path.is_absolute():
            return []
        found.append(path)
    return found


def _words(text: str) -> list[str]:
    """``text`` as one path if there is one of that name, else as a shell would split it."""
    if _exists(Path(text)):
        return [text]
    try:
        return shlex.split(text)
    except ValueError:  # a quotation mark without its partner
        return [text]


def known(written: str) -> Path | None:
    """The path that is meant, ``~`` being home; None if there is nothing there."""
    try:
        path = Path(written).expanduser()
    except RuntimeError:  # the home of nobody
        return None
    return path if _exists(path) else None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or with a null character
        return False


def completion(written: str) -> str | None:
    """``written``, completed to the first path that begins with it; None if there is none."""
    head, slash, tail = written.rpartition("/")
    if not written:
        return None
    try:
        folder = Path(head + slash if slash else ".").expanduser()
        fitting = sorted(
            entry
            for entry in folder.iterdir()
            if entry.name.startswith(tail) and (tail or not entry.name.startswith("."))
        )
    except (OSError, ValueError, RuntimeError):
        return None
    if not fitting:
        return None
    return f"{head}{slash}{fitting[0].name}{'/' if fitting[0].is_dir() else ''}"


class PathSuggester(Suggester):
    """Completes a path while it is written."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first path that begins with what is written."""
        return completion(value)
