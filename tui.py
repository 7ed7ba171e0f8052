"""The terminal app: ``python tui.py ARTICLE…``.

This is the door: it opens the texts, walks the steps of a question on a thread, and hands values
to the screens of the package ``terminal``. It thinks nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.worker import Worker, get_current_worker

from index.problems import Problem
from index.types import Progress
from terminal import pace
from terminal.main_screen import MainScreen
from terminal.messages import Advanced, Indexed, Opened, Stepped, Stopped, Troubled
from terminal.operations import Operation, Outcome, Source, adding, as_problem, rebuilding
from terminal.ports import Answering


class PullquoteApp(App[int]):
    """Conversation on the left, source on the right."""

    TITLE = "Pullquote"
    CSS_PATH = "terminal/styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "add_text", "Add a text", id="texts.add", show=False),
        Binding("ctrl+e", "sample", "Open the sample", id="texts.sample", show=False),
        Binding("ctrl+r", "rebuild", "Rebuild the index", id="texts.rebuild", show=False),
    ]

    def __init__(self, opening: Callable[[], Answering], sources: Sequence[Source] = ()) -> None:
        super().__init__()
        self._opening = opening
        self._sources = list(sources)
        self._assistant: Answering | None = None
        self._indexing: Worker[None] | None = None
        self.main = MainScreen()

    def get_default_screen(self) -> MainScreen:
        """The frame is painted first; everything heavy follows on a thread."""
        return self.main

    def on_mount(self) -> None:
        """Open the texts once the frame stands."""
        self.call_after_refresh(self._open)

    def on_unmount(self) -> None:
        """Release the index."""
        if self._assistant:
            self._assistant.close()

    # --- texts -----------------------------------------------------------------------------

    @work(thread=True, group="index", exit_on_error=False)
    def _open(self) -> None:
        try:
            assistant = self._opening()
        except Exception as error:  # the border of a thread: see as_problem
            self.post_message(Troubled(as_problem(error)))
            return
        self.post_message(Opened(assistant))

    @on(Opened)
    def _opened(self, event: Opened) -> None:
        self._assistant = event.assistant
        self.add(self._sources)

    def add(self, sources: Sequence[Source]) -> None:
        """Index these texts on a thread, while the ones that are there go on answering."""
        self._index(adding(sources))

    def action_rebuild(self) -> None:
        """Build the index anew; the old one answers meanwhile."""
        self._index(rebuilding)

    def _index(self, operation: Operation) -> None:
        if self._assistant is None or (self._indexing and self._indexing.is_running):
            self.notify("The texts are still being read. Wait, or press Esc to stop.", markup=False)
            return
        self._indexing = self._run_operation(self._assistant, operation)

    @work(thread=True, group="index", exit_on_error=False)
    def _run_operation(self, assistant: Answering, operation: Operation) -> None:
        worker = get_current_worker()
        begun = time.monotonic()

        def report(progress: Progress) -> None:
            self.post_message(Advanced(progress, time.monotonic() - begun))

        try:
            outcome = operation(assistant, report, lambda: worker.is_cancelled)
        except Exception as error:  # the border of a thread: see as_problem
            outcome = Outcome(problems=(as_problem(error),))
        self.post_message(
            Indexed(
                outcome, assistant.documents(), assistant.status(), cancelled=worker.is_cancelled
            )
        )

    @on(Advanced)
    def _advanced(self, event: Advanced) -> None:
        if event.seconds >= pace.QUIET:
            self.main.show_state(pace.words(event.progress, event.seconds), busy=True)

    @on(Indexed)
    def _indexed(self, event: Indexed) -> None:
        self.main.show_texts(event.documents, event.status)
        self.main.show_state("index ready" if event.documents else "no text yet")
        for problem in event.outcome.problems:
            self._notice(problem)
        if event.cancelled:
            self.notify("Stopped. What was indexed before is still there.", markup=False)
        changes = event.outcome.changes
        fresh = [*changes.added, *changes.changed]
        if fresh or self.main.source.document is None:
            self._show_text(
                fresh[0] if fresh else event.documents[0].key if event.documents else ""
            )

    def _show_text(self, key: str) -> None:
        if self._assistant and key:
            self.main.show_document(self._assistant.document(key))

    # --- questions -------------------------------------------------------------------------

    @on(MainScreen.Asked)
    def _asked(self, event: MainScreen.Asked) -> None:
        if self._assistant is None:
            problem = Problem("The texts are still being opened.", "Ask again in a moment.")
            self.main.show_problem(event.turn, problem)
            return
        self._walk(self._assistant, event.turn, event.question)

    @work(thread=True, group="ask", exclusive=True, exit_on_error=False)
    def _walk(self, assistant: Answering, turn: int, question: str) -> None:
        worker = get_current_worker()
        try:
            for step in assistant.steps(question, cancelled=lambda: worker.is_cancelled):
                if worker.is_cancelled:
                    return
                self.post_message(Stepped(turn, step))
        except Exception as error:  # the border of a thread: see as_problem
            self.post_message(Stopped(turn, as_problem(error)))

    @on(Stepped)
    def _stepped(self, event: Stepped) -> None:
        self.main.show_step(event.turn, event.step)

    @on(Stopped)
    def _stopped(self, event: Stopped) -> None:
        self.main.show_problem(event.turn, event.problem)

    @on(MainScreen.GivenUp)
    def _given_up(self) -> None:
        self.workers.cancel_group(self, "ask")

    # --- notices ---------------------------------------------------------------------------

    @on(Troubled)
    def _troubled(self, event: Troubled) -> None:
        self.main.show_state("no index")
        self._notice(event.problem)

    def _notice(self, problem: Problem) -> None:
        self.notify(
            problem.remedy, title=problem.summary, severity="warning", timeout=10, markup=False
        )


def run(sources: Sequence[Source] = (), index: str | Path | None = None) -> int:
    """Open the app on these texts, in memory or in a kept index; returns the exit code."""
    return PullquoteApp(partial(_open_assistant, index), sources).run() or 0


def _open_assistant(index: str | Path | None) -> Answering:
    from qa.assistant import Assistant

    if index is None:
        return Assistant.over(())
    return Assistant.open(index, create=True)


def main(argv: Sequence[str] | None = None) -> int:
    """``python tui.py ARTICLE…``."""
    return run(list(sys.argv[1:] if argv is None else argv))


if __name__ == "__main__":
    sys.exit(main())
