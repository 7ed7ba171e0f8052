"""Dialogs about conversations: the list of those that are kept, and where to export one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable, Input, Static
from textual.worker import get_current_worker

from index.problems import Problem
from qa.conversations import ConversationInfo, Mention
from terminal import phrasing
from terminal.dialogs import Confirm, Dialog, key_line
from terminal.in_order import InOrder
from terminal.operations import as_problem
from terminal.tables import FittedTable, Row
from terminal.talks import Talks
from terminal.visible import one_line

LISTED = ("Title", "Turns", "Last asked")
FOUND = ("Question and quote", "Turn", "Last asked")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A conversation to go on with, and which of its turns is to be in view."""

    id: int
    turn: int = 0
    """From 1; 0 for the last one."""


class SearchInput(InOrder, Input):
    """Words to look for; the arrows go through what is found, Escape takes the words away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", "Previous row", show=False),
        Binding("down", "walk(1)", "Next row", show=False),
        Binding("escape", "leave", "Back to the list", show=False),
    ]

    @dataclass
    class Walked(Message):
        """The user goes down (1) or up (-1) in what is found."""

        step: int

    @dataclass
    class Left(Message):
        """The user has done with searching."""

    def action_walk(self, step: int) -> None:
        """Leave it to the list."""
        self.post_message(self.Walked(step))

    def action_leave(self) -> None:
        """Show the whole list again."""
        self.value = ""
        self.post_message(self.Left())


class TalksDialog(Dialog[Wanted]):
    """All kept conversations, or the turns that a search finds; the result is one to go on with."""

    HEADING = "Conversations"
    HELP = """\
**Earlier conversations.** Enter goes on with one. **/** looks for words in all questions and
quotes: “demand” finds “demanded”, and Enter then goes to that very answer.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,ctrl+f", "search", "Search", id="conversation.search"),
        Binding("r", "rename", "Rename", id="conversation.rename"),
        Binding("d,delete", "delete", "Delete", id="conversation.delete"),
    ]

    @dataclass
    class Found(Message):
        """What a search found."""

        words: str
        mentions: Sequence[Mention]

    def __init__(self, kept: Sequence[ConversationInfo], talks: Talks) -> None:
        super().__init__()
        self.kept = {info.id: info for info in kept}
        self._talks = talks
        self._listed_for = ""
        """The words that the rows were found by; a search that is on its way has others."""
        self._entered = False
        """Enter was pressed before the rows were those of the words."""

    def compose(self) -> ComposeResult:
        """A line to search in, a row for each conversation, and all of the row under the cursor."""
        with self.frame():
            yield SearchInput(placeholder="/ searches in questions and quotes", id="path")
            yield FittedTable(*LISTED)
            yield Static("", markup=False, id="details")
            yield key_line("⏎ go on with it   / search   r rename   d delete   Esc close")

    def on_mount(self) -> None:
        """Fill the table."""
        self._list()
        self._table.focus()

    @property
    def _table(self) -> FittedTable:
        return self.query_one(FittedTable)

    def _list(self) -> None:
        self._listed_for = ""
        self._table.fill([_listed(info) for info in self.kept.values()], *LISTED)

    # --- searching -------------------------------------------------------------------------

    def action_search(self) -> None:
        """Let the user write words."""
        self.set_focus(self.query_one(SearchInput))  # at once: the words may follow quickly

    @on(SearchInput.Walked)
    def _walked(self, event: SearchInput.Walked) -> None:
        self._table.move_cursor(row=self._table.cursor_row + event.step)

    @on(SearchInput.Left)
    def _left(self) -> None:
        self._table.focus()

    @on(Input.Changed)
    def _sought(self, event: Input.Changed) -> None:
        self._entered = False
        if event.value.strip():
            self._search(event.value)
        else:
            self._list()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._entered = event.value.strip() != self._listed_for.strip()
        if not self._entered:
            self._go_on(self._table.chosen)

    @work(thread=True, exclusive=True, group="search", exit_on_error=False)
    def _search(self, words: str) -> None:
        worker = get_current_worker()
        try:
            mentions = self._talks.search(words)
        except Exception as error:  # the border of a thread: see as_problem
            self.app.call_from_thread(self._say, as_problem(error))
            return
        if not worker.is_cancelled:
            self.post_message(self.Found(words, mentions))

    @on(Found)
    def _found(self, event: Found) -> None:
        if event.words == self.query_one(SearchInput).value:
            self._listed_for = event.words
            self._table.fill([_found(mention) for mention in event.mentions], *FOUND)
            if self._entered:
                self._entered = False
                self._go_on(self._table.chosen)

    # --- going on, renaming, deleting ------------------------------------------------------

    def on_data_table_row_highlighted(self) -> None:
        """Tell all of the row under the cursor, if there is one."""
        info, words = self._info(self._table.chosen), ""
        if info is None and self.query_one(SearchInput).value.strip():
            words = "Nothing was asked or quoted with all of these words."
        elif info:
            names = ", ".join(phrasing.short_name(text, text) for text in info.texts)
            words = f"{one_line(info.title)}\n{phrasing.count(info.turns, 'turn')} · {names}"
        self.query_one("#details", Static).update(Content(words))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Go on with the conversation of this row."""
        self._go_on(event.row_key.value)

    def _go_on(self, key: str | None) -> None:
        if key:
            id_, _, turn = key.partition("/")
            self.dismiss(Wanted(int(id_), int(turn or 0)))

    def _info(self, key: str | None) -> ConversationInfo | None:
        return self.kept.get(int(key.partition("/")[0])) if key else None

    @work
    async def action_rename(self) -> None:
        """Give the conversation of this row another title."""
        info = self._info(self._table.chosen)
        if info is None:
            return
        title = await self.app.push_screen_wait(RenameDialog(one_line(info.title)))
        if not title:
            return
        try:
            self._talks.rename(info.id, title)
        except Problem as problem:
            self._say(problem)
            return
        self.kept[info.id] = replace(info, title=title)
        self._again()

    @work
    async def action_delete(self) -> None:
        """Forget the conversation of this row, once the user has agreed."""
        info = self._info(self._table.chosen)
        if info is None:
            return
        words = f"Delete “{one_line(info.title)}”, {phrasing.count(info.turns, 'turn')}?"
        if not await self.app.push_screen_wait(Confirm(words, "Delete")):
            return
        try:
            self._talks.delete(info.id)
        except Problem as problem:
            self._say(problem)
            return
        del self.kept[info.id]
        self._again()

    def _again(self) -> None:
        """Show the list, or what is found, as it is now."""
        words = self.query_one(SearchInput).value
        if words.strip():
            self._search(words)
        else:
            self._list()

    def _say(self, problem: Problem) -> None:
        self.notify(problem.remedy, title=problem.summary, severity="warning", markup=False)


def _listed(info: ConversationInfo) -> Row:
    cells = one_line(info.title), f"{info.turns:,}", phrasing.when(info.changed)
    return Row(str(info.id), cells)


def _found(mention: Mention) -> Row:
    kept, info = mention.record, mention.conversation
    answer = f" → {kept.evidence[0].text}" if kept.evidence else ""
    cells = (
        one_line(kept.question + answer),
        f"{mention.number:,}",
        phrasing.when(info.changed),
    )
    return Row(f"{info.id}/{mention.number}", cells)


class RenameDialog(Dialog[str]):
    """Asks for a title."""

    HEADING = "Rename the conversation"

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """A line for the title."""
        with self.frame():
            yield Input(self._title, id="path")
            yield key_line("⏎ rename   Esc close")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        self.dismiss(event.value.strip())


class ExportDialog(Dialog[str]):
    """Asks where to; stays open until it is written. The result is the path."""

    HEADING = "Export the conversation"
    HELP = "Write a path that ends with .md, .html or .json; Enter writes the file."

    def __init__(self, save: Callable[[Path], None]) -> None:
        super().__init__()
        self._save = save

    def compose(self) -> ComposeResult:
        """A line for the path."""
        with self.frame():
            yield Static("To a file: .md and .html are for reading, .json is for programs.")
            yield Input("conversation.md", id="path", select_on_focus=False)
            yield Static("", markup=False, id="trouble")
            yield key_line("⏎ write   Esc close")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write it, or say why it cannot be written."""
        try:
            self._save(Path(event.value.strip()).expanduser())
        except Problem as problem:
            self.query_one("#trouble", Static).update(Content(one_line(str(problem))))
            return
        except (RuntimeError, ValueError, OSError) as error:  # such as ~nobody, or a null character
            self.query_one("#trouble", Static).update(
                Content(f"This is no path: {one_line(str(error))}.")
            )
            return
        self.dismiss(event.value.strip())
