from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from textual.message import Message
from textual.pilot import Pilot

from terminal.app import PullquoteApp
from terminal.messages import Indexed, Stepped, Stopped, Troubled
from tests.terminal.fake import HARBOUR, MUSEUM, FakeAssistant

GROUPS = ("index", "ask", "suggest", "copy", "watch", "search")
"""Of the app's workers; a directory tree keeps one of its own that never ends."""

BOTH = (HARBOUR.key, MUSEUM.key)


@dataclass
class Stage:
    """An app over fixed texts, and the messages that it has got."""

    assistant: FakeAssistant = field(default_factory=FakeAssistant)
    heard: list[Message] = field(default_factory=list)

    def app(self, *sources: str) -> PullquoteApp:
        return PullquoteApp(lambda: self.assistant, sources)

    def hear(self, message: Message) -> None:
        if isinstance(message, (Indexed, Stepped, Stopped, Troubled)):
            self.heard.append(message)

    async def until(self, step: str, pilot: Pilot[int]) -> None:
        """Wait until the latest question has come to ``step``; the answer is held back."""
        exchange = _app(pilot).main.conversation.exchanges[-1]
        words = {"Retrieved": "reading"}[step]
        while words not in str(exchange.query_one(".progress").render()):
            await pilot.pause()

    async def until_busy(self, pilot: Pilot[int]) -> None:
        """Wait until the progress of indexing is shown."""
        while not _app(pilot).main.query_one("#bar-state").has_class("-busy"):
            await pilot.pause()

    def steps(self) -> list[str]:
        return [type(one.step).__name__ for one in self.heard if isinstance(one, Stepped)]


def _app(pilot: Pilot[int]) -> PullquoteApp:
    assert isinstance(pilot.app, PullquoteApp)
    return pilot.app


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The disk is looked at only after a change of the index, and the day is that of UTC."""
    monkeypatch.setattr("terminal.watching.PAUSE", 0)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def settle(pilot: Pilot[int]) -> None:
    """Until no thread works and no message waits."""
    await pilot.pause()
    while ours := [one for one in pilot.app.workers if one.group in GROUPS and one.is_running]:
        await pilot.app.workers.wait_for_complete(ours)
        await pilot.pause()
    await pilot.pause()


async def ask(pilot: Pilot[int], question: str) -> None:
    """Write a question, ask it, and wait for what comes of it."""
    await begin(pilot, question)
    await settle(pilot)


async def begin(pilot: Pilot[int], question: str) -> None:
    """Write a question and ask it, without waiting."""
    app = pilot.app
    assert isinstance(app, PullquoteApp)
    app.main.box.put(question)
    app.main.box.focus()
    await pilot.press("enter")


def displayed(app: PullquoteApp) -> Callable[[], tuple[bool, bool]]:
    """Whether conversation and source are on the screen."""
    return lambda: (app.main.conversation.display, app.main.reading.display)
