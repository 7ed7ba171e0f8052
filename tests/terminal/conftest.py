from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from textual import events
from textual._context import active_app
from textual.message import Message
from textual.message_pump import MessagePump
from textual.notifications import Notification
from textual.pilot import Pilot
from textual.worker import WorkerError

from terminal.app import PullquoteApp
from terminal.messages import Indexed, Stepped, Stopped, Troubled
from tests.terminal.fake import HARBOUR, MUSEUM, FakeAssistant

GROUPS = ("index", "ask", "reopen", "suggest", "copy", "watch", "search")
"""Of the app's workers; a directory tree keeps one of its own that never ends."""

CALM = 40
"""Rounds of the event loop; what one message sends to others takes a few."""

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


@pytest.fixture(autouse=True)
def _lasting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice stays, however long a busy machine takes to come to what is asked of it."""
    monkeypatch.setattr(Notification, "time_left", property(lambda _: 1000.0))


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is pressed once the one before has had all its effects, however busy the machine is.

    Textual's own pilot goes on as soon as the process uses little of the processor, which on a busy
    machine it also does while it has work to do: keys then go to a dialog that is not there yet.
    """
    handled = 0
    dispatch = MessagePump._dispatch_message

    async def counted(pump: MessagePump, message: Message) -> None:
        nonlocal handled
        handled += 1
        await dispatch(pump, message)

    async def quiet(*_: float) -> None:
        """Until the event loop has gone round ``CALM`` times without a message for anyone."""
        app, calm = active_app.get(), 0
        while calm < CALM:
            before = handled
            await asyncio.sleep(0)
            calm = calm + 1 if handled == before else 0
            if calm == CALM // 2 and app.screen_stack:
                app.screen._on_timer_update()  # what it draws may have more messages sent

    monkeypatch.setattr(MessagePump, "_dispatch_message", counted)
    monkeypatch.setattr("textual.app.wait_for_idle", quiet)
    monkeypatch.setattr("textual.pilot.wait_for_idle", quiet)


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def settle(pilot: Pilot[int]) -> None:
    """Until no thread works and no message waits."""
    await pilot.pause()
    while ours := [one for one in pilot.app.workers if one.group in GROUPS and not one.is_finished]:
        with suppress(WorkerError):  # it was cancelled, or failed: what came of it is to be seen
            await pilot.app.workers.wait_for_complete(ours)
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


async def burst(app: PullquoteApp, *keys: str) -> None:
    """Press keys so quickly that the app has all of them before it has acted on the first."""
    for key in keys:
        character = "/" if key == "slash" else key if len(key) == 1 else None
        app.post_message(events.Key(key, character))


def displayed(app: PullquoteApp) -> Callable[[], tuple[bool, bool]]:
    """Whether conversation and source are on the screen."""
    return lambda: (app.main.conversation.display, app.main.reading.display)
