"""The app as a user meets it: what is asked, what is shown, what a key does."""

from __future__ import annotations

import asyncio
import threading

import pytest
from textual.widgets import Static

from index.problems import IndexProblem
from terminal.app import PullquoteApp
from terminal.conversation import EvidenceLine
from terminal.welcome import Welcome
from tests.terminal.conftest import BOTH, Stage, ask, begin, displayed, settle
from tests.terminal.fake import CLOCK, HARBOUR, MUSEUM, VOTE, WALL, WHAT, WHEN, WHY, FakeAssistant

WIDE = (120, 36)


async def test_an_answer_comes_in_steps_and_is_shown_in_its_place(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE, message_hook=stage.hear) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        assert stage.steps() == ["Understood", "Retrieved", "Answered"]
        exchange = app.main.conversation.exchanges[-1]
        assert exchange.has_class("-answered")
        assert not exchange.has_class("-asking")
        assert len(exchange.query(EvidenceLine)) == 3
        assert app.main.source.document == HARBOUR
        assert app.main.source.spotlight.evidence == WALL
        assert app.main.source.spotlight.others == (VOTE,)


async def test_keys_walk_through_evidence_across_documents(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("escape")
        seen = []
        for key in ("n", "n", "n", "p", "p"):
            await pilot.press(key)
            await pilot.pause()
            seen.append(app.main.source.spotlight.evidence)
        assert seen == [VOTE, CLOCK, WALL, CLOCK, VOTE]
        assert app.main.source.document == HARBOUR
        await pilot.press("3")
        await pilot.pause()
        assert app.main.source.document == MUSEUM


async def test_a_number_jumps_while_nothing_is_written(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        assert app.focused is app.main.box
        await pilot.press("3")
        await pilot.pause()
        assert app.main.source.spotlight.evidence == CLOCK
        assert app.main.box.text == ""
        await pilot.press("i", "n", "2")
        assert app.main.box.text == "in2"


async def test_a_click_on_evidence_goes_there(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.click(list(app.main.query(EvidenceLine))[2])
        await pilot.pause()
        assert app.main.source.document == MUSEUM


async def test_a_late_answer_never_lands_under_a_newer_question(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE, message_hook=stage.hear) as pilot:
        await settle(pilot)
        stage.assistant.gate.clear()
        await begin(pilot, WHAT)
        await begin(pilot, WHEN)
        stage.assistant.gate.set()
        await settle(pilot)
        first, second = app.main.conversation.exchanges
        assert first.has_class("-cancelled")
        assert first.answer is None
        assert second.answer is not None
        assert second.answer.question == WHEN
        assert app.main.source.document == MUSEUM


async def test_escape_gives_a_question_up(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        stage.assistant.gate.clear()
        await begin(pilot, WHAT)
        await pilot.press("escape")
        stage.assistant.gate.set()
        await settle(pilot)
        exchange = app.main.conversation.exchanges[-1]
        assert exchange.has_class("-cancelled")
        assert exchange.answer is None
        await ask(pilot, WHEN)
        assert app.main.conversation.exchanges[-1].has_class("-answered")


async def test_not_in_the_text_is_calm_and_shows_what_was_near(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHY)
        exchange = app.main.conversation.exchanges[-1]
        assert exchange.has_class("-absent")
        assert app.main.source.spotlight.evidence is None
        await pilot.press("1")
        await pilot.pause()
        assert app.main.source.spotlight.evidence == VOTE


async def test_the_app_answers_while_a_text_is_indexed(stage: Stage) -> None:
    app = stage.app(HARBOUR.key)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        stage.assistant.indexing.clear()
        app.add([MUSEUM.key])
        await ask_while_indexing(app, pilot)
        stage.assistant.indexing.set()
        await settle(pilot)
        assert [one.key for one in stage.assistant.documents()] == [HARBOUR.key, MUSEUM.key]


async def ask_while_indexing(app: PullquoteApp, pilot: object) -> None:
    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    await begin(pilot, WHAT)
    asking = [worker for worker in app.workers if worker.group == "ask"]
    await app.workers.wait_for_complete(asking)
    await pilot.pause()
    assert app.main.conversation.exchanges[-1].has_class("-answered")


async def test_a_text_that_cannot_be_read_keeps_no_other_out(stage: Stage) -> None:
    app = stage.app("/texts/missing.txt", HARBOUR.key)
    async with app.run_test(size=WIDE, message_hook=stage.hear) as pilot:
        await settle(pilot)
        assert [one.key for one in stage.assistant.documents()] == [HARBOUR.key]
        assert [note.title for note in app._notifications] == [
            "There is no file /texts/missing.txt."
        ]


async def test_an_index_that_cannot_be_opened_is_a_notice_and_the_app_lives() -> None:
    def broken() -> object:
        raise IndexProblem("The index is damaged.", "Run pullquote index rebuild.")

    app = PullquoteApp(broken, [])  # type: ignore[arg-type]
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert [note.message for note in app._notifications] == ["Run pullquote index rebuild."]
        await ask(pilot, WHAT)
        assert app.main.conversation.exchanges[-1].has_class("-failed")


async def test_an_index_that_fails_after_an_operation_does_not_leave_the_app_busy(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> object:
        raise IndexProblem("The index is damaged.", "Run pullquote index rebuild.")

    app = stage.app(HARBOUR.key)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        with monkeypatch.context() as patch:
            patch.setattr(stage.assistant, "status", broken)
            app.add(["/texts/missing.txt"])
            await settle(pilot)
            await pilot.press("ctrl+t")
        assert state(app) == "index not readable"
        assert [note.title for note in app._notifications] == [
            "There is no file /texts/missing.txt.",
            "The index is damaged.",
        ]
        await pilot.press("escape")
        await ask(pilot, WHAT)
        assert app.main.conversation.exchanges[-1].has_class("-answered")
        app.add([MUSEUM.key])
        await settle(pilot)
        assert state(app) == "index ready"
        assert app.main.source.document == MUSEUM


async def test_a_text_that_is_gone_meanwhile_is_a_notice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+t", "down")
        del stage.assistant.texts[MUSEUM.key]
        await pilot.press("enter")
        await settle(pilot)
        assert [note.message for note in app._notifications] == ["Add it."]
        assert app.main.source.document == HARBOUR
        monkeypatch.setattr(stage.assistant, "documents", lambda: stage.assistant.document("x"))
        await pilot.press("ctrl+t")
        assert app.screen is app.main


async def test_texts_that_come_before_the_index_is_open_are_added_then(stage: Stage) -> None:
    opened = threading.Event()

    def opening() -> FakeAssistant:
        assert opened.wait(30)
        return stage.assistant

    app = PullquoteApp(opening, [HARBOUR.key])
    async with app.run_test(size=WIDE) as pilot:
        app.add([MUSEUM.key])
        opened.set()
        await settle(pilot)
        assert not app._notifications
        assert [one.key for one in stage.assistant.documents()] == list(BOTH)


async def test_after_giving_up_the_index_is_busy_until_its_thread_has_ended(stage: Stage) -> None:
    app = stage.app(HARBOUR.key)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        stage.assistant.indexing.clear()
        app.add([MUSEUM.key])
        await pilot.press("escape")
        await pilot.press("ctrl+r")
        assert stage.assistant.rebuilt == 0
        stage.assistant.indexing.set()
        await settle(pilot)
        assert [one.key for one in stage.assistant.documents()] == [HARBOUR.key]
        assert any("Stopped" in note.message for note in app._notifications)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert stage.assistant.rebuilt == 1


def state(app: PullquoteApp) -> str:
    """What the status line says of the index."""
    return str(app.main.query_one("#bar-state", Static).render())


async def test_a_fault_while_answering_costs_one_answer_only(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        with monkeypatch.context() as patch:
            patch.setattr(stage.assistant, "steps", lambda *_, **__: 1 / 0)
            await ask(pilot, WHAT)
        assert app.main.conversation.exchanges[-1].has_class("-failed")
        await ask(pilot, WHAT)
        assert app.main.conversation.exchanges[-1].has_class("-answered")


async def test_rebuilding_leaves_the_texts_as_they_are(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert stage.assistant.rebuilt == 1
        assert len(stage.assistant.documents()) == 2


async def test_an_empty_app_tells_how_to_bring_a_text(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        words = str(app.main.query_one(Welcome).query_one("#welcome-text").render())
        assert "Ctrl+O" in words
        assert "sample" in words


async def test_earlier_questions_come_back(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await ask(pilot, WHEN)
        await pilot.press("o", "h")
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await pilot.press(key)
            seen.append(app.main.box.text)
        assert seen == [WHEN, WHAT, WHAT, WHEN, "oh"]


async def test_ctrl_j_breaks_the_line_and_enter_asks(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("a", "ctrl+j", "b")
        assert app.main.box.text == "a\nb"
        await pilot.press("enter")
        await settle(pilot)
        assert stage.assistant.asked[-1] == "a\nb"


async def test_in_a_medium_window_the_source_slides_in_and_away(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = displayed(app)
        await ask(pilot, WHAT)
        assert shown() == (True, False)
        await pilot.press("2")
        await pilot.pause()
        assert shown() == (True, True)
        await pilot.press("escape")
        await pilot.pause()
        assert shown() == (True, False)


async def test_in_a_narrow_window_tab_turns_the_page(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=(60, 24)) as pilot:
        await settle(pilot)
        shown = displayed(app)
        assert shown() == (True, False)
        await pilot.press("tab")
        await pilot.pause()
        assert shown() == (False, True)
        await pilot.press("tab")
        await pilot.pause()
        assert shown() == (True, False)


async def test_writing_begins_wherever_the_focus_is(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        app.main.source.focus()
        await pilot.press("W", "h", "o")
        assert app.main.box.text == "Who"


async def test_a_question_may_be_given_up_before_its_place_is_ready(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await asyncio.gather(app.main.ask(WHY), app.main.ask(WHAT))
        first, second = app.main.conversation.exchanges
        await settle(pilot)
        assert first.has_class("-cancelled")
        assert second.has_class("-answered")
        assert str(first.query_one(".progress", Static).render()) == "given up"
        await app.main.ask(WHY)
        app.main.clear()
        await settle(pilot)
        assert app.main.conversation.exchanges == []


async def test_how_answers_are_judged_is_said_once(stage: Stage) -> None:
    stage.assistant.notice = "Your calibration was made with other [b]models[/b]."
    app = stage.app(*BOTH)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert not app._notifications
        await ask(pilot, WHAT)
        await ask(pilot, WHY)
        assert [note.message for note in app._notifications] == [stage.assistant.notice]


async def test_a_number_that_brings_nothing_begins_a_question(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        app.main.suggest(())
        await pilot.press(*"48 what?")
        assert app.main.box.text == "48 what?"
