"""Every theme keeps every word legible."""

from __future__ import annotations

import pytest
from rich.color import Color as RichColor
from rich.style import Style
from textual.theme import BUILTIN_THEMES

from terminal.source import Level
from terminal.themes import INK, PAPER
from tests.terminal.colour_vision import SIMULATIONS, Colour, distance, seen
from tests.terminal.conftest import Stage, ask, settle
from tests.terminal.fake import HARBOUR, WHAT

LEAST = 4.5
"""WCAG 2 contrast of text, level AA."""
PLAIN = 20.0
"""A difference of colours, in CIE 1976 units, that nobody has to look for."""
JUST = 2.3
"""One that can just be told."""

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


def ground(style: Style) -> Colour:
    """The colour behind the letters."""
    assert style.bgcolor is not None
    assert style.bgcolor.triplet is not None
    return style.bgcolor.triplet.normalized


async def test_levels_stay_apart_to_colour_blind_eyes_and_without_colour(stage: Stage) -> None:
    app = stage.app(HARBOUR.key)
    poor: dict[str, float] = {}
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        for theme in [INK.name, PAPER.name, *THEMES]:
            app.theme = theme
            await pilot.pause()
            text, passage, sentence, span = (
                app.main.source.get_component_rich_style(level.value)
                for level in (Level.TEXT, Level.PASSAGE, Level.SENTENCE, Level.SPAN)
            )
            assert (sentence.underline, passage.underline, span.underline) == (True, None, None)
            assert (sentence.bold, passage.bold, span.bold) == (None, None, True)
            for kind in SIMULATIONS:
                for name, one, other, least in (
                    ("answer", span, sentence, PLAIN),
                    ("passage", passage, text, JUST),
                ):
                    value = distance(seen(ground(one), kind), seen(ground(other), kind))
                    if value < least:
                        poor[f"{theme} {kind} {name}"] = round(value, 1)
    assert poor == {}


def test_greys_are_seen_as_they_are_and_red_and_green_are_not() -> None:
    for kind in SIMULATIONS:
        assert distance(seen((0.5, 0.5, 0.5), kind), (0.2140, 0.2140, 0.2140)) < 0.1
    red, green = (0.8, 0.2, 0.0), (0.45, 0.45, 0.0)
    told = {kind: distance(seen(red, kind), seen(green, kind)) for kind in SIMULATIONS}
    assert told["deuteranopia"] < 20 < told["tritanopia"]


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
