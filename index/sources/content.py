"""What the readers of formats share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

from index.problems import SourceProblem


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader found in a file."""

    text: str
    title: str = ""
    """As the file itself states it; empty if it does not."""
    date: str = ""
    """When it was published or made, as it states itself: ISO 8601; empty if it does not."""


ReadFormat: TypeAlias = Callable[[bytes, str, int], Content]
"""From the bytes, the name to show in problems, and the bytes of text allowed.

Raises SourceProblem if the bytes are damaged or hold more than allowed.
"""


def printable(text: str) -> str:
    """``text`` on one line and without characters that could steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def damaged(shown: str, kind: str) -> SourceProblem:
    """For a file whose inside does not keep what its suffix promises."""
    return SourceProblem(f"{shown} is not a {kind} file, or it is damaged.", "Open it to check.")


def extra(module: str, name: str, kind: str) -> Any:
    """The module, or a problem that says which extra brings it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise SourceProblem(
            f"Reading {kind} needs {module.partition('.')[0]}, which is not installed.",
            f"Install it: pip install 'pullquote[{name}]'.",
        ) from error
