"""What the threads tell the app. A newer report of progress may replace an older one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from index.problems import Problem
from index.types import DocumentInfo, IndexStatus, Progress
from index.watching import OnDisk
from qa.types import Step
from terminal.operations import Outcome
from terminal.ports import Answering

if TYPE_CHECKING:
    from textual.worker import Worker

    from qa.conversation import Conversation


@dataclass
class Opened(Message):
    """The texts can be asked."""

    assistant: Answering
    problems: Sequence[Problem] = ()
    """Why follow-up questions are not understood, or conversations not kept."""


@dataclass
class Advanced(Message):
    """A long operation has come this far."""

    progress: Progress
    seconds: float
    """Since it began."""

    def can_replace(self, message: Message) -> bool:
        """Only the latest counts."""
        return isinstance(message, Advanced)


@dataclass
class Indexed(Message):
    """An operation on the index has ended, well or not; the texts are as listed."""

    outcome: Outcome
    documents: Sequence[DocumentInfo]
    status: IndexStatus
    cancelled: bool = False


@dataclass
class Looked(Message):
    """The files of the texts were compared with the index."""

    seen: OnDisk
    seconds: float
    """It took."""


@dataclass
class Stepped(Message):
    """A question has come one step further."""

    turn: int
    step: Step


@dataclass
class Stopped(Message):
    """A question ended without an answer."""

    turn: int
    problem: Problem


@dataclass
class Reopened(Message):
    """A kept conversation is there to be shown and gone on with."""

    conversation: Conversation
    turn: int
    """The one to bring into view, from 1; 0 for the last one."""
    worker: Worker[None]
    """By which a fetching that was given up is known."""


@dataclass
class Unopened(Message):
    """A kept conversation cannot be opened; the one that is shown goes on."""

    problem: Problem
    worker: Worker[None]


@dataclass
class Troubled(Message):
    """The texts cannot be opened, or something else failed that is not a question."""

    problem: Problem


@dataclass
class Suggested(Message):
    """Questions that a fresh text answers."""

    questions: Sequence[str]
