"""The conversation that goes on, and those that are kept; knows no screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from index.problems import Problem
from terminal.ports import Answering

if TYPE_CHECKING:
    from index.settings import Settings
    from qa.conversation import Conversation
    from qa.conversations import ConversationInfo, Conversations, Mention
    from qa.ports import Rewriter

Store: TypeAlias = "Conversations | None"


@dataclass(frozen=True, slots=True)
class Means:
    """How to get at what a conversation needs; called on a thread, for it takes a moment."""

    rewriter: Callable[[], Rewriter | None] = lambda: None
    """Reads follow-up questions; None takes every question as it is."""
    store: Callable[[], Store] = lambda: None
    """Keeps the turns; None keeps nothing."""


def means(settings: Settings, *, keep: bool = True) -> Means:
    """The rewriter that comes with Pullquote, and the user's conversations if to be kept."""

    def rewriter() -> Rewriter:
        from qa.rewriting import load

        return load()

    def store() -> Conversations:
        from qa.conversations import Conversations

        return Conversations.of(settings)

    return Means(rewriter, store) if keep else Means(rewriter)


class Talks:
    """Begins, reopens, lists, searches, deletes and exports conversations."""

    def __init__(self, means: Means) -> None:
        """Nothing is loaded yet."""
        self._means = means
        self._rewriter: Rewriter | None = None
        self._store: Store = None
        self._warned = False
        self.current: Conversation | None = None
        """None until the texts are open."""

    def prepare(self) -> list[Problem]:
        """Load what a conversation needs; returns why something is missing. It goes on without."""
        problems = []
        try:
            self._rewriter = self._means.rewriter()
        except Problem as problem:
            problems.append(problem)
        try:
            self._store = self._means.store()
        except Problem as problem:
            problems.append(problem)
        return problems

    def begin(self, assistant: Answering) -> None:
        """An empty conversation."""
        from qa.conversation import Conversation

        self.current = Conversation(assistant, rewriter=self._rewriter, store=self._store)

    def restored(self, assistant: Answering, id_: int) -> Conversation:
        """A kept conversation; it goes on once it is made ``current``.

        Raises:
            Problem: it is not there, or damaged, or nothing is kept.
        """
        from qa.conversation import Conversation

        return Conversation.restored(assistant, self._kept(), id_, rewriter=self._rewriter)

    def overview(self) -> list[ConversationInfo]:
        """Every kept conversation, the latest first.

        Raises:
            Problem: they cannot be read, or nothing is kept.
        """
        return self._kept().overview()

    def search(self, words: str) -> list[Mention]:
        """Turns in which all ``words`` were asked or quoted, the latest first.

        Raises:
            Problem: they cannot be read, or nothing is kept.
        """
        return self._kept().search(words)

    def delete(self, id_: int) -> None:
        """Forget one.

        Raises:
            Problem: it is open here, or it cannot be done.
        """
        if self.current and self.current.id == id_:
            raise Problem("This conversation is open.", "Begin a new one first, with Ctrl+N.")
        self._kept().delete(id_)

    def rename(self, id_: int, title: str) -> None:
        """Give one another title; an empty one leaves it as it is.

        Raises:
            Problem: it is not there any more, or cannot be written.
        """
        if title.strip():
            self._kept().rename(id_, title)

    def export(self, path: Path) -> None:
        """Write the conversation that goes on, in the form that the suffix names.

        Raises:
            Problem: there is nothing in it, the suffix names no form, or it cannot be written.
        """
        from qa.export_file import save

        if self.current is None:
            raise Problem("There is nothing to export yet.", "Ask something first.")
        save(self.current.exported(), path)

    def trouble(self) -> Problem | None:
        """Why turns are not kept; told once."""
        problem = self.current.trouble if self.current else None
        if problem is None or self._warned:
            return None
        self._warned = True
        return problem

    def close(self) -> None:
        """Release the file."""
        if self._store:
            self._store.close()

    def _kept(self) -> Conversations:
        if self._store is None:
            raise Problem("Conversations are not kept here.", "Start without --no-keep.")
        return self._store
