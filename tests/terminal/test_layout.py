"""Rows of a document: every character on one row, no row too wide, offsets always exact."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from terminal.layout import _ONE_CELL_EACH, Layout
from terminal.visible import _WIDTHS, clusters, one_line, visible

if TYPE_CHECKING:
    from _typeshed import TraceFunction

PIECES = st.sampled_from(
    [
        "word",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "“quote”",
        "日本語",
        "e\u0301",
        "👩‍🚒",
        "🇳🇴",
        "\u202e",
        "\u200b",
        "\xad",
        "\x1b[31m",
        "x" * 30,
        "—",
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)


@given(text=TEXTS, width=st.integers(min_value=2, max_value=40))
def test_every_character_stands_on_one_row(text: str, width: int) -> None:
    layout = Layout(text, width)
    starts = [layout.start(row) for row in range(len(layout))]
    assert starts[0] == 0
    assert starts == sorted(set(starts)) or text.endswith("\n")
    for offset in range(len(text)):
        row = layout.row(offset)
        assert layout.start(row) <= offset
        assert row + 1 == len(layout) or offset < layout.start(row + 1)


@given(text=TEXTS, width=st.integers(min_value=2, max_value=40))
def test_what_is_drawn_fits_and_leaves_out_only_blanks(text: str, width: int) -> None:
    layout = Layout(text, width)
    for row in range(len(layout)):
        drawn = layout.clusters(row)
        assert sum(cluster.width for cluster in drawn) <= width
        behind = drawn[-1].end if drawn else layout.start(row)
        assert not visible(text[behind : layout.end(row)]).replace("\u200b", "").strip()
        for cluster in drawn:
            assert cell_len(cluster.shown) == cluster.width
        starts = [cluster.start for cluster in drawn]
        assert starts == sorted(starts)


@given(
    text=TEXTS,
    width=st.integers(min_value=2, max_value=40),
    edges=st.lists(st.integers(min_value=0, max_value=200), max_size=5),
)
def test_pieces_are_clusters_put_together_between_the_edges(
    text: str, width: int, edges: list[int]
) -> None:
    layout = Layout(text, width)
    for row in range(len(layout)):
        single, pieces = layout.clusters(row), layout.pieces(row, edges)
        assert "".join(one.shown for one in pieces) == "".join(one.shown for one in single)
        assert sum(one.width for one in pieces) == sum(one.width for one in single)
        assert [one.start for one in pieces[:1]] == [one.start for one in single[:1]]
        assert [one.end for one in pieces[-1:]] == [one.end for one in single[-1:]]
        if _ONE_CELL_EACH.fullmatch("".join(one.shown for one in single)):
            assert not any(one.start < edge < one.end for one in pieces for edge in edges)


@given(text=TEXTS, width=st.integers(min_value=2, max_value=40))
def test_lines_are_counted_by_line_feeds(text: str, width: int) -> None:
    layout = Layout(text, width)
    assert layout.lines == text.count("\n") + 1
    for row in range(len(layout)):
        assert layout.line(row) == text.count("\n", 0, layout.start(row)) + 1


def test_prose_breaks_at_spaces() -> None:
    layout = Layout("the harbour barrier wins", 12)
    rows = [layout.text[layout.start(row) : layout.end(row)] for row in range(len(layout))]
    assert rows == ["the harbour ", "barrier wins"]


def test_a_word_that_is_too_long_is_cut() -> None:
    layout = Layout("abcdefghij", 4)
    assert [layout.start(row) for row in range(len(layout))] == [0, 4, 8]


def test_wide_characters_break_anywhere_and_words_do_not() -> None:
    layout = Layout("日本語の文章です。 hello world", 10)
    rows = [layout.text[layout.start(row) : layout.end(row)] for row in range(len(layout))]
    assert rows == ["日本語の文", "章です。 ", "hello ", "world"]


LINES = {
    "ideographs": "本日は晴天なり。",
    "right to left": "مرحبا بالعالم ",
    "one long word": "é\u0301x",
    "blanks": "\u3000 ",
    "tabs": "a\té",
    "joined": "👩‍🚒🇳🇴",
    "plain": "a harbour barrier ",
}


def lines_run(text: str) -> int:
    """How many lines of the layout are run to lay ``text`` out."""
    run = 0

    def count(frame: FrameType, event: str, _: object) -> TraceFunction | None:
        nonlocal run
        if frame.f_globals["__name__"] not in ("terminal.layout", "terminal.visible"):
            return None
        run += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        Layout(text, 80)
    finally:
        sys.settrace(before)
    return run


@pytest.mark.parametrize("name", LINES)
def test_the_work_grows_as_the_text_and_stays_small(name: str) -> None:
    piece = LINES[name]
    short = piece * (4_000 // len(piece))
    few, many = lines_run(short), lines_run(short * 4)
    assert many < 4.5 * few
    assert many < 12 * 4 * len(short)


def test_a_character_is_measured_once_however_often_it_stands_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[str] = []

    def measure(character: str) -> int:
        measured.append(character)
        return 2

    monkeypatch.setattr("terminal.visible.get_character_cell_size", measure)
    monkeypatch.setattr("terminal.visible._WIDTHS", type(_WIDTHS)())
    assert len(Layout("港は閉じる。" * 500, 60)) == 100
    assert sorted(measured) == sorted(set("港は閉じる。"))


def test_the_quick_way_is_taken_only_for_characters_of_one_cell() -> None:
    quick = [chr(code) for code in range(0x10000) if _ONE_CELL_EACH.fullmatch(chr(code))]
    assert [one for one in quick if get_character_cell_size(one) != 1] == []


def test_tabs_go_to_the_next_stop() -> None:
    assert [cluster.shown for cluster in clusters("a\tbc\td")] == ["a", "   ", "b", "c", "  ", "d"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("nul\x00l", "nul␀l"),
        ("\x9b31m", "\ufffd31m"),
        ("a\u202eb\u202c", "a⇐b⇔"),
        ("lone \ud800", "lone \ufffd"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
    ],
)
def test_controls_become_marks(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert not any(ord(one) < 32 and one not in "\n\t" for one in shown)
    assert not any(0x7F <= ord(one) < 0xA0 for one in shown)
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f") & set(
        shown
    )
    shown.encode()


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
