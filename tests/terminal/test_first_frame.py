"""The picture before the app is the app's own, and the terminal is left as it was found."""

from __future__ import annotations

import io
import os
import pty
import signal
import sys
import threading
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style

import tui
from terminal import palette
from terminal.app import PullquoteApp
from terminal.first_frame import ENTER, LEAVE, first_frame, picture
from terminal.memory import Memory, Notebook
from tests.terminal.conftest import settle

ROOT = Path(__file__).parents[2]


def cells(row: list[tuple[str, Style]]) -> list[tuple[str, str | None, str | None]]:
    """Character, its colour unless it is a space, and the colour behind it."""
    shown = []
    for text, style in row:
        front, back = style.color, style.bgcolor
        for character in text:
            colour = front.name if front and character != " " else None
            shown.append((character, colour, back.name if back else None))
    return shown


def painted(app: PullquoteApp) -> list[list[tuple[str, Style]]]:
    return [
        [(one.text, one.style or Style()) for one in Segment.simplify(strip)]
        for strip in app.screen._compositor.render_strips()
    ]


@pytest.mark.parametrize("size", [(120, 36), (101, 24), (80, 24), (60, 20), (24, 8)], ids=str)
@pytest.mark.parametrize(
    ("theme", "share"), [("pullquote-ink", 50), ("pullquote-paper", 37), ("pullquote-ink", 75)]
)
async def test_the_app_paints_first_what_stands_there_already(
    size: tuple[int, int], theme: str, share: int
) -> None:
    opened = threading.Event()

    def opening() -> None:
        opened.wait(30)
        raise RuntimeError

    notebook = Notebook(None)
    notebook.memory = Memory(theme=theme, share=share)
    app = PullquoteApp(opening, notebook=notebook)  # type: ignore[arg-type]  # opens nothing
    async with app.run_test(size=size) as pilot:
        then = painted(app)
        opened.set()
        await settle(pilot)
    early = picture(*size, share, palette.PALETTES[theme])
    assert len(early) == len(then) == size[1]
    for row in range(size[1] - 2):
        assert cells(early[row]) == cells(then[row]), row
    assert [cell[0] for cell in cells(early[-2])[:3]] == [" ", "›", " "]
    assert [cell[0] for cell in cells(then[-2])[:3]] == [" ", "›", " "]
    assert "".join(text for text, _ in early[-1]).strip() == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = Terminal()
    monkeypatch.setattr(sys, "__stderr__", terminal)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_DRIVER"):
        monkeypatch.delenv(name, raising=False)
    return terminal


def test_the_screen_is_left_when_no_app_came(terminal: Terminal) -> None:
    with pytest.raises(KeyboardInterrupt), first_frame("pullquote-ink", 50):
        raise KeyboardInterrupt
    assert terminal.getvalue().startswith(ENTER)
    assert terminal.getvalue().endswith(LEAVE)


def test_the_screen_is_left_to_the_app_that_took_it_over(terminal: Terminal) -> None:
    with first_frame("pullquote-ink", 50) as early:
        assert early.painted
        early.taken = True
    assert LEAVE not in terminal.getvalue()


@pytest.mark.parametrize(
    ("name", "value"),
    [("TERM", "dumb"), ("LINES", "7"), ("COLUMNS", "23"), ("TEXTUAL_DRIVER", "a:B")],
)
def test_nothing_is_painted_where_it_would_not_fit(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with first_frame("pullquote-ink", 50) as early:
        assert not early.painted
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(
    ("name", "value", "codes"),
    [
        ("COLORTERM", "truecolor", "38;2;230;225;214;48;2;35;39;48m"),
        ("TERM", "xterm-256color", "38;5;188;48;5;17m"),
    ],
)
def test_colours_are_those_of_the_terminal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str, codes: str
) -> None:
    monkeypatch.setenv(name, value)
    with first_frame("pullquote-ink", 50):
        assert codes in terminal.getvalue()


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "vt100")])
def test_no_colour_where_none_is_wanted(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with first_frame("pullquote-ink", 50):
        assert "Pullquote" in terminal.getvalue()
        assert "8;5" not in terminal.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_the_terminal_switches_once_to_the_app_and_once_back(tmp_path: Path) -> None:
    child, screen = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.environ.update(TERM="xterm-256color", PULLQUOTE_HOME=str(tmp_path))
        os.execv(sys.executable, [sys.executable, "-m", "qa", "sample"])
    written, asked = b"", False
    try:
        while part := os.read(screen, 65_536):
            written += part
            if "⏎".encode() in written and not asked:
                os.write(screen, b"\x11")  # Ctrl+Q
                asked = True
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(screen)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert written.startswith(ENTER.encode())
    assert written.count(ENTER.encode()) == written.count(LEAVE.encode()) == 1


def test_the_app_ends_with_its_terminal_even_if_it_was_told_to_outlive_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        tui._end_with_the_terminal()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
