"""The one screen that is always there: conversation, source, question, status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from index.problems import Problem
from index.types import Document, DocumentInfo, IndexStatus
from qa.types import Answered, Evidence, Step
from terminal import phrasing
from terminal.conversation import ConversationView, EvidenceLine, Exchange
from terminal.question import QuestionBox
from terminal.source import SourceView, Spotlight, evidence_in, heading
from terminal.visible import one_line
from terminal.welcome import Welcome

_FAINT = "$foreground 65%"
_JUMPS = [
    Binding(str(n), f"jump({n})", f"Show evidence {n}", id=f"evidence.{n}", show=False)
    for n in range(1, 10)
]


class MainScreen(Screen[None]):
    """Shows values and passes on what the user wants; knows no engine and no thread."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,ctrl+down,alt+n", "walk(1)", "Next evidence", id="evidence.next"),
        Binding("p,ctrl+up,alt+p", "walk(-1)", "Previous evidence", id="evidence.previous"),
        Binding("j", "turn(1)", "Next answer", id="answer.next"),
        Binding("k", "turn(-1)", "Previous answer", id="answer.previous"),
        *_JUMPS,
        Binding("i,enter", "write", "Write a question", id="question.write"),
        Binding("escape", "back", "Give up, or go back", id="back", show=False),
        Binding("tab", "switch(1)", "Next pane", id="pane.next", show=False),
        Binding("shift+tab", "switch(-1)", "Previous pane", id="pane.previous", show=False),
    ]
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [
        (0, "-narrow"),
        (72, "-medium"),
        (100, "-wide"),
    ]

    @dataclass
    class Asked(Message):
        """The user has asked; the app finds the answer."""

        turn: int
        question: str

    @dataclass
    class GivenUp(Message):
        """The user does not want to wait for what is being done."""

    def __init__(self, history: Sequence[str] = ()) -> None:
        super().__init__(id="main")
        self._history = history
        self._turn = 0
        self._shown: Exchange | None = None
        """The exchange whose evidence is walked through."""
        self._suggestions: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        with Horizontal(id="bar"):
            yield Static(" Pullquote", markup=False, id="bar-title")
            yield Static("opening …", markup=False, id="bar-state")
        with Horizontal(id="panes"):
            with ConversationView(id="conversation"):
                yield Welcome()
            with Vertical(id="source-pane"):
                yield SourceView(id="source")
        with Horizontal(id="asking"):
            yield Static("›", markup=False, id="prompt")
            yield QuestionBox(self._history, id="question")
        yield Static("", markup=False, id="hints")

    def on_mount(self) -> None:
        """Name the panes; the cursor stands where questions are written."""
        self.conversation.border_title = "Conversation"
        self.query_one(Welcome).opening()
        self.box.focus()

    # --- parts -----------------------------------------------------------------------------

    @property
    def conversation(self) -> ConversationView:
        """The left pane."""
        return self.query_one(ConversationView)

    @property
    def source(self) -> SourceView:
        """The document in the right pane."""
        return self.query_one(SourceView)

    @property
    def box(self) -> QuestionBox:
        """Where questions are written."""
        return self.query_one(QuestionBox)

    # --- what the app tells ----------------------------------------------------------------

    def show_texts(self, documents: Sequence[DocumentInfo], status: IndexStatus) -> None:
        """Say which texts there are."""
        names = one_line(documents[-1].title) if documents else "no text yet"
        figures = f"{phrasing.count(len(documents), 'text')} · "
        figures += phrasing.count(status.passages, "passage")
        self.query_one("#bar-title", Static).update(
            Content.assemble((" Pullquote  ", "bold"), (f"{names}  ·  {figures}", _FAINT))
        )
        for welcome in self.query(Welcome):
            if documents:
                welcome.ready(len(documents), self._suggestions)
            else:
                welcome.empty()

    def show_state(self, words: str, *, busy: bool = False) -> None:
        """Say what the index is doing."""
        state = self.query_one("#bar-state", Static)
        state.update(Content(words))
        state.set_class(busy, "-busy")

    def show_document(self, document: Document) -> None:
        """Show a text from its beginning."""
        self.source.show(document)
        self._title(document)

    def suggest(self, questions: Sequence[str]) -> None:
        """Offer questions that the texts answer."""
        self._suggestions = tuple(questions)

    def show_step(self, turn: int, step: Step) -> None:
        """Show a step of the latest question; a step of an older one is dropped."""
        exchange = self.conversation.exchange(turn)
        if exchange is None or turn != self._turn:
            return
        exchange.show_step(step)
        if isinstance(step, Answered):
            self._shown = exchange
            self.conversation.bring(exchange)
            if step.answer.evidence:
                self._show_evidence(1, reveal=False)
            self._show_hints()

    def show_problem(self, turn: int, problem: Problem) -> None:
        """Show why the latest question has no answer."""
        exchange = self.conversation.exchange(turn)
        if exchange is not None and turn == self._turn:
            exchange.fail(problem)

    # --- asking ----------------------------------------------------------------------------

    @on(QuestionBox.Asked)
    def _asked(self, event: QuestionBox.Asked) -> None:
        self.ask(event.question)

    def ask(self, question: str) -> None:
        """Begin a new turn; the one before, if it still runs, is given up."""
        for welcome in self.query(Welcome):
            welcome.remove()
        self._give_up()
        self._turn += 1
        self.conversation.begin(self._turn, question)
        self.remove_class("-source")
        self.post_message(self.Asked(self._turn, question))

    def _give_up(self) -> bool:
        waiting = [one for one in self.conversation.exchanges if one.has_class("-asking")]
        for exchange in waiting:
            exchange.cancel()
        return bool(waiting)

    # --- walking through evidence ----------------------------------------------------------

    @on(QuestionBox.Jumped)
    def _jumped(self, event: QuestionBox.Jumped) -> None:
        if self._shown is None and event.number <= len(self._suggestions):
            self.ask(self._suggestions[event.number - 1])
        else:
            self.action_jump(event.number)

    @on(EvidenceLine.Chosen)
    def _chosen(self, event: EvidenceLine.Chosen) -> None:
        parent = event.line.parent
        if isinstance(parent, Exchange):
            self._shown = parent
        self.action_jump(event.number)

    def action_jump(self, number: int) -> None:
        """Show a piece of evidence in its place."""
        if self._shown and number <= len(self._shown.evidence):
            self._show_evidence(number)

    def action_walk(self, step: int) -> None:
        """Show the next or the previous piece of evidence, round and round."""
        if self._shown and (many := len(self._shown.evidence)):
            self._show_evidence((max(self._shown.chosen, step < 0) - 1 + step) % many + 1)

    def action_turn(self, step: int) -> None:
        """Go to the evidence of the next or previous answer."""
        answered = [one for one in self.conversation.exchanges if one.evidence]
        if not answered or self._shown not in answered:
            return
        place = min(max(0, answered.index(self._shown) + step), len(answered) - 1)
        self._shown = answered[place]
        self.conversation.bring(self._shown)
        self._show_evidence(self._shown.chosen or 1, reveal=False)

    def _show_evidence(self, number: int, *, reveal: bool = True) -> None:
        """Highlight one piece of evidence; where panes share the place, ``reveal`` the source."""
        exchange = self._shown
        if exchange is None:
            return
        chosen = exchange.evidence[number - 1]
        for other in self.conversation.exchanges:
            other.choose(number if other is exchange else 0)
        self.source.show(chosen.document, _spotlight(chosen, exchange.evidence))
        self._title(chosen.document)
        if reveal:
            self.add_class("-source")

    # --- panes and focus -------------------------------------------------------------------

    def action_write(self) -> None:
        """Go to where questions are written."""
        self.box.focus()

    def action_back(self) -> None:
        """Give up what runs; or slide the source away; or leave the question for the panes."""
        if self._give_up():
            self._turn += 1
            self.post_message(self.GivenUp())
        elif self.has_class("-source") and not self.has_class("-wide"):
            self.remove_class("-source")
            self.box.focus()
        elif self.focused is self.box:
            self.conversation.focus()
        else:
            self.box.focus()

    def action_switch(self, step: int) -> None:
        """Go round question, conversation and source; in a narrow window, turn the page."""
        if self.has_class("-wide"):
            self.focus_next() if step > 0 else self.focus_previous()
            return
        self.toggle_class("-source")
        (self.source if self.has_class("-source") else self.box).focus()

    def on_key(self, event: events.Key) -> None:
        """Writing begins wherever the focus is: a letter that is no key goes to the question."""
        if self.focused is self.box or event.key in self.active_bindings:
            return
        if event.is_printable and event.character:
            self.box.focus()
            self.box.insert(event.character)
            event.stop()

    def on_descendant_focus(self) -> None:
        """Other keys work now."""
        self._show_hints()

    def _show_hints(self) -> None:
        evidence = len(self._shown.evidence) if self._shown else 0
        if self.focused is self.box:
            keys = [("⏎", "ask"), ("Tab", "read"), ("^O", "add a text"), ("^P", "all")]
            if evidence:
                keys.insert(1, (f"1–{evidence}" if evidence > 1 else "1", "evidence"))
        else:
            keys = [("↑↓", "scroll"), ("i", "ask"), ("^P", "all"), ("?", "keys")]
            if evidence:
                keys[:0] = [("n/p", "evidence"), ("c", "copy")]
        parts: list[str | tuple[str, str]] = []
        for key, what in keys:
            parts += [(f" {key} ", "bold $text-accent"), f"{what}  "]
        self.query_one("#hints", Static).update(Content.assemble(*parts))

    @on(SourceView.Moved)
    def _moved(self) -> None:
        first, last, lines = self.source.lines_in_view()
        pane = self.query_one("#source-pane", Vertical)
        pane.border_subtitle = f"{first:,}–{last:,} / {lines:,}" if self.source.document else ""

    def _title(self, document: Document) -> None:
        self.query_one("#source-pane", Vertical).border_title = Content(heading(document))


def _spotlight(chosen: Evidence, evidence: Sequence[Evidence]) -> Spotlight:
    """Highlight ``chosen``, and mark the rest of the evidence in its document."""
    others = evidence_in(chosen.document, [item for item in evidence if item is not chosen])
    return Spotlight(chosen, others)
