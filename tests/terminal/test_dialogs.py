"""Dialogs: adding, listing and removing texts, help, palette, clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.widgets import DataTable, Input, Static, TextArea

from terminal import clipboard
from terminal.adding import AddDialog
from terminal.app import PullquoteApp
from terminal.dialogs import Confirm
from terminal.help import HelpDialog
from terminal.memory import Memory, Notebook
from terminal.texts import TextsDialog
from tests.terminal.conftest import BOTH, Stage, ask, burst, displayed, settle
from tests.terminal.fake import HARBOUR, MUSEUM, WALL, WHAT, FakeAssistant

SIZE = (120, 36)


async def test_a_text_is_added_by_its_path(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: True)
    app = stage.app(HARBOUR.key)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert isinstance(app.screen, AddDialog)
        app.screen.query_one("#path", Input).value = MUSEUM.key
        await pilot.press("enter")
        await settle(pilot)
        assert [one.key for one in stage.assistant.documents()] == [HARBOUR.key, MUSEUM.key]
        assert app.main.source.document == MUSEUM


async def test_a_path_that_is_not_there_is_said_in_the_dialog(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+o")
        await pilot.press(*"nowhere", "enter")
        await pilot.pause()
        assert isinstance(app.screen, AddDialog)
        trouble = app.screen.query_one("#trouble", Static).render()
        assert str(trouble) == "There is no nowhere. Check the path; Tab completes it."


async def test_a_text_is_added_by_pasting_it(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+o", "f2")
        await pilot.pause()
        app.screen.query_one("#pasted", TextArea).text = "A note\n\nThe tide is high."
        await pilot.press("ctrl+s")
        await settle(pilot)
        [info] = stage.assistant.documents()
        assert (info.title, info.source) == ("A note", "pasted text")


async def test_a_dropped_file_is_added(stage: Stage, tmp_path: Path) -> None:
    from textual import events

    dropped = tmp_path / "a.txt"
    dropped.write_text("x")
    added: list[Sequence[object]] = []
    app = stage.app()
    app.add = added.append  # type: ignore[method-assign, assignment]
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.post_message(events.Paste(str(dropped)))
        await settle(pilot)
        assert added[-1] == [dropped]
        assert app.main.box.text == ""
        app.post_message(events.Paste("Who paid?"))
        await settle(pilot)
        assert app.main.box.text == "Who paid?"


async def test_a_text_is_removed_once_the_user_agrees(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert isinstance(app.screen, TextsDialog)
        assert app.screen.query_one(DataTable).row_count == 2
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(app.screen, Confirm)
        await pilot.press("n")
        await settle(pilot)
        assert len(stage.assistant.documents()) == 2
        await pilot.press("d", "y")
        await settle(pilot)
        assert [one.key for one in stage.assistant.documents()] == [MUSEUM.key]
        assert app.main.source.document == MUSEUM


async def test_a_text_is_shown_from_the_list(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+t", "down", "enter")
        await settle(pilot)
        assert app.main.source.document == MUSEUM


async def test_question_mark_lists_every_key(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpDialog)
        table = app.screen.query_one(DataTable)
        listed = {str(table.get_row_at(row)[1]) for row in range(table.row_count)}
        assert {"Next evidence", "Add a text", "Find in this text", "All keys"} <= listed
        await pilot.press("escape")
        assert len(app.screen_stack) == 1
        assert app.main.box.text == ""


async def test_f1_explains_the_part_that_has_the_focus(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpDialog)
        assert app.screen.words.startswith("**Ask.**")


async def test_the_palette_has_every_command(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        commands = {one.title: one for one in app.get_system_commands(app.main)}
        assert {"Add a text", "Rebuild the index", "Find in this text", "Theme"} <= set(commands)
        assert len(commands) == len(list(app.get_system_commands(app.main)))
        await pilot.press("ctrl+p", *"rebuild the", "enter", "enter")
        await settle(pilot)
        assert stage.assistant.rebuilt == 1


async def test_copying_gives_the_quote_with_its_source(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop: list[str] = []
    monkeypatch.setattr(clipboard, "copy", desktop.append)
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("escape", "c")
        await settle(pilot)
        assert app.clipboard.startswith(WALL.sentence.of(HARBOUR.text))
        assert "harbour.txt), line 7, characters" in app.clipboard
        assert desktop == [app.clipboard]


def test_without_a_desktop_there_is_no_clipboard_program(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert clipboard.program() is None
    clipboard.copy("nothing happens")


async def test_theme_share_and_questions_are_remembered(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "terminal.json"
    app = PullquoteApp(lambda: stage.assistant, [HARBOUR.key], notebook=Notebook(path))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        app.theme = "nord"
        await pilot.press("escape", "less_than_sign")
        await settle(pilot)
    assert Notebook(path).memory == Memory("nord", 45, True, (WHAT,))
    again = PullquoteApp(FakeAssistant, [HARBOUR.key], notebook=Notebook(path))
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert again.theme == "nord"
        assert again.main.conversation.size.width < again.main.reading.size.width
        await pilot.press("up")
        assert again.main.box.text == WHAT


async def test_keys_follow_the_settings(stage: Stage) -> None:
    from index.settings import Settings

    settings = Settings(keymap={"evidence.next": "x"})
    app = PullquoteApp(lambda: stage.assistant, BOTH, settings=settings)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("escape", "x")
        await pilot.pause()
        assert app.main.source.spotlight.evidence != WALL


async def test_one_pane_alone_and_both_again(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = displayed(app)
        await pilot.press("escape", "m")
        await pilot.pause()
        assert shown() == (True, False)
        await pilot.press("m")
        await pilot.pause()
        assert shown() == (True, True)
        await pilot.press("f4")
        await pilot.pause()
        assert shown() == (True, False)


async def test_a_new_conversation_keeps_the_texts(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert app.main.conversation.exchanges == []
        await ask(pilot, WHAT)
        assert len(app.main.conversation.exchanges) == 1


async def test_the_question_comes_back_to_be_edited(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("escape", "e")
        await pilot.pause()
        assert app.main.box.text == WHAT
        assert app.focused is app.main.box


async def test_a_backspace_takes_away_what_was_written_before_it(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await burst(app, "W", "h", "i", "backspace", "o", "left", "x")
        await settle(pilot)
        assert app.main.box.text == "Whxo"
        await pilot.press("ctrl+f")
        await burst(app, *"vot", "backspace", "t", "e")
        await settle(pilot)
        assert app.main.query_one("#find-input", Input).value == "vote"


async def test_a_path_is_completed_however_quickly_it_is_written(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letters.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    app = stage.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+o")
        await burst(app, *"lx", "backspace", *"et", "tab")
        await settle(pilot)
        path = app.screen.query_one("#path", Input)
        assert path.value == "letters.txt"
        assert app.focused is path
        await pilot.press("tab")
        assert app.focused is not path


@pytest.mark.parametrize("written", ["~nobody/x", "a" * 5_000, "nul\0"])
async def test_what_is_no_path_is_said_and_the_app_lives(stage: Stage, written: str) -> None:
    app = stage.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+o")
        app.screen.query_one("#path", Input).value = written
        await pilot.press("tab", "shift+tab")
        app.screen.query_one("#path", Input).focus()
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, AddDialog)
        assert str(app.screen.query_one("#trouble", Static).render())
