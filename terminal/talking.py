"""The part of the app that asks: questions on a thread, conversations begun, reopened, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import App
from textual.worker import Worker, get_current_worker

from index.problems import Problem
from qa.types import Answered
from terminal.main_screen import MainScreen
from terminal.memory import Notebook
from terminal.messages import Reopened, Stepped, Stopped, Unopened
from terminal.operations import as_problem
from terminal.ports import Answering
from terminal.talks import Means, Talks

if TYPE_CHECKING:
    from qa.conversation import Conversation
    from terminal.talks_dialog import Wanted


class Talking(App[int]):
    """Asks within a conversation; whoever extends it opens the texts."""

    main: MainScreen

    def __init__(self, notebook: Notebook, means: Means, resume: int | None) -> None:
        super().__init__()
        self._notebook = notebook
        self._talks = Talks(means)
        self._resume = resume
        """The conversation to go on with once the texts are there."""
        self._assistant: Answering | None = None
        self._loaded = False
        """Whether the texts given at the start are indexed; until then a question waits."""
        self._waiting: MainScreen.Asked | None = None
        self._reopening: Worker[None] | None = None
        """Fetches a kept conversation; what is asked meanwhile is asked in that one."""
        self._trouble: Problem | None = None
        """Why the texts could not be opened, if they could not."""
        self._noted = ""
        """What was said last of how answers are judged."""

    def _notice(self, problem: Problem) -> None:
        self.notify(
            problem.remedy, title=problem.summary, severity="warning", timeout=10, markup=False
        )

    # --- questions -------------------------------------------------------------------------

    @on(MainScreen.Asked)
    def _asked(self, event: MainScreen.Asked) -> None:
        self.workers.cancel_group(self, "suggest")
        if self._reopening:
            self._waiting = event
            self.main.show_waiting(event.turn)
        elif self._talks.current and self._loaded:
            self._walk(self._talks.current, event)
        elif self._trouble:
            self.main.show_problem(event.turn, self._trouble)
        else:
            self._waiting = event
            self.main.show_waiting(event.turn)
        self._notebook.keep(self._notebook.memory.with_question(event.question))

    @work(thread=True, group="ask", exclusive=True, exit_on_error=False)
    def _walk(self, conversation: Conversation, asked: MainScreen.Asked) -> None:
        worker = get_current_worker()
        try:
            for step in conversation.ask(
                asked.question, as_is=asked.as_is, cancelled=lambda: worker.is_cancelled
            ):
                self.post_message(Stepped(asked.turn, step))
        except Exception as error:  # the border of a thread: see as_problem
            self.post_message(Stopped(asked.turn, as_problem(error)))

    @on(Stepped)
    async def _stepped(self, event: Stepped) -> None:
        await self.main.show_step(event.turn, event.step)
        if isinstance(event.step, Answered) and (problem := self._talks.trouble()):
            self.notify(
                f"{problem.summary} {problem.remedy}",
                title="This conversation is not kept.",
                severity="warning",
                markup=False,
            )
        if isinstance(event.step, Answered) and self._assistant:
            self._note(self._assistant.notice)

    def _note(self, notice: str) -> None:
        """Say how answers are judged, unless it was said before."""
        if notice and notice != self._noted:
            self.notify(notice, severity="warning", timeout=10, markup=False)
        self._noted = notice

    @on(Stopped)
    def _stopped(self, event: Stopped) -> None:
        self.main.show_problem(event.turn, event.problem)

    def _ask_what_waits(self) -> None:
        """Ask what was asked before it could be answered."""
        waiting, self._waiting = self._waiting, None
        if waiting:
            self._asked(waiting)

    # --- conversations ---------------------------------------------------------------------

    def action_new_conversation(self) -> None:
        """Begin anew; the texts stay."""
        self.workers.cancel_group(self, "ask")
        self._stay()
        self._waiting = None
        if self._assistant:
            self._talks.begin(self._assistant)
        self.main.clear()

    def action_conversations(self) -> None:
        """List the conversations that are kept."""
        from terminal.talks_dialog import TalksDialog

        try:
            kept = self._talks.overview()
        except Problem as problem:
            self._notice(problem)
            return
        if not kept:
            self.notify("No conversation is kept yet.", markup=False)
            return
        self.push_screen(TalksDialog(kept, self._talks), self._wanted)

    def _wanted(self, wanted: Wanted | None) -> None:
        if wanted:
            self._chosen(wanted.id, wanted.turn)

    def _chosen(self, id_: int, turn: int = 0) -> None:
        """Go on with a kept conversation, from its last turn or the one that is to be in view."""
        if self._assistant:
            self.workers.cancel_group(self, "suggest")
            self._reopening = self._reopen(self._assistant, id_, turn)

    def _stay(self) -> None:
        """Go on with the conversation that is shown, whatever is being fetched."""
        if self._reopening:
            self._reopening.cancel()
        self._reopening = None

    @work(thread=True, group="reopen", exclusive=True, exit_on_error=False)
    def _reopen(self, assistant: Answering, id_: int, turn: int) -> None:
        """On a thread: the quotes are looked for in their texts."""
        worker = get_current_worker()
        try:
            conversation = self._talks.restored(assistant, id_)
        except Exception as error:  # the border of a thread: see as_problem
            self.post_message(Unopened(as_problem(error), worker))
            return
        self.post_message(Reopened(conversation, turn, worker))

    @on(Reopened)
    async def _reopened(self, event: Reopened) -> None:
        if event.worker is not self._reopening:
            return
        self._reopening = None
        self.workers.cancel_group(self, "ask")
        self._talks.current = event.conversation
        kept = event.conversation
        self.main.show_conversation(kept.records, kept.turns, at=event.turn)
        waiting, self._waiting = self._waiting, None
        if waiting:  # its place on the screen went with the conversation that was shown
            await self.main.ask(waiting.question, as_is=waiting.as_is)

    @on(Unopened)
    def _unopened(self, event: Unopened) -> None:
        if event.worker is self._reopening:
            self._reopening = None
            self._notice(event.problem)
            self._ask_what_waits()

    def action_export(self) -> None:
        """Write the conversation to a file."""
        from terminal.talks_dialog import ExportDialog

        if self._talks.current is None or not self._talks.current.records:
            self.notify("There is nothing to export yet. Ask something first.", markup=False)
            return
        self.push_screen(ExportDialog(self._talks.export), self._exported)

    def _exported(self, path: str | None) -> None:
        if path:
            self.notify(f"Written to {path}.", markup=False)
