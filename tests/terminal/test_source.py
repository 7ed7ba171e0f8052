"""The source pane: highlights on the right cells, selection verbatim, any length."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.geometry import Offset
from textual.selection import Selection

from index.types import Document, Span
from qa.types import Evidence
from terminal.app import PullquoteApp
from terminal.source import Level, SourceView, Spotlight
from tests.terminal.conftest import Stage, ask, settle
from tests.terminal.fake import CAFE, DAYS, HARBOUR, MUSEUM, ODD, STRANGE, WALL, WHAT, evidence

SIZE = (120, 30)


def rows(source: SourceView) -> list[str]:
    return [source.render_line(y).text for y in range(source.size.height)]


def width(source: SourceView) -> int:
    return source.scrollable_content_region.width


def drawn_as(app: PullquoteApp, level: Level) -> str:
    """Everything in view that is drawn in the style of ``level``."""
    source = app.main.source
    style = source.get_component_rich_style(level.value)
    wanted = (style.bgcolor, style.bold, style.underline)
    return "".join(
        segment.text
        for y in range(source.size.height)
        for segment in source.render_line(y)
        if segment.style
        and "offset" in segment.style.meta
        and (segment.style.bgcolor, segment.style.bold, segment.style.underline) == wanted
    )


async def test_three_levels_stand_where_the_evidence_stands(stage: Stage) -> None:
    app = stage.app(HARBOUR.key)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        assert drawn_as(app, Level.SPAN).replace(" ", "") == "‹awallthatholdsuntil2100›"
        assert drawn_as(app, Level.SENTENCE).startswith("“We asked for one thing, ")
        assert drawn_as(app, Level.PASSAGE).startswith(" “Not a promise, not a study.”")
        marked = [row for row in rows(app.main.source) if row.startswith("▌")]
        assert "“We asked for one thing, ‹a wall" in marked[0]
        assert len(marked) == 4


async def test_highlights_stay_exact_among_wide_and_combining_characters(stage: Stage) -> None:
    app = stage.app(STRANGE.key)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ask(pilot, ODD)
        assert app.main.source.spotlight.evidence == CAFE
        assert drawn_as(app, Level.SPAN) == "‹cafe\u0301›"
        await pilot.press("2")
        await pilot.pause()
        assert app.main.source.spotlight.evidence == DAYS
        assert drawn_as(app, Level.SPAN) == "‹十一日間›"
        for y in range(app.main.source.size.height):
            strip = app.main.source.render_line(y)
            assert cell_len(strip.text) == strip.cell_length == width(app.main.source)


async def test_nothing_in_a_text_is_obeyed(stage: Stage) -> None:
    app = stage.app(STRANGE.key)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ask(pilot, "[bold]Where[/bold] is \x1b[31mit\x07?")
        screen = "\n".join(rows(app.main.source))
        assert "␛[31mred␛[0m and" in screen
        assert "[bold]markup[/bold] [link=x]y[/link]" in screen
        assert "⇐direction⇔" in screen
        everything = app.export_screenshot()
        assert "\x1b" not in everything
        assert "\x07" not in everything
        question = app.main.conversation.exchanges[-1].query_one(".question").render()
        assert str(question) == "[bold]Where[/bold] is ␛[31mit␇?"


async def test_a_selection_is_the_text_itself(stage: Stage) -> None:
    app = stage.app(HARBOUR.key)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        source = app.main.source
        layout = source._rows
        first, last = WALL.sentence.start, WALL.sentence.end
        start, end = layout.row(first), layout.row(last - 1)
        selection = Selection(
            Offset(first - layout.start(start), start), Offset(last - layout.start(end), end)
        )
        assert source.get_selection(selection) == (WALL.sentence.of(HARBOUR.text), "\n")
        assert source.get_selection(Selection(None, None)) == (HARBOUR.text, "\n")


async def test_a_million_words_are_laid_out_and_jumped_in(stage: Stage) -> None:
    line = "war and peace and forty more words on one line of a book that does not end"
    text = "\n".join([line] * 60_000) + "\nthe needle is here\n"
    book = Document("/texts/book.txt", "A book", text, "/texts/book.txt")
    needle = evidence(book, "the needle is here", "needle")
    app = stage.app(HARBOUR.key)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.main.reading.show_evidence(needle, [needle])
        await settle(pilot)
        assert any("the ‹needle› is here" in row for row in rows(app.main.source))
        assert app.main.reading.border_subtitle is not None
        assert app.main.reading.border_subtitle.endswith("/ 60,002")


async def test_the_place_is_kept_when_the_window_changes(stage: Stage) -> None:
    text = "\n".join(f"line {number} " + "word " * 30 for number in range(300))
    app = stage.app()
    async with app.run_test(size=(140, 30)) as pilot:
        await settle(pilot)
        app.main.show_document(Document("k", "t", text, "s"))
        await settle(pilot)
        app.main.source.scroll_to(
            y=app.main.source._rows.row(text.index("line 200")), animate=False
        )
        await settle(pilot)
        await pilot.resize_terminal(104, 30)
        await settle(pilot)
        assert app.main.source.lines_in_view()[0] == 201


async def test_find_goes_from_match_to_match(stage: Stage) -> None:
    app = stage.app(HARBOUR.key)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.main.source.focus()
        await pilot.press("slash", *"harbour")
        await pilot.pause()
        light = app.main.source.spotlight
        assert len(light.found) == 3
        assert light.current == light.found[0]
        await pilot.press("enter", "enter", "enter", "up")
        await pilot.pause()
        assert app.main.source.spotlight.current == light.found[2]
        await pilot.press("escape")
        await pilot.pause()
        assert app.main.source.spotlight == Spotlight()
        assert app.focused is app.main.source


@pytest.mark.parametrize("document", [HARBOUR, MUSEUM, STRANGE])
async def test_rows_never_overflow(stage: Stage, document: Document) -> None:
    app = stage.app(document.key)
    async with app.run_test(size=(61, 20)) as pilot:
        await settle(pilot)
        await pilot.press("tab")
        await settle(pilot)
        source = app.main.source
        whole = Span(0, len(document.text))
        shown = evidence(document, document.text.splitlines()[0], document.text.splitlines()[0])
        source.spotlight = Spotlight(shown, (), (whole,))
        assert width(source) > 40
        assert all(cell_len(row) == width(source) for row in rows(source))


@pytest.mark.parametrize("columns", [60, 80, 104, 120])
async def test_not_one_letter_is_missing_from_full_rows(stage: Stage, columns: int) -> None:
    long = Document("/texts/long.txt", "Long", "harbour" * 500, "/texts/long.txt")
    app = stage.app()
    async with app.run_test(size=(columns, 24)) as pilot:
        await settle(pilot)
        app.main.show_document(long, slide=True)
        await settle(pilot)
        source = app.main.source
        margin = source._digits + 4
        whole = Span(0, len(long.text))
        for row in range(source.size.height):
            start, end = source._rows.start(row), source._rows.end(row)
            answer = Evidence(long, whole, whole, Span(start + 1, start + 4), 0.9)
            source.spotlight = Spotlight(answer)
            drawn = source.render_line(row).text[margin:-1].rstrip()
            text = long.text
            assert drawn == f"{text[start]}‹{text[start + 1 : start + 4]}›{text[start + 4 : end]}"
