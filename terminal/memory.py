"""What the app remembers from one day to the next: theme, pane widths, questions asked."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

MOST_QUESTIONS = 500
"""Older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All of it; what is missing in the file, or of another kind, is as on the first day."""

    theme: str = ""
    """Empty: not chosen yet."""
    share: int = 50
    """Of the width, in per cent, that the conversation has beside the source."""
    asked: bool = False
    """Whether a question was ever asked; until then the first steps are explained."""
    questions: tuple[str, ...] = ()
    """Oldest first."""

    def with_question(self, question: str) -> Memory:
        """The same, ``question`` being the latest."""
        earlier = tuple(one for one in self.questions if one != question)
        return replace(self, asked=True, questions=(*earlier, question)[-MOST_QUESTIONS:])


class Notebook:
    """A memory in a file. A file that cannot be read or written costs the memory, not the app."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        """None: nothing is remembered."""
        self.memory = _read(path) if path else Memory()

    def keep(self, memory: Memory) -> None:
        """Remember this from now on."""
        if memory == self.memory:
            return
        self.memory = memory
        if self.path:
            _write(self.path, memory)


def _read(path: Path) -> Memory:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return Memory()
    return Memory(**_fitting(values)) if isinstance(values, dict) else Memory()


def _fitting(values: dict[str, Any]) -> dict[str, Any]:
    """The values that have the kind which their field asks for."""
    first = Memory()
    fitting: dict[str, Any] = {}
    for field in fields(Memory):
        value, usual = values.get(field.name), getattr(first, field.name)
        if isinstance(usual, tuple) and isinstance(value, list):
            fitting[field.name] = tuple(one for one in value if isinstance(one, str))
        elif type(value) is type(usual):
            fitting[field.name] = value
    return fitting


def _write(path: Path, memory: Memory) -> None:
    """Replace the file as a whole; the questions are for nobody else's eyes."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(memory), ensure_ascii=False, indent=1), "utf-8")
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
