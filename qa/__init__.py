"""Question answering over articles with the articles' own words."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.conversation import Conversation

__all__ = ["Assistant", "Conversation"]

_PLACES = {"Assistant": "qa.assistant", "Conversation": "qa.conversation"}


def __getattr__(name: str) -> object:
    """Import what is asked for: ``import qa`` alone costs nothing."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
