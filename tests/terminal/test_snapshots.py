"""How every screen and state looks; ``make snapshots`` records what is meant to change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from index.problems import IndexProblem
from qa.conversations import Conversations
from qa.records import record
from qa.types import Speaker
from terminal.app import PullquoteApp
from terminal.talks import Means
from terminal.themes import PAPER
from tests.terminal.conftest import BOTH, Stage, ask, begin, settle
from tests.terminal.fake import (
    ANSWERS,
    HARBOUR,
    MUSEUM,
    NEAR,
    ODD,
    STRANGE,
    VOTE,
    WALL,
    WHAT,
    WHEN,
    WHY,
    absent,
    answered,
)

Compare = Callable[..., bool]
Steps = Callable[[Pilot[Any]], Awaitable[None]]
WIDE = (120, 36)


def steps(*doing: str) -> Steps:
    """Settle, then ask what begins with a capital letter and press what does not."""

    async def walk(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        for one in doing:
            if one[0].isupper():
                await ask(pilot, one)
            else:
                await pilot.press(one)
                await settle(pilot)

    return walk


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """No blinking cursor, and colours whatever the environment says."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda _: None)


def calm(app: PullquoteApp) -> PullquoteApp:
    app.animation_level = "none"
    app.main.call_later(lambda: setattr(app.main.box, "cursor_blink", False))
    return app


CASES = {
    "empty": ((), WIDE, ()),
    "ready": ((HARBOUR.key,), WIDE, ()),
    "several_texts": (BOTH, WIDE, ()),
    "answered": (BOTH, WIDE, (WHAT,)),
    "second_evidence": (BOTH, WIDE, (WHAT, "escape", "n", "n")),
    "not_in_the_text": (BOTH, WIDE, (WHY,)),
    "nearest": (BOTH, WIDE, (NEAR, "1")),
    "strange_text": ((STRANGE.key,), WIDE, (ODD,)),
    "medium": (BOTH, (80, 24), (WHAT,)),
    "medium_source": (BOTH, (80, 24), (WHAT, "2")),
    "narrow": (BOTH, (60, 24), (WHAT,)),
    "narrow_source": (BOTH, (60, 24), (WHAT, "1")),
    "one_pane": (BOTH, WIDE, (WHAT, "f4")),
    "find": (BOTH, WIDE, ("escape", "slash", "t", "h", "e")),
    "texts": (BOTH, WIDE, ("ctrl+t",)),
    "confirm": (BOTH, WIDE, ("ctrl+t", "d")),
    "paste": (BOTH, WIDE, ("ctrl+o", "f2")),
    "keys": (BOTH, WIDE, ("question_mark",)),
    "help": (BOTH, WIDE, ("f1",)),
    "palette": (BOTH, WIDE, ("ctrl+p",)),
    "small": (BOTH, (60, 20), (WHAT,)),
    "small_source": (BOTH, (60, 20), (WHAT, "1")),
    "small_texts": (BOTH, (60, 20), ("ctrl+t",)),
    "missing_file": (("/texts/none.txt",), WIDE, ()),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("steady")
def test_screen(name: str, snap_compare: Compare, stage: Stage) -> None:
    sources, size, doing = CASES[name]
    app = calm(stage.app(*sources))
    assert snap_compare(app, terminal_size=size, run_before=steps(*doing))


@pytest.mark.parametrize("theme", [PAPER.name, "textual-dark", "ansi-dark"])
@pytest.mark.usefixtures("steady")
def test_theme(theme: str, snap_compare: Compare, stage: Stage) -> None:
    app = calm(stage.app(*BOTH))
    app.theme = theme
    assert snap_compare(app, terminal_size=WIDE, run_before=steps(WHAT))


@pytest.mark.usefixtures("steady")
def test_light_and_narrow(snap_compare: Compare, stage: Stage) -> None:
    app = calm(stage.app(*BOTH))
    app.theme = PAPER.name
    assert snap_compare(app, terminal_size=(60, 24), run_before=steps(WHAT, "1"))


@pytest.mark.usefixtures("steady")
def test_changed_file(snap_compare: Compare, stage: Stage) -> None:
    async def change(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        stage.assistant.disk[HARBOUR.key] = replace(HARBOUR, text=HARBOUR.text + "\nMore.\n")
        assert isinstance(pilot.app, PullquoteApp)
        pilot.app.look()
        await settle(pilot)

    app = calm(stage.app(*BOTH))
    assert snap_compare(app, terminal_size=WIDE, run_before=change)


@pytest.mark.usefixtures("steady")
def test_no_colour(snap_compare: Compare, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(calm(stage.app(*BOTH)), terminal_size=WIDE, run_before=steps(WHAT))


FOLLOWING = "When was that?"
TALKS = {
    "follow_up": ((WHAT, FOLLOWING), ()),
    "conversations": ((WHAT,), ("ctrl+l",)),
    "export": ((WHAT,), ("ctrl+s",)),
}


class _Following:
    def understand(self, question: str, _: object) -> str:
        return WHEN if question == FOLLOWING else question


def _talking(
    stage: Stage, path: Path, monkeypatch: pytest.MonkeyPatch, resume: int | None = None
) -> PullquoteApp:
    """An app that keeps its conversations, with a speaker known, on a day that stands still."""
    speaker = Speaker(WALL.span, None, "Ingrid Dahl", direct=True)
    monkeypatch.setitem(ANSWERS, WHAT, answered(WHAT, replace(WALL, speaker=speaker), VOTE))
    monkeypatch.setattr("qa.conversations.now", lambda: "2022-01-10T12:00:00+00:00")
    means = Means(_Following, lambda: Conversations(path))
    return calm(PullquoteApp(lambda: stage.assistant, BOTH, means=means, resume=resume))


@pytest.mark.parametrize("name", TALKS)
@pytest.mark.usefixtures("steady")
def test_talk(
    name: str,
    snap_compare: Compare,
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    questions, keys = TALKS[name]
    app = _talking(stage, tmp_path / "talks.db", monkeypatch)
    assert snap_compare(app, terminal_size=WIDE, run_before=steps(*questions, *keys))


@pytest.mark.usefixtures("steady")
def test_kept_without_its_text(
    snap_compare: Compare, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _talking(stage, tmp_path / "talks.db", monkeypatch, resume=1)
    with Conversations(tmp_path / "talks.db") as store:
        elsewhere = replace(WALL, document=replace(HARBOUR, key="/gone/harbour.txt"))
        talk = [record(answered(WHAT, elsewhere)), record(absent(WHY))]
        store.append(store.create(WHAT), talk)
    assert snap_compare(app, terminal_size=WIDE, run_before=steps())


@pytest.mark.usefixtures("steady")
def test_answering(snap_compare: Compare, stage: Stage) -> None:
    async def half_way(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        stage.assistant.gate.clear()
        await begin(pilot, WHAT)
        await stage.until("Retrieved", pilot)

    app = calm(stage.app(*BOTH))
    assert snap_compare(app, terminal_size=WIDE, run_before=half_way)
    stage.assistant.gate.set()


@pytest.mark.usefixtures("steady")
def test_indexing(snap_compare: Compare, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("terminal.pace.QUIET", 0.0)

    async def half_way(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        stage.assistant.indexing.clear()
        assert isinstance(pilot.app, PullquoteApp)
        pilot.app.add([MUSEUM.key])
        await stage.until_busy(pilot)

    app = calm(stage.app(HARBOUR.key))
    assert snap_compare(app, terminal_size=WIDE, run_before=half_way)
    stage.assistant.indexing.set()


@pytest.mark.usefixtures("steady")
def test_trouble(snap_compare: Compare) -> None:
    def broken() -> Any:
        raise IndexProblem("The index is damaged.", "Build it anew with: pullquote index rebuild")

    app = calm(PullquoteApp(broken))
    assert snap_compare(app, terminal_size=WIDE, run_before=steps(WHAT))
