"""The colours of our two themes that are needed before Textual is there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``, named as Textual's themes name them."""

    dark: bool
    foreground: str
    background: str
    panel: str
    accent: str


INK = Palette(True, "#e6e1d6", "#15171b", "#232730", "#e8b04b")
PAPER = Palette(False, "#26221c", "#faf7f0", "#e9e2d3", "#8a5a00")
PALETTES = {"pullquote-ink": INK, "pullquote-paper": PAPER}
"""By the name of the theme; the first is the one that nobody has to choose."""
