"""The app: opens the texts, works on them on threads, and hands values to the screens.

It thinks nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, get_current_worker

from index.problems import Problem
from index.types import Document, Progress
from terminal import pace, phrasing
from terminal.commands import commands, described
from terminal.main_screen import MainScreen
from terminal.memory import Memory, Notebook
from terminal.messages import Advanced, Indexed, Opened, Suggested, Troubled
from terminal.operations import (
    Operation,
    Outcome,
    Source,
    adding,
    as_problem,
    attempted,
    rebuilding,
    refreshing,
    removing,
)
from terminal.ports import Answering
from terminal.question import QuestionBox
from terminal.sizes import WIDE
from terminal.talks import Means
from terminal.themes import INK, PAPER
from terminal.watching import Watching

if TYPE_CHECKING:
    from index.settings import Settings
    from terminal.texts import Wish


class PullquoteApp(Watching):
    """Conversation on the left, source on the right."""

    TITLE = "Pullquote"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares no ClassVar here
        (0, "-narrow"),
        (72, "-medium"),
        (WIDE, "-wide"),
    ]
    CSS_PATH = "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "add_text", "Add a text", id="texts.add"),
        Binding("ctrl+t", "texts", "Texts: show, remove, refresh", id="texts.list"),
        Binding("f5", "refresh", "Read changed files again", id="texts.refresh"),
        Binding("ctrl+r", "rebuild", "Rebuild the index", id="texts.rebuild"),
        Binding("f9", "sample", "Open a sample article", id="texts.sample"),
        Binding("ctrl+n", "new_conversation", "New conversation", id="conversation.new"),
        Binding("ctrl+l", "conversations", "Earlier conversations", id="conversation.list"),
        Binding("ctrl+s", "export", "Export the conversation", id="conversation.export"),
        Binding("f1", "help", "Help on this part", id="help.part"),
        Binding("question_mark", "keys", "All keys", id="help.keys"),
    ]

    def __init__(
        self,
        opening: Callable[[], Answering],
        sources: Sequence[Source] = (),
        *,
        notebook: Notebook | None = None,
        settings: Settings | None = None,
        means: Means | None = None,
        resume: int | None = None,
    ) -> None:
        super().__init__(notebook or Notebook(None), means or Means(), resume)
        self._opening = opening
        self._sources = list(sources)
        self._settings = settings
        self._indexing: Worker[None] | None = None
        self._stop = threading.Event()
        """Ends the operation that runs. Cancelling its worker would only forget its thread."""
        self._dress()  # before the styles are read: a theme set later has them read again
        memory = self._notebook.memory
        self.main = MainScreen(memory.questions, memory.share, novice=not memory.asked)

    # --- beginning and end -----------------------------------------------------------------

    def get_default_screen(self) -> MainScreen:
        """The frame is painted first; everything heavy follows on a thread."""
        return self.main

    def on_mount(self) -> None:
        """Open the texts once the frame stands."""
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep(theme=theme.name))
        self.call_after_refresh(self._open)

    def on_unmount(self) -> None:
        """Release the index and the conversations."""
        self._talks.close()
        if self._assistant:
            self._assistant.close()

    def _dress(self) -> None:
        """The theme chosen in the app, or the one of the settings; the keys of the settings."""
        for theme in (INK, PAPER):
            self.register_theme(theme)
        chosen = self._notebook.memory.theme or (self._settings and self._settings.theme) or ""
        self.theme = chosen if chosen in self.available_themes else INK.name
        if self._settings and self._settings.keymap:
            self.set_keymap(self._settings.keymap)

    def _keep(self, **changes: object) -> None:
        memory: Memory = replace(self._notebook.memory, **changes)  # type: ignore[arg-type]
        self._notebook.keep(memory)

    @on(MainScreen.Shared)
    def _shared(self, event: MainScreen.Shared) -> None:
        self._keep(share=event.share)

    # --- texts -----------------------------------------------------------------------------

    @work(thread=True, group="index", exit_on_error=False)
    def _open(self) -> None:
        try:
            assistant = self._opening()
        except Exception as error:  # the border of a thread: see as_problem
            self.post_message(Troubled(as_problem(error)))
            return
        self.post_message(Opened(assistant, self._talks.prepare()))

    @on(Opened)
    def _opened(self, event: Opened) -> None:
        self._assistant = event.assistant
        self._talks.begin(event.assistant)
        for problem in event.problems:
            self._notice(problem)
        self.add(self._sources)

    def add(self, sources: Sequence[Source]) -> None:
        """Index these texts on a thread, while the ones that are there go on answering."""
        if self._assistant is None and self._trouble is None:
            self._sources += sources  # they are indexed with the others, once it is open
        else:
            self._index(adding(sources))

    def _index(self, operation: Operation) -> None:
        if self._assistant is None:
            self.notify("There is no index to put texts into.", severity="warning", markup=False)
        elif self._indexing and self._indexing.is_running:
            self.notify(
                "Texts are still being read. Wait for them, or press Esc to stop.", markup=False
            )
        else:
            self._stop = threading.Event()
            self._indexing = self._work_on_index(self._assistant, operation, self._stop)

    @work(thread=True, group="index", exit_on_error=False)
    def _work_on_index(
        self, assistant: Answering, operation: Operation, stop: threading.Event
    ) -> None:
        worker = get_current_worker()
        begun = time.monotonic()

        def report(progress: Progress) -> None:
            self.post_message(Advanced(progress, time.monotonic() - begun))

        def cancelled() -> bool:
            return stop.is_set() or worker.is_cancelled

        outcome = Outcome()
        try:
            outcome = attempted(operation, assistant, report, cancelled)
            documents, status = assistant.documents(), assistant.status()
        except Exception as error:  # the border of a thread: see as_problem
            for problem in (*outcome.problems, as_problem(error)):
                self.post_message(Troubled(problem))
        else:
            self.post_message(Indexed(outcome, documents, status, cancelled=cancelled()))

    @on(Advanced)
    def _advanced(self, event: Advanced) -> None:
        if event.seconds >= pace.QUIET:
            self.main.bar.show_state(pace.words(event.progress, event.seconds), busy=True)

    @on(Indexed)
    def _indexed(self, event: Indexed) -> None:
        """Show what there is now, say what went wrong, and ask what had to wait."""
        self._loaded, self._trouble = True, None
        self.main.show_texts(event.documents, event.status)
        self.main.bar.show_state("index ready" if event.documents else "no text yet")
        for problem in event.outcome.problems:
            self._notice(problem)
        if event.cancelled:
            self.notify("Stopped. What was indexed before is still there.", markup=False)
        if event.outcome.said and not event.cancelled:
            self.notify(event.outcome.said, markup=False)
        self._say_what_is_old(event)
        self._show_fresh(event)
        self.look()
        if self._resume is None:
            self._ask_what_waits()
        else:
            self._chosen(self._resume)
            self._resume = None

    def _say_what_is_old(self, event: Indexed) -> None:
        """Tell which answers show a text that is not there any more as they quote it."""
        from qa.outdated import outdated

        talk, changes = self._talks.current, event.outcome.changes
        if talk and (changes.changed or changes.removed):
            numbers = outdated(talk.turns, event.documents)
            if numbers:
                self.notify(phrasing.outdated(numbers), markup=False)

    def _show_fresh(self, event: Indexed) -> None:
        """Show a text that has just come, or any if none is shown yet."""
        changes, shown = event.outcome.changes, self.main.source.document
        keys = {info.key for info in event.documents}
        fresh = [key for key in changes.added if key in keys]
        if shown and shown.key not in keys:
            self.main.reading.clear()
            shown = None
        elif (
            shown and shown.key in changes.changed and not fresh and (now := self._text(shown.key))
        ):
            self.main.reading.replace(now)
        if fresh or (shown is None and event.documents):
            text = self._text(fresh[0] if fresh else event.documents[0].key)
            if text:
                self.main.show_document(text)
            if text and fresh and self._assistant and not self.main.conversation.exchanges:
                self._suggest(self._assistant, text)

    def _text(self, key: str) -> Document | None:
        """A document; a notice and None if it is not there any more, or cannot be read."""
        try:
            return self._assistant.document(key) if self._assistant else None
        except Problem as problem:
            self._notice(problem)
            return None

    def action_add_text(self) -> None:
        """Choose or paste a text."""
        from terminal.adding import AddDialog

        self.push_screen(AddDialog(Path.cwd()), self._add_chosen)

    def _add_chosen(self, sources: Sequence[Source] | None) -> None:
        if sources:
            self.add(sources)

    @on(QuestionBox.Dropped)
    def _dropped(self, event: QuestionBox.Dropped) -> None:
        self.add(event.paths)

    @on(MainScreen.SampleWanted)
    def action_sample(self) -> None:
        """Open an article that comes with Pullquote."""
        from qa import samples

        try:
            self.add([samples.path()])
        except Problem as problem:
            self._notice(problem)

    def action_refresh(self) -> None:
        """Read again what has changed on disk."""
        self._index(refreshing)

    def action_rebuild(self) -> None:
        """Build the index anew; the old one answers meanwhile."""
        self._index(rebuilding)

    def action_texts(self) -> None:
        """List the texts."""
        from terminal.texts import TextsDialog

        if self._assistant is None:
            return
        try:
            self.push_screen(TextsDialog(self._assistant.documents(), self.disk), self._fulfil)
        except Problem as problem:
            self._notice(problem)

    def _fulfil(self, wish: Wish | None) -> None:
        from terminal.texts import Add, Rebuild, Refresh, Remove, Show

        match wish:
            case Show(key):
                if text := self._text(key):
                    self.main.show_document(text, slide=True)
            case Remove(keys):
                self._index(removing(keys))
            case Refresh():
                self.action_refresh()
            case Rebuild():
                self.action_rebuild()
            case Add():
                self.action_add_text()

    # --- questions -------------------------------------------------------------------------

    @on(MainScreen.GivenUp)
    def _given_up(self) -> None:
        self._waiting = None
        self._stay()
        self.workers.cancel_group(self, "ask")
        self._stop.set()

    @work(thread=True, group="suggest", exclusive=True, exit_on_error=False)
    def _suggest(self, assistant: Answering, document: Document) -> None:
        """Offer questions that this text answers: each is asked before it is offered."""
        from qa.suggesting import suggestions

        worker = get_current_worker()
        good = suggestions(assistant, document, cancelled=lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.post_message(Suggested(good))

    @on(Suggested)
    def _suggested(self, event: Suggested) -> None:
        self.main.suggest(event.questions)

    # --- notices, help, clipboard ----------------------------------------------------------

    @on(Troubled)
    def _troubled(self, event: Troubled) -> None:
        self._trouble = event.problem
        self.main.bar.show_state("index not readable" if self._loaded else "no index")
        self._notice(event.problem)
        self._ask_what_waits()

    @on(MainScreen.Copied)
    def _copied(self, event: MainScreen.Copied) -> None:
        from terminal.clipboard import copy

        self.copy_to_clipboard(event.text)
        self.run_worker(partial(copy, event.text), thread=True, group="copy", exit_on_error=False)
        self.notify("The quote and its source are on the clipboard.", markup=False)

    def action_help(self) -> None:
        """Explain the part that has the focus."""
        from terminal.help import INTRODUCTION, HelpDialog

        words = (self.focused and self.focused.HELP) or INTRODUCTION
        bindings = [one.binding for one in self.screen.active_bindings.values()]
        self.push_screen(HelpDialog(words, bindings))

    @on(QuestionBox.Wondered)
    def action_keys(self) -> None:
        """List every key."""
        from terminal.help import INTRODUCTION, HelpDialog

        every = [*described(MainScreen.BINDINGS), *described(self.BINDINGS)]
        self.push_screen(HelpDialog(INTRODUCTION, every))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that has a key, and what Textual brings."""
        return commands(self, self.main, super().get_system_commands(screen))
