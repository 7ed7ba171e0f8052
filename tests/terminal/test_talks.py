"""Conversations in the app: follow-ups, keeping, reopening, exporting."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from textual.widgets import DataTable, Input, Static

from index.problems import IndexProblem, ModelProblem, Problem
from qa.conversations import ConversationProblem, Conversations
from qa.types import Answer, Earlier, Speaker
from terminal import phrasing
from terminal.app import PullquoteApp
from terminal.conversation import EvidenceLine
from terminal.talks import Means
from terminal.talks_dialog import ExportDialog, TalksDialog
from terminal.welcome import Welcome
from tests.terminal.conftest import BOTH, Stage, ask, begin, burst, settle
from tests.terminal.fake import (
    ANSWERS,
    HARBOUR,
    MUSEUM,
    NEAR,
    WALL,
    WHAT,
    WHEN,
    WHY,
    FakeAssistant,
    answered,
)

WIDE = (120, 36)
FOLLOWING = "When was that?"


class Following:
    """Understands one follow-up question."""

    def understand(self, question: str, earlier: Sequence[Earlier]) -> str:
        assert earlier
        return WHEN if question == FOLLOWING else question


@dataclass
class Kept:
    """Apps whose conversations are kept in one file."""

    path: Path
    assistant: FakeAssistant = field(default_factory=FakeAssistant)

    def app(self, *sources: str, resume: int | None = None) -> PullquoteApp:
        means = Means(Following, lambda: Conversations(self.path))
        return PullquoteApp(lambda: self.assistant, sources, means=means, resume=resume)

    def understood(self, id_: int = 1) -> list[str]:
        with Conversations(self.path) as store:
            return [kept.understood for kept in store.load(id_)]

    def many(self) -> int:
        with Conversations(self.path) as store:
            return len(store.overview())


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "talks.db")


async def talk(kept: Kept, *questions: str) -> None:
    """Ask in an app that is closed afterwards."""
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        for question in questions:
            await ask(pilot, question)


def progress(app: PullquoteApp, at: int = -1) -> str:
    return str(app.main.conversation.exchanges[at].query_one(".progress", Static).render())


def words(app: PullquoteApp) -> str:
    """All that the conversation says."""
    statics = app.main.conversation.query(Static)
    return "\n".join(str(one.render()) for one in statics)


async def test_a_follow_up_is_understood_shown_and_kept(kept: Kept) -> None:
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await ask(pilot, FOLLOWING)
        assert progress(app) == f"↳ understood: {WHEN}"
        assert progress(app, 0) == ""
        assert app.main.source.document == MUSEUM
    assert kept.understood() == [WHAT, WHEN]


async def test_a_question_is_asked_again_as_it_is_written(kept: Kept) -> None:
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await ask(pilot, FOLLOWING)
        await pilot.press("escape", "w")
        await settle(pilot)
        assert app.main.conversation.exchanges[-1].question == FOLLOWING
        assert progress(app) == ""
    assert kept.understood() == [WHAT, WHEN, FOLLOWING]


async def test_a_question_that_was_given_up_is_not_kept(kept: Kept) -> None:
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        kept.assistant.gate.clear()
        await begin(pilot, WHAT)
        await begin(pilot, WHEN)
        kept.assistant.gate.set()
        await settle(pilot)
    assert kept.understood() == [WHEN]


async def test_restrictions_are_shown(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = replace(ANSWERS[WHAT], restrictions=("in “harbour”", "without “fare”"))
    monkeypatch.setitem(ANSWERS, WHAT, limited)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        assert progress(app) == "↳ restricted: in “harbour”; without “fare”"


def test_marks_taken_out_of_a_question_are_no_other_understanding() -> None:
    assert phrasing.understood("how many? in:harbour", "how many?", ()) == ""


async def test_the_speaker_is_on_the_card_and_in_the_list(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = Speaker(WALL.span, None, "Ingrid Dahl\x1b[2J", direct=True)
    monkeypatch.setitem(ANSWERS, WHAT, answered(WHAT, replace(WALL, speaker=speaker)))
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        told = "harbour.txt, line 7 · said by Ingrid Dahl␛[2J"
        assert str(app.main.query_one(".card", Static).render()).splitlines()[1] == told
        assert told in str(app.main.query_one(EvidenceLine).render())


async def test_a_new_conversation_forgets_the_questions_before(kept: Kept) -> None:
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("ctrl+n")
        await ask(pilot, FOLLOWING)
        assert progress(app) == ""
    assert kept.understood(1) == [WHAT]
    assert kept.understood(2) == [FOLLOWING]


async def test_a_kept_conversation_is_reopened_and_gone_on_with(kept: Kept) -> None:
    await talk(kept, WHAT, WHY)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert isinstance(app.screen, TalksDialog)
        await pilot.press("enter")
        await settle(pilot)
        first, second = app.main.conversation.exchanges
        assert first.has_class("-answered")
        assert second.has_class("-absent")
        assert first.answer is not None
        assert first.answer.text == "a wall that holds until 2100"
        assert not app.main.query(Welcome)
        await pilot.press("escape", "k")
        await settle(pilot)
        shown = app.main.source.spotlight.evidence
        assert shown is not None
        assert shown.span == WALL.span
        await ask(pilot, FOLLOWING)
        assert progress(app) == f"↳ understood: {WHEN}"
    assert kept.understood() == [WHAT, WHY, WHEN]
    assert kept.many() == 1


async def test_resuming_waits_for_the_texts_and_a_hasty_question_for_both(kept: Kept) -> None:
    await talk(kept, WHAT)
    kept.assistant = FakeAssistant()
    kept.assistant.indexing.clear()
    app = kept.app(*BOTH, resume=1)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        await begin(pilot, FOLLOWING)
        assert progress(app) == "waiting for the texts …"
        kept.assistant.indexing.set()
        await settle(pilot)
        first, second = app.main.conversation.exchanges
        assert isinstance(first.answer, Answer)
        assert second.question == FOLLOWING
        assert second.has_class("-answered")
    assert kept.understood() == [WHAT, WHEN]


async def test_without_its_text_an_answer_is_shown_as_it_was_kept(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(kept, WHAT, WHY)
    kept.assistant = FakeAssistant()
    monkeypatch.setattr(kept.assistant, "document", _missing)
    app = kept.app(resume=1)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        first, second = app.main.conversation.exchanges
        assert first.has_class("-kept")
        assert second.has_class("-kept")
        said = words(app)
        assert "[1] “We asked for one thing, ‹a wall that holds until 2100›,” the mayor" in said
        assert "harbour.txt, line 7" in said
        assert "○ Not in the text." in said
        assert "shown as it was kept" in said
        await pilot.press("escape", "1", "n", "c", "e", "j")


def _missing(key: str) -> object:
    raise IndexProblem(f"There is no document {key}.", "Add it.")


async def test_a_conversation_is_deleted_after_a_confirmation(kept: Kept) -> None:
    await talk(kept, WHAT)
    await talk(kept, WHY)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l", "d", "n")
        await settle(pilot)
        assert kept.many() == 2
        await pilot.press("d", "y")
        await settle(pilot)
        assert kept.many() == 1
        assert kept.understood(1) == [WHAT]
        await pilot.press("d", "y", "d", "enter", "escape", "ctrl+l")
        await settle(pilot)
        assert len(app.screen_stack) == 1
    assert kept.many() == 0


async def test_a_conversation_is_renamed(kept: Kept) -> None:
    await talk(kept, WHAT)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l")
        await settle(pilot)
        await pilot.press("r")
        await settle(pilot)
        app.screen.query_one(Input).value = "The [b]wall[/b]"
        await pilot.press("enter")
        await settle(pilot)
        table = app.screen.query_one(DataTable)
        assert str(table.get_row_at(0)[0]) == "The [b]wall[/b]"
        await pilot.press("r", "escape")
        await settle(pilot)
    with Conversations(kept.path) as store:
        assert [info.title for info in store.overview()] == ["The [b]wall[/b]"]


async def test_the_open_conversation_is_not_deleted(kept: Kept) -> None:
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("ctrl+l", "d", "y")
        await settle(pilot)
        assert [note.title for note in app._notifications] == ["This conversation is open."]
    assert kept.many() == 1


@pytest.mark.parametrize("name", ["talk.md", "talk.html", "talk.json"])
async def test_the_conversation_is_exported_to_a_path(
    kept: Kept, tmp_path: Path, name: str
) -> None:
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+s")
        assert app.screen is app.main
        await ask(pilot, WHAT)
        await pilot.press("ctrl+s")
        await settle(pilot)
        field = app.screen.query_one(Input)
        field.value = str(tmp_path / "talk.pdf")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ExportDialog)
        assert ".md, .html or .json" in str(app.screen.query_one("#trouble", Static).render())
        field.value = str(tmp_path / name)
        await pilot.press("enter")
        await settle(pilot)
        assert app.screen is app.main
    written = (tmp_path / name).read_text("utf-8")
    assert "a wall that holds until 2100" in written
    assert not name.endswith("json") or json.loads(written)["title"] == WHAT


async def test_no_text_is_overwritten_by_an_export(kept: Kept, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("My own.\n", encoding="utf-8")
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("ctrl+s")
        await settle(pilot)
        for path in (str(notes), "~nobody-here/a.md", "a\x00.md", ""):
            app.screen.query_one(Input).value = path
            await pilot.press("enter")
            await settle(pilot)
            assert isinstance(app.screen, ExportDialog)
            assert str(app.screen.query_one("#trouble", Static).render())
    assert notes.read_text("utf-8") == "My own.\n"


async def test_trouble_in_keeping_is_told_once_and_asking_goes_on(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise ConversationProblem("The disk is full.", "Make room.")

    monkeypatch.setattr(Conversations, "create", full)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await ask(pilot, FOLLOWING)
        assert [note.message for note in app._notifications] == ["The disk is full. Make room."]
        assert progress(app) == f"↳ understood: {WHEN}"


async def test_without_rewriter_and_store_the_app_asks_all_the_same(stage: Stage) -> None:
    def broken() -> None:
        raise ModelProblem("The rewriter is damaged.", "Install Pullquote anew.")

    app = PullquoteApp(lambda: stage.assistant, BOTH, means=Means(broken, broken))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        assert app.main.conversation.exchanges[-1].has_class("-answered")
        assert len(app._notifications) == 2
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert app.screen is app.main
        assert [note.title for note in app._notifications][-1] == "Conversations are not kept here."


async def test_one_that_cannot_be_opened_leaves_the_other_as_it_is(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(kept, WHY)
    app = kept.app(HARBOUR.key)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        await pilot.press("ctrl+l", "down")

        def damaged(*_: object) -> list[object]:
            raise Problem("The conversation is damaged.", "Delete it.")

        monkeypatch.setattr(Conversations, "load", damaged)
        await pilot.press("enter")
        await settle(pilot)
        assert [one.question for one in app.main.conversation.exchanges] == [WHAT]
        assert [note.title for note in app._notifications] == ["The conversation is damaged."]


async def test_an_answer_that_is_faster_than_its_place_is_shown_once(kept: Kept) -> None:
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        exchange = app.main.conversation.exchanges[-1]
        exchange.on_mount()  # as if the place had been ready only now
        await settle(pilot)
        assert len(exchange.query(".card")) == 1
        assert len(exchange.query(EvidenceLine)) == 3


async def test_a_search_finds_a_turn_and_goes_to_it(kept: Kept) -> None:
    await talk(kept, WHEN)
    await talk(kept, WHAT, WHY, NEAR)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l", "slash", *"towers painting")
        await settle(pilot)
        assert found(app) == [WHY]
        await pilot.press("escape")
        await settle(pilot)
        assert found(app) == [WHAT, WHEN]
        await pilot.press("slash", *"mayor hold")
        await settle(pilot)
        assert found(app) == [NEAR, f"{WHAT} → a wall that holds until 2100"]
        await pilot.press("down", "enter")
        await settle(pilot)
        assert app.screen is app.main
        assert [one.question for one in app.main.conversation.exchanges] == [WHAT, WHY, NEAR]
        shown = app.main.source.spotlight.evidence
        assert shown is not None
        assert shown.span == WALL.span
        await pilot.press("escape", "e")
        assert app.main.box.text == WHAT


async def test_a_search_without_a_match_says_so_and_enter_does_nothing(kept: Kept) -> None:
    await talk(kept, WHAT)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l", "slash", *"zebra", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TalksDialog)
        assert found(app) == []
        assert "Nothing was asked" in str(app.screen.query_one("#details", Static).render())
        await pilot.press("backspace", "escape", "enter")
        await settle(pilot)
        assert app.main.conversation.exchanges[-1].question == WHAT


async def test_enter_waits_for_the_search_instead_of_taking_a_row_of_the_list(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(kept, WHAT)
    await talk(kept, WHEN)
    search, ready = Conversations.search, threading.Event()

    def held(store: Conversations, words: str) -> object:
        assert ready.wait(30)
        return search(store, words)

    monkeypatch.setattr(Conversations, "search", held)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l", "slash", *"mayor", "enter")
        assert found(app) == [WHEN, WHAT]
        ready.set()
        await settle(pilot)
        assert app.screen is app.main
        assert [one.question for one in app.main.conversation.exchanges] == [WHAT]


def found(app: PullquoteApp) -> list[str]:
    """The first column of the list of conversations."""
    table = app.screen.query_one(DataTable)
    return [str(table.get_row_at(row)[0]) for row in range(table.row_count)]


async def test_words_that_follow_a_slash_quickly_are_looked_for(kept: Kept) -> None:
    await talk(kept, WHAT)
    await talk(kept, WHEN)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l")
        await burst(app, "slash", *"red", "backspace", "backspace", "backspace", *"mayor")
        await settle(pilot)
        assert isinstance(app.screen, TalksDialog)
        assert app.screen.query_one("#path", Input).value == "mayor"
        assert found(app) == [f"{WHAT} → a wall that holds until 2100"]


async def test_what_is_asked_while_a_conversation_is_fetched_is_asked_in_that_one(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(kept, WHAT)
    load, ready = Conversations.load, threading.Event()

    def held(store: Conversations, id_: int) -> object:
        assert ready.wait(30)
        return load(store, id_)

    monkeypatch.setattr(Conversations, "load", held)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l", "enter")
        await begin(pilot, FOLLOWING)
        assert progress(app) == "waiting for the texts …"
        ready.set()
        await settle(pilot)
        assert [one.question for one in app.main.conversation.exchanges] == [WHAT, FOLLOWING]
        assert progress(app) == f"↳ understood: {WHEN}"
    monkeypatch.undo()
    assert kept.understood() == [WHAT, WHEN]


async def test_an_answer_on_its_way_outlives_a_conversation_that_cannot_be_opened(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(kept, WHAT)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        kept.assistant.gate.clear()
        await begin(pilot, WHEN)
        monkeypatch.setattr(Conversations, "load", lambda *_: 1 / 0)
        await pilot.press("ctrl+l", "enter")
        kept.assistant.gate.set()
        await settle(pilot)
        assert app.main.conversation.exchanges[-1].has_class("-answered")
        assert len(app._notifications) == 1


async def test_giving_up_leaves_the_conversation_that_is_shown(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(kept, WHAT)
    load, ready = Conversations.load, threading.Event()

    def held(store: Conversations, id_: int) -> object:
        assert ready.wait(30)
        return load(store, id_)

    monkeypatch.setattr(Conversations, "load", held)
    app = kept.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+l", "enter", "escape")
        ready.set()
        await settle(pilot)
        assert app.main.conversation.exchanges == []
        await ask(pilot, WHEN)
        assert app.main.conversation.exchanges[-1].has_class("-answered")
