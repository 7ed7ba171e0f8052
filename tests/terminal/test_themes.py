"""Every theme keeps every word legible."""

from __future__ import annotations

import pytest
from rich.color import Color as RichColor
from rich.style import Style
from textual.theme import BUILTIN_THEMES

from terminal.source import Level
from terminal.themes import INK, PAPER
from tests.terminal.conftest import Stage, ask, settle
from tests.terminal.fake import HARBOUR, WHAT

LEAST = 4.5
"""WCAG 2 contrast of text, level AA."""

THEMES = [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi]
STYLES = [level.value for level in Level]


def luminance(color: RichColor | None) -> float:
    assert color is not None
    assert color.triplet is not None
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.triplet.normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style: Style) -> float:
    low, high = sorted((luminance(style.color), luminance(style.bgcolor)))
    return (high + 0.05) / (low + 0.05)


async def test_contrast_in_every_theme(stage: Stage) -> None:
    app = stage.app(HARBOUR.key)
    poor: dict[str, float] = {}
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        for theme in [INK.name, PAPER.name, *THEMES]:
            app.theme = theme
            await pilot.pause()
            for name in STYLES:
                value = contrast(app.main.source.get_component_rich_style(name))
                if value < LEAST:
                    poor[f"{theme} {name}"] = round(value, 2)
    assert poor == {}


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_levels_differ_in_sixteen_colours(stage: Stage, theme: str) -> None:
    app = stage.app(HARBOUR.key)
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        app.theme = theme
        await ask(pilot, WHAT)
        styles = {
            level: app.main.source.get_component_rich_style(level.value)
            for level in (Level.TEXT, Level.SENTENCE, Level.SPAN)
        }
        assert styles[Level.SENTENCE].underline
        assert styles[Level.SPAN].bold
        assert not styles[Level.TEXT].underline
        assert styles[Level.SPAN].color != styles[Level.SPAN].bgcolor
