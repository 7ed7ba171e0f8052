"""Our own two themes: ink for dark terminals, paper for light ones."""

from __future__ import annotations

from textual.theme import Theme

from terminal import palette

INK = Theme(
    name="pullquote-ink",
    dark=True,
    primary="#d9a441",
    secondary="#7fa6c9",
    accent=palette.INK.accent,
    warning="#e0985a",
    error="#e07a75",
    success="#8fb573",
    foreground=palette.INK.foreground,
    background=palette.INK.background,
    surface="#1c1f25",
    panel=palette.INK.panel,
    variables={
        "scrollbar": "#3a3f4a",
        "scrollbar-hover": "#535a68",
        "scrollbar-active": "#e8b04b",
        "scrollbar-background": "#15171b",
        "scrollbar-background-hover": "#15171b",
        "scrollbar-background-active": "#15171b",
        "block-cursor-background": "#e8b04b",
        "block-cursor-foreground": "#15171b",
    },
)

PAPER = Theme(
    name="pullquote-paper",
    dark=False,
    primary="#8a5a00",
    secondary="#2f5f8a",
    accent=palette.PAPER.accent,
    warning="#9a4a12",
    error="#a3302c",
    success="#3f6b2a",
    foreground=palette.PAPER.foreground,
    background=palette.PAPER.background,
    surface="#f3eee3",
    panel=palette.PAPER.panel,
    variables={
        "scrollbar": "#cfc6b3",
        "scrollbar-hover": "#b5ab95",
        "scrollbar-active": "#8a5a00",
        "scrollbar-background": "#faf7f0",
        "scrollbar-background-hover": "#faf7f0",
        "scrollbar-background-active": "#faf7f0",
        "block-cursor-background": "#8a5a00",
        "block-cursor-foreground": "#faf7f0",
    },
)
