"""Files that change while the app is open: told, and read when the user says so."""

from __future__ import annotations

from dataclasses import replace

from textual.pilot import Pilot
from textual.widgets import DataTable, Static

from terminal.app import PullquoteApp
from tests.terminal.conftest import BOTH, Stage, ask, begin, settle
from tests.terminal.fake import HARBOUR, MUSEUM, WALL, WHAT

WIDE = (120, 36)
NEWER = replace(HARBOUR, text=HARBOUR.text.replace("48 million", "52 million"))


def told(app: PullquoteApp) -> str:
    return str(app.main.query_one("#bar-disk", Static).render())


def notices(app: PullquoteApp) -> list[str]:
    return [f"{note.title} {note.message}".strip() for note in app._notifications]


async def look(app: PullquoteApp, pilot: Pilot[int]) -> None:
    app.look()
    await settle(pilot)


async def test_a_changed_file_is_told_and_read_with_a_key(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert told(app) == ""
        stage.assistant.disk[HARBOUR.key] = NEWER
        await look(app, pilot)
        await look(app, pilot)
        assert told(app) == "1 changed · F5"
        assert notices(app) == [
            "harbour.txt changed on disk. F5 reads it again; until then it answers as it was read."
        ]
        assert stage.assistant.texts[HARBOUR.key] == HARBOUR
        await pilot.press("f5")
        await settle(pilot)
        assert stage.assistant.texts[HARBOUR.key] == NEWER
        assert told(app) == ""
        assert notices(app)[1:] == ["1 file read."]


async def test_nothing_is_read_while_a_question_is_answered(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        stage.assistant.disk[HARBOUR.key] = NEWER
        stage.assistant.gate.clear()
        await begin(pilot, WHAT)
        app.look()
        watching = [worker for worker in app.workers if worker.group == "watch"]
        await app.workers.wait_for_complete(watching)
        await pilot.pause()
        assert told(app) == "1 changed · F5"
        stage.assistant.gate.set()
        await settle(pilot)
        assert stage.assistant.texts[HARBOUR.key] == HARBOUR
        assert app.main.source.spotlight.evidence == WALL


async def test_the_shown_text_is_replaced_where_it_stands(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=(120, 14)) as pilot:
        await settle(pilot)
        app.main.source.scroll_to(y=6, animate=False)
        await settle(pilot)
        stage.assistant.disk[HARBOUR.key] = NEWER
        await pilot.press("f5")
        await settle(pilot)
        assert app.main.source.document == NEWER
        assert round(app.main.source.scroll_y) == 6


async def test_a_change_elsewhere_leaves_the_shown_evidence_alone(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await ask(pilot, WHAT)
        stage.assistant.disk[MUSEUM.key] = replace(MUSEUM, text="Nothing is left.")
        await pilot.press("f5")
        await settle(pilot)
        assert app.main.source.document == HARBOUR
        assert app.main.source.spotlight.evidence == WALL


async def test_when_nothing_changed_the_key_says_so(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("f5")
        await settle(pilot)
        assert notices(app) == ["No file has changed since it was read."]


async def test_the_list_tells_what_changed_and_what_is_gone(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        stage.assistant.disk[HARBOUR.key] = NEWER
        stage.assistant.gone = (MUSEUM.key,)
        await look(app, pilot)
        assert told(app) == "1 changed, 1 gone · F5"
        await pilot.press("ctrl+t")
        await settle(pilot)
        table = app.screen.query_one(DataTable)
        assert [str(table.get_row_at(row)[1]) for row in (0, 1)] == ["changed", "gone"]
        await pilot.press("u")
        await settle(pilot)
        assert stage.assistant.texts[HARBOUR.key] == NEWER
        assert MUSEUM.key in stage.assistant.texts


async def test_folders_that_are_added_are_followed(stage: Stage) -> None:
    app = stage.app(*BOTH)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert stage.assistant.followed == list(BOTH)
