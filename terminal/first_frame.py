"""The app's first picture, painted before Textual is imported, which takes most of a cold start.

It is what the app itself paints first, but for the keys at the bottom: those appear when they
work. Until then the cursor stands in the question line, where the terminal shows what is typed
ahead; the app reads it when it takes over.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.color import Color, ColorSystem, blend_rgb
from rich.style import Style

from terminal.palette import PALETTES, Palette
from terminal.sizes import NARROWEST, WIDE, WIDEST

ENTER = "\x1b[?1049h"
"""Switches to the alternate screen; Textual writes it too."""
LEAVE = "\x1b[?1049l"
LEAST = (24, 8)
"""Columns and lines; in a smaller window the picture is left to the app."""

Row = list[tuple[str, Style]]


@dataclass(slots=True)
class Early:
    """The screen between the first picture and the app."""

    painted: bool = False
    taken: bool = False
    """Whether the app has taken over, and will leave the alternate screen itself."""


@contextmanager
def first_frame(theme: str, share: int) -> Iterator[Early]:
    """Paint the first picture; on the way out, leave the screen if no app has taken it over.

    Args:
        theme: the name of the app's theme; of one that is not ours no colours are known here.
        share: of the width, in per cent, that the conversation has beside the source.
    """
    early = Early()
    columns, lines = shutil.get_terminal_size()
    try:
        if _can_paint() and columns >= LEAST[0] and lines >= LEAST[1]:
            rows = picture(columns, lines, share, PALETTES.get(theme))
            early.painted = True
            _write(ENTER + _codes(rows, _colours()) + f"\x1b[{lines - 1};4H")
        yield early
    finally:
        if early.painted and not early.taken:
            _write(LEAVE)


def picture(columns: int, lines: int, share: int, palette: Palette | None) -> list[Row]:
    """The rows of the picture, each as wide as the window.

    Args:
        columns: of the window, as many as ``LEAST``.
        lines: of the window, as many as ``LEAST``.
        share: as for ``first_frame``.
        palette: None for the terminal's own colours.
    """
    ink = _Ink(palette)
    state = "opening … "
    wide = columns >= WIDE
    share = max(NARROWEST, min(WIDEST, share))
    left = (columns - 1) * share // 100 if wide else columns
    right = columns - 1 - left
    rows = [[(" ", ink.bar), ("Pullquote", ink.name), (f"{state:>{columns - 10}}", ink.bar_state)]]
    for row in range(lines - 4):
        cells = _pane(row, lines - 4, left, ink, "Conversation", "Reading …")
        if wide:
            cells += [(" ", ink.text), *_pane(row, lines - 4, right, ink)]
        rows.append(cells)
    rows.append([("─" * columns, ink.line)])
    rows.append([(" ", ink.text), ("›", ink.prompt), (" " * (columns - 2), ink.text)])
    rows.append([(" " * columns, ink.text)])
    return rows


class _Ink:
    """The styles of the picture, in the strengths of the style sheet."""

    def __init__(self, palette: Palette | None) -> None:
        if palette is None:
            self.text = self.line = self.title = self.bar = self.bar_state = Style()
            self.name = self.prompt = Style(bold=True)
            return
        ground, panel = Color.parse(palette.background), Color.parse(palette.panel)
        front = Color.parse(palette.foreground)
        strongest = Color.parse("#ffffff" if palette.dark else "#000000")
        self.text = Style(color=front, bgcolor=ground)
        self.line = Style(color=_mixed(ground, front, 0.25), bgcolor=ground)
        self.title = Style(color=_mixed(ground, front, 0.7), bgcolor=ground)
        self.prompt = Style(color=Color.parse(palette.accent), bgcolor=ground, bold=True)
        self.bar = Style(color=front, bgcolor=panel)
        self.name = Style(color=front, bgcolor=panel, bold=True)
        self.bar_state = Style(color=_mixed(panel, strongest, 0.6), bgcolor=panel)


def _mixed(ground: Color, front: Color, strength: float) -> Color:
    return Color.from_triplet(
        blend_rgb(ground.get_truecolor(), front.get_truecolor(), cross_fade=strength)
    )


def _pane(row: int, rows: int, width: int, ink: _Ink, title: str = "", words: str = "") -> Row:
    """One row of a pane with a frame around it."""
    inner = width - 2
    if row == 0:
        name = f" {title} " if title else ""
        dash = "─" if title else ""
        rest = "─" * (inner - len(dash + name)) + "╮"
        return [("╭" + dash, ink.line), (name, ink.title), (rest, ink.line)]
    if row == rows - 1:
        return [("╰" + "─" * inner + "╯", ink.line)]
    shown = f" {words}" if row == 2 else ""
    return [("│", ink.line), (f"{shown:<{inner}}", ink.text), ("│", ink.line)]


def _codes(rows: list[Row], colours: ColorSystem | None) -> str:
    """The rows as terminal codes, each placed by itself, so that no width makes them wrap."""
    painted = []
    for number, row in enumerate(rows, 1):
        cells = "".join(style.render(text, color_system=colours) for text, style in row if text)
        painted.append(f"\x1b[{number}H{cells}")
    return "".join(painted)


def _can_paint() -> bool:
    """Whether there is a terminal of the kind for which Textual takes its Linux driver."""
    stream = sys.__stderr__
    return (
        sys.platform != "win32"
        and stream is not None
        and stream.isatty()
        and os.environ.get("TERM") != "dumb"
        and "TEXTUAL_DRIVER" not in os.environ
    )


def _colours() -> ColorSystem | None:
    """The colours of the terminal by the variables that Rich goes by; None for none at all."""
    if os.environ.get("NO_COLOR"):
        return None
    if os.environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return ColorSystem.TRUECOLOR
    kind = os.environ.get("TERM", "").strip().lower().rpartition("-")[2]
    return ColorSystem.EIGHT_BIT if kind in ("256color", "kitty") else None


def _write(codes: str) -> None:
    stream = sys.__stderr__
    if stream is not None:
        stream.write(codes)
        stream.flush()
