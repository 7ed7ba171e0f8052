"""Bytes to documents: one small reader for each format, chosen by suffix or by the bytes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from index.problems import SourceProblem
from index.settings import MAX_BYTES
from index.sources.content import printable
from index.sources.formats import SUFFIXES, TEXT, format_of
from index.text import blocks
from index.types import Block, BlockKind, Document

__all__ = ["STDIN_KEY", "SUFFIXES", "expand", "is_plain", "key_of", "read"]

STDIN_KEY = "stdin"
_TITLE = 140
"""Characters above which a first line is no title."""


def read(
    source: str | Path,
    *,
    stdin: BinaryIO | None = None,
    folder: Path | None = None,
    max_bytes: int = MAX_BYTES,
) -> Document:
    """The document at a path, or on standard input if ``source`` is ``-``.

    The text of a plain file is the file's, character for character, line ends included; only a
    byte order mark is dropped. Other formats give the text that a reader of them would see.

    Args:
        source: its key is the absolute path, or ``stdin``.
        stdin: None is the process's own.
        folder: where a path that is not absolute begins; None is where the process is.
        max_bytes: more of them, in the file or in its text, are refused.

    Raises:
        SourceProblem: the file is missing, unreadable, empty, binary, damaged or too large, or
            its format needs an extra that is not installed.
    """
    if str(source) == "-":
        name, key, stem = "-", STDIN_KEY, "standard input"
        data = _limited(stdin or sys.stdin.buffer, "standard input", max_bytes)
        changed = ""
    else:
        path = Path(source)
        name, stem = _text_of(path), _text_of(Path(path.stem))
        place = folder / path if folder else path
        key, changed = key_of(place), _day_of(place)
        data = _bytes_of(place, printable(name), max_bytes)
    shown = "Standard input" if name == "-" else printable(name)
    if not data.strip():
        raise SourceProblem(f"{shown} is empty.", "Give a file with text in it.")
    content = format_of(name, data).read(data, shown, max_bytes)
    if len(content.text) > max_bytes:
        raise _too_large(shown, max_bytes)
    if not content.text.strip():
        raise SourceProblem(f"{shown} holds no text.", "If it is a scan, run it through OCR first.")
    found = tuple(blocks(content.text))
    title = content.title or _first_title(content.text, found) or printable(stem)
    return Document(key, title, content.text, name, found, content.date or changed)


def key_of(path: Path) -> str:
    """The key that the document of a file has."""
    return _decoded(_absolute(path).replace(os.sep, "/"))


def is_plain(path: Path) -> bool:
    """Whether a file, by its name, has about as many characters as bytes."""
    return path.suffix.lower() in TEXT.suffixes


def expand(sources: Iterable[str | Path]) -> list[Path]:
    """The files that ``sources`` name: directories walked, in order, and each file once.

    In a directory only files of known suffixes count, and hidden ones are left out. A source
    that is no directory is returned as it is, whether it exists or not.

    Raises:
        SourceProblem: a directory cannot be listed, or holds no file of a known suffix.
    """
    found: dict[str, Path] = {}
    for source in map(Path, sources):
        for path in _files_in(source) if source.is_dir() else [source]:
            found.setdefault(_absolute(path), path)
    return list(found.values())


def _files_in(directory: Path) -> list[Path]:
    found = list(_walk(directory))
    if not found:
        raise SourceProblem(
            f"The directory {printable(_text_of(directory))} holds no text to read.",
            f"Known are {' '.join(sorted(SUFFIXES))}; name other files one by one.",
        )
    return found


def _walk(directory: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        name = printable(str(error.filename))
        raise SourceProblem(f"The directory {name} cannot be listed: {error.strerror}.") from error

    for folder, folders, files in os.walk(directory, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(folder) / name


def _bytes_of(path: Path, shown: str, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            return _limited(file, shown, max_bytes)
    except FileNotFoundError as error:
        raise SourceProblem(f"There is no file {shown}.", _nearest(path)) from error
    except (IsADirectoryError, PermissionError) as error:
        if path.is_dir():  # Windows does not permit it
            raise SourceProblem(f"{shown} is a directory.", "Name the files in it.") from error
        raise SourceProblem(
            f"{shown} may not be read.", "Ask for permission to read it, or copy it."
        ) from error
    except OSError as error:
        raise SourceProblem(f"{shown} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # a NUL character in the name
        raise SourceProblem(f"{shown} is no possible file name.", "Check the path.") from error


def _day_of(path: Path) -> str:
    """When the file was changed, as the day was called here; empty if it cannot be told."""
    try:
        # The local day is what a user sees beside the file.
        return date.fromtimestamp(os.stat(path).st_mtime).isoformat()  # noqa: DTZ012, PTH116
    except (OSError, OverflowError, ValueError):
        return ""


def _limited(file: BinaryIO, shown: str, max_bytes: int) -> bytes:
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise _too_large(shown, max_bytes)
    return data


def _too_large(shown: str, max_bytes: int) -> SourceProblem:
    return SourceProblem(
        f"{shown} is larger than the limit of {max_bytes / 1e6:.3g} MB.",
        "Split it, or raise the setting max_bytes.",
    )


def _nearest(path: Path) -> str:
    from difflib import get_close_matches

    try:
        names = os.listdir(path.parent)  # noqa: PTH208 - names are compared, not paths
    except OSError:
        return "Check the path."
    near = get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f"Did you mean {printable(near[0])}?" if near else "Check the path."


def _absolute(path: Path) -> str:
    """Without ``..``, but with symbolic links left alone: a link is a name that the user chose."""
    return os.path.abspath(path)  # noqa: PTH100 - a fifth of the time that Path takes


def _text_of(path: Path) -> str:
    return _decoded(path.as_posix())


def _decoded(name: str) -> str:
    """As text that can be stored: bytes of a name that are no UTF-8 are escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _first_title(text: str, found: tuple[Block, ...]) -> str:
    """The heading or the short line at the beginning, without marks; empty if there is none."""
    lead = [block for block in found[:3] if block.kind is BlockKind.HEADING] or list(found[:1])
    line = lead[0].span.of(text).splitlines()[0] if lead else ""
    title = printable(" ".join(line.strip("#* \t").split()))
    return title if len(title) <= _TITLE else ""
