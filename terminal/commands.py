"""The command palette: everything that has a key, and what Textual brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from terminal.keys import key_name

_TEXTUAL_ONES = {"Keys", "Maximize", "Minimize"}
"""Ours do these in their own way."""


def described(bindings: Iterable[BindingType]) -> list[Binding]:
    """The bindings that a person may want to know of, one for each thing that can be done."""
    return [one for one in bindings if isinstance(one, Binding) and one.description]


def commands(
    app: App[int], screen: Screen[Any], usual: Iterable[SystemCommand]
) -> Iterator[SystemCommand]:
    """Our commands, each with its keys as help, then the ones of every Textual app."""
    for target in (app, screen):
        for binding in described(target.BINDINGS):
            if (binding.id and not binding.id.startswith("evidence.")) or binding.show:
                keys = "  ".join(key_name(key) for key in binding.key.split(","))
                run = partial(app.run_action, binding.action, target)
                yield SystemCommand(binding.description, keys, run)
    yield from (one for one in usual if one.title not in _TEXTUAL_ONES)
