"""Question answering over articles with the articles' own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.assistant import Assistant

__all__ = ["Assistant"]


def __getattr__(name: str) -> object:
    """Import the facade when it is asked for: ``import qa`` alone costs nothing."""
    if name == "Assistant":
        from qa.assistant import Assistant

        return Assistant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
