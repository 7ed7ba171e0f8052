"""A conversation: questions that lean on each other, their answers, kept if there is a store."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from index.problems import IndexProblem, Problem, UsageProblem
from index.types import Cancelled, Document, DocumentInfo, IndexStatus, Span
from qa.conversations import Conversations
from qa.outdated import outdated
from qa.ports import Rewriter
from qa.query import parse
from qa.records import Quote, Record, record
from qa.render import one_line
from qa.types import Answer, Answered, Earlier, Evidence, Speaker, Step, Turn
from qa.verifying import locate

if TYPE_CHECKING:
    from qa.exporting import Exported


class Asked(Protocol):
    """What a conversation needs of ``qa.Assistant``."""

    def steps(
        self, question: str, *, understood: str | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[Step]:
        """The answer to ``question``, which is understood as told, step by step."""

    def documents(self) -> list[DocumentInfo]:
        """What is indexed."""

    def document(self, key: str) -> Document:
        """One document; raises IndexProblem if there is none."""

    def status(self) -> IndexStatus:
        """The index in figures."""


class Conversation:
    """Turns in the order of their answers; questions may be asked from whatever thread."""

    def __init__(
        self,
        assistant: Asked,
        *,
        rewriter: Rewriter | None = None,
        store: Conversations | None = None,
    ) -> None:
        """An empty conversation; it is kept in ``store`` from its first answer on."""
        self._assistant = assistant
        self._rewriter = rewriter
        self._store = store
        self._adding = threading.Lock()
        self._turns: list[Turn] = []
        self._records: list[Record] = []
        self._kept = 0
        self._id: int | None = None
        self._trouble: Problem | None = None

    @classmethod
    def restored(
        cls,
        assistant: Asked,
        store: Conversations,
        id_: int,
        *,
        rewriter: Rewriter | None = None,
    ) -> Conversation:
        """A kept conversation, to be shown and gone on with.

        Answers come back in the texts of the assistant, at the place where the quotes stand now;
        one whose best quote stands there no more is None in its turn, and whole in its record.

        Raises:
            ConversationProblem: there is no such conversation, or it is damaged.
        """
        conversation = cls(assistant, rewriter=rewriter, store=store)
        conversation._records = store.load(id_)
        conversation._turns = [
            Turn(kept.question, restored_answer(kept, assistant.document))
            for kept in conversation._records
        ]
        conversation._kept = len(conversation._records)
        conversation._id = id_
        return conversation

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was asked and answered, oldest first."""
        return tuple(self._turns)

    @property
    def records(self) -> tuple[Record, ...]:
        """The same turns as they are kept, one for each: they show answers without their texts."""
        return tuple(self._records)

    @property
    def id(self) -> int | None:
        """In the store; None before the first answer, or without a store."""
        return self._id

    @property
    def trouble(self) -> Problem | None:
        """Why the latest turns are not kept; None when all are. Asking goes on without."""
        return self._trouble

    def outdated(self) -> tuple[int, ...]:
        """The numbers, from 1, of the turns that show a text which has changed or gone since."""
        return outdated(self._turns, self._assistant.documents())

    def exported(self) -> Exported:
        """The turns as they are exported, under the title that they are kept by.

        Raises:
            UsageProblem: there is none yet.
            ConversationProblem: the conversation was deleted meanwhile, or cannot be read.
        """
        from qa.exporting import Exported

        if not self._records:
            raise UsageProblem("There is nothing to export yet.", "Ask something first.")
        title, began = one_line(self._records[0].question), self._records[0].asked
        if self._store is not None and self._id is not None:
            info = self._store.info(self._id)
            title, began = info.title, info.began
        return Exported(title, began, self.records)

    def ask(
        self, question: str, *, as_is: bool = False, cancelled: Cancelled | None = None
    ) -> Iterator[Step]:
        """What happens on the way to an answer; ends early once cancelled, and is then no turn.

        Args:
            question: may lean on earlier turns, and may be restricted (see ``qa.query``).
            as_is: do not read it in the light of earlier turns.
            cancelled: asked between the steps.

        Raises:
            UsageProblem: the question is empty, too long, or restricted to no text at all.
            ModelProblem: the reader cannot be loaded.
        """
        understood = None if as_is else self._understood(question)
        for step in self._assistant.steps(question, understood=understood, cancelled=cancelled):
            if isinstance(step, Answered):
                if cancelled and cancelled():  # given up while the last of it was read
                    return
                self._add(step.answer)
            yield step

    def answer(self, question: str, *, as_is: bool = False) -> Answer:
        """The last step alone; arguments and problems as for ``ask``."""
        steps = list(self.ask(question, as_is=as_is))
        last = steps[-1]
        assert isinstance(last, Answered)
        return last.answer

    def ask_async(self, question: str, *, as_is: bool = False) -> AsyncGenerator[Step, None]:
        """``ask`` in a thread; leaving the loop early, or cancelling the task, gives it up."""
        from qa.threads import in_thread

        return in_thread(lambda cancelled: self.ask(question, as_is=as_is, cancelled=cancelled))

    async def answer_async(self, question: str, *, as_is: bool = False) -> Answer:
        """``answer`` in a thread."""
        from asyncio import to_thread

        return await to_thread(self.answer, question, as_is=as_is)

    def _understood(self, question: str) -> str | None:
        if self._rewriter is None or not self._records:
            return None
        earlier: list[Earlier] = [kept.earlier for kept in self._records]
        return self._rewriter.understand(parse(question).question, earlier)

    def _add(self, answer: Answer) -> None:
        with self._adding:
            self._turns.append(Turn(answer.question, answer))
            self._records.append(record(answer))
            try:
                self._keep()
                self._trouble = None
            except Problem as problem:  # the user gets the answer even if it cannot be kept
                self._trouble = problem

    def _keep(self) -> None:
        """Keep every turn that is not kept yet."""
        if self._store is None:
            return
        if self._id is None:
            self._id = self._store.create(self._records[0].question, self._texts())
        self._store.append(self._id, self._records[self._kept :])
        self._kept = len(self._records)

    def _texts(self) -> Sequence[str]:
        location = self._assistant.status().location
        if location != "memory":
            return [location]
        return [info.key for info in self._assistant.documents()]


def restored_answer(kept: Record, document: Callable[[str], Document]) -> Answer | None:
    """The answer with its evidence where it stands now; None if the best of it stands nowhere.

    Args:
        kept: what was kept of the answer.
        document: the text of a key; raises IndexProblem if there is none.
    """
    evidence = [_restored(quote, document) for quote in kept.evidence]
    near = [_restored(quote, document) for quote in kept.near_misses]
    if None in (evidence[:1] or near[:1]):
        return None
    return Answer(
        kept.question,
        kept.understood,
        kept.verdict,
        kept.confidence,
        kept.threshold,
        tuple(piece for piece in evidence if piece),
        tuple(piece for piece in near if piece),
        kept.seconds,
        kept.restrictions,
    )


def _restored(quote: Quote, document: Callable[[str], Document]) -> Evidence | None:
    try:
        found = document(quote.key)
    except IndexProblem:
        return None
    located = locate(quote, found.text)
    if located is None:
        return None
    return Evidence(
        found,
        _passage(quote, found, located.sentence),
        located.sentence,
        located.span,
        quote.score,
        _speaker(quote, found, located.span),
    )


def _speaker(quote: Quote, found: Document, span: Span) -> Speaker | None:
    """Who said it, if the text around it as it is now still gives it to the one that was kept."""
    if quote.speaker is None:
        return None
    from qa.attribution import speaker

    now = speaker(found, span)
    return now if now and now.name == quote.speaker else None


def _passage(quote: Quote, document: Document, sentence: Span) -> Span:
    """The passage that was read, moved along with its sentence as far as the text goes."""
    by = sentence.start - quote.sentence.start
    start = min(max(0, quote.passage.start + by), sentence.start)
    end = max(min(len(document.text), quote.passage.end + by), sentence.end)
    return Span(start, end)
