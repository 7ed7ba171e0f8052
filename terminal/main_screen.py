"""The one screen that is always there: conversation, source, question, status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from index.problems import Problem
from index.types import Document, DocumentInfo, IndexStatus, Span
from qa.records import Record
from qa.types import Answer, Answered, Step, Turn
from terminal import phrasing
from terminal.bars import HintBar, StatusBar
from terminal.bindings import MAIN
from terminal.conversation import ConversationView, EvidenceLine, Exchange
from terminal.divider import Divider
from terminal.outline import OutlineDialog, headings
from terminal.panes import PanedScreen
from terminal.question import QuestionBox
from terminal.reading import ReadingPane
from terminal.welcome import Welcome


class MainScreen(PanedScreen):
    """Shows values and passes on what the user wants; knows no engine and no thread."""

    BINDINGS: ClassVar[list[BindingType]] = MAIN

    @dataclass
    class Asked(Message):
        """The user has asked; the app finds the answer."""

        turn: int
        question: str
        as_is: bool = False
        """Not to be read in the light of earlier questions."""

    @dataclass
    class GivenUp(Message):
        """The user does not want to wait for what is being done."""

    @dataclass
    class SampleWanted(Message):
        """The user has no text at hand."""

    @dataclass
    class Copied(Message):
        """The user wants this on the clipboard."""

        text: str

    def __init__(
        self, earlier: Sequence[str] = (), share: int = 50, *, novice: bool = True
    ) -> None:
        super().__init__(share, id="main")
        self._earlier = earlier
        self._novice = novice
        """Whether the first steps are explained."""
        self._turn = 0
        self._walked: Exchange | None = None
        """The exchange whose evidence is walked through."""
        self._suggestions: tuple[str, ...] = ()
        self._texts = 0

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield StatusBar(id="bar")
        with Horizontal(id="panes"):
            with ConversationView(id="conversation"):
                yield Welcome()
            yield Divider(id="divider")
            yield ReadingPane(id="source-pane")
        with Horizontal(id="asking"):
            yield Static("›", markup=False, id="prompt")
            yield QuestionBox(self._earlier, id="question")
        yield HintBar(id="hints")

    def on_mount(self) -> None:
        """Name the panes; the cursor stands where questions are written."""
        self.conversation.border_title = "Conversation"
        self.query_one(Welcome).opening()
        self.box.focus()

    # --- what the app tells ----------------------------------------------------------------

    def show_texts(self, documents: Sequence[DocumentInfo], status: IndexStatus) -> None:
        """Say which texts there are."""
        self._texts = len(documents)
        self.bar.show_texts(documents, status)
        self._greet()

    def suggest(self, questions: Sequence[str]) -> None:
        """Offer questions that the texts answer."""
        self._suggestions = tuple(questions)
        self._greet()

    async def show_step(self, turn: int, step: Step) -> None:
        """Show a step of the latest question; a step of an older one is dropped."""
        exchange = self.conversation.exchange(turn)
        if exchange is None or turn != self._turn:
            return
        with self.app.batch_update():  # one picture for the answer with its place, not three
            await exchange.show_step(step)
            if isinstance(step, Answered) and turn == self._turn:
                self._show_answer(exchange, step.answer)
        self.check_idle()

    def _show_answer(self, exchange: Exchange, answer: Answer) -> None:
        self._walked = exchange
        self.conversation.bring(exchange)
        if answer.evidence:
            self._show_evidence(1, slide=False)
        if self._novice and exchange.evidence:
            exchange.explain()
            self._novice = False
        self._show_hints()

    def show_waiting(self, turn: int) -> None:
        """Show that a question waits for the texts."""
        exchange = self.conversation.exchange(turn)
        if exchange is not None:
            exchange.wait()

    def show_problem(self, turn: int, problem: Problem) -> None:
        """Show why the latest question has no answer."""
        exchange = self.conversation.exchange(turn)
        if exchange is not None and turn == self._turn:
            exchange.fail(problem)

    def show_conversation(
        self, kept: Sequence[Record], turns: Sequence[Turn], *, at: int = 0
    ) -> None:
        """Show a kept conversation in the place of this one, turn ``at`` or the last in view."""
        self.clear()
        shown: list[Exchange] = []
        for record, turn in zip(kept, turns, strict=True):
            self._turn += 1
            shown.append(self.conversation.restore(self._turn, record, turn.answer))
        wanted = shown[at - 1 : at] if at else [one for one in shown if one.evidence][-1:]
        self._walked = wanted[0] if wanted else None
        if at and self._walked:
            self.conversation.bring(self._walked)
        if self._walked and self._walked.answer and self._walked.answer.evidence:
            self.call_after_refresh(self._show_evidence, 1, slide=False)
        self._show_hints()

    def clear(self) -> None:
        """Begin a new conversation."""
        self._give_up()
        self._turn += 1
        self._walked = None
        self.conversation.clear()
        self._greet()
        self._show_hints()

    def _greet(self) -> None:
        for welcome in self.query(Welcome):
            if self._texts:
                welcome.ready(self._texts, self._suggestions)
            else:
                welcome.empty()

    # --- asking ----------------------------------------------------------------------------

    @on(QuestionBox.Asked)
    async def _asked(self, event: QuestionBox.Asked) -> None:
        await self.ask(event.question)

    async def ask(self, question: str, *, as_is: bool = False) -> None:
        """Begin a new turn; the one before, if it still runs, is given up."""
        self._give_up()
        self._turn += 1
        self.app.post_message(self.Asked(self._turn, question, as_is))  # it need not wait for this
        with self.app.batch_update():
            await self.conversation.begin(self._turn, question)
            self.remove_class("-source", "-only-source")
            self._show_hints()

    def action_write(self) -> None:
        """Go to where questions are written."""
        self.box.focus()

    def action_edit(self) -> None:
        """Bring the question of this answer back."""
        if self._walked:
            self.box.put(self._walked.question)
            self.box.focus()

    async def action_as_is(self) -> None:
        """Ask the question of this answer again, not read in the light of those before it."""
        if self._walked:
            await self.ask(self._walked.question, as_is=True)

    def _give_up(self) -> bool:
        waiting = [one for one in self.conversation.exchanges if one.has_class("-asking")]
        for exchange in waiting:
            exchange.cancel()
        return bool(waiting)

    # --- walking through evidence ----------------------------------------------------------

    @on(QuestionBox.Jumped)
    async def _jumped(self, event: QuestionBox.Jumped) -> None:
        """A number is the beginning of a question if there is nothing that it could bring."""
        if self._walked or event.number <= max(len(self._suggestions), not self._texts):
            await self.action_jump(event.number)
        else:
            self.box.insert(str(event.number))

    @on(EvidenceLine.Chosen)
    async def _chosen(self, event: EvidenceLine.Chosen) -> None:
        parent = event.line.parent
        if isinstance(parent, Exchange):
            self._walked = parent
        await self.action_jump(event.number)

    async def action_jump(self, number: int) -> None:
        """Show a piece of evidence in its place, or take up what is offered under this number."""
        if self._walked:
            if number <= len(self._walked.evidence):
                self._show_evidence(number)
        elif number <= len(self._suggestions):
            await self.ask(self._suggestions[number - 1])
        elif not self._texts and number == 1:
            self.post_message(self.SampleWanted())

    def action_walk(self, step: int) -> None:
        """Show the next or the previous piece of evidence, round and round."""
        if self._walked and (many := len(self._walked.evidence)):
            self._show_evidence((max(self._walked.chosen, step < 0) - 1 + step) % many + 1)

    def action_turn(self, step: int) -> None:
        """Go to the evidence of the next or previous answer."""
        answered = [one for one in self.conversation.exchanges if one.evidence]
        if self._walked is None or not answered:
            return
        here = answered.index(self._walked) if self._walked in answered else len(answered)
        self._walked = answered[min(max(0, here + step), len(answered) - 1)]
        self.conversation.bring(self._walked)
        self._show_evidence(self._walked.chosen or 1, slide=False)

    def action_copy(self) -> None:
        """Copy the sentence that is shown, and where it stands."""
        if self._walked and self._walked.evidence:
            shown = self._walked.evidence[max(0, self._walked.chosen - 1)]
            self.post_message(self.Copied(phrasing.citation(shown)))

    def _show_evidence(self, number: int, *, slide: bool = True) -> None:
        """Highlight one piece of evidence; ``slide`` its pane in where there is room for one."""
        exchange = self._walked
        if exchange is None or number > len(exchange.evidence):
            return
        for other in self.conversation.exchanges:
            other.choose(number if other is exchange else 0)
        self.reading.show_evidence(exchange.evidence[number - 1], exchange.evidence)
        if slide:
            self.slide_in()
        self._show_hints()

    # --- the source ------------------------------------------------------------------------

    def show_document(self, document: Document, *, slide: bool = False) -> None:
        """Show a text from its beginning."""
        self.reading.show(document)
        if slide:
            self.slide_in()

    def action_find(self) -> None:
        """Look for a phrase in the text that is shown."""
        self.slide_in()
        self.reading.find()

    def action_outline(self) -> None:
        """Go to a heading of the text that is shown."""
        document = self.source.document
        if document is None or not headings(document):
            self.notify("This text has no headings.", markup=False)
            return
        self.slide_in()
        self.app.push_screen(OutlineDialog(document), partial(self._go_to, document))

    def _go_to(self, document: Document, place: Span | None) -> None:
        if place is not None:
            if self.source.document != document:  # an answer came meanwhile, from another text
                self.reading.show(document)
            self.source.reveal(place)
            self.source.focus()

    # --- going back, and writing from anywhere ----------------------------------------------

    def action_back(self) -> None:
        """Give up what runs; or slide the source away; or leave the question for the panes."""
        if self._give_up():
            self._turn += 1
            self.post_message(self.GivenUp())
        elif self.uncover():
            self._show_hints()
        elif self.focused is self.box:
            self.conversation.focus()
            self.post_message(self.GivenUp())
        else:
            self.box.focus()

    def action_switch(self, step: int) -> None:
        """Go round the panes, and name the keys that work there."""
        super().action_switch(step)
        self._show_hints()

    @on(QuestionBox.Paged)
    def _paged(self, event: QuestionBox.Paged) -> None:
        self.page(event.step)

    def on_key(self, event: events.Key) -> None:
        """Writing begins wherever a pane has the focus: what is no key goes to the question."""
        in_pane = self.focused in (None, self.conversation, self.source)
        if not in_pane or event.key in self.active_bindings:
            return
        if event.is_printable and event.character:
            self.box.focus()
            self.box.insert(event.character)
            event.stop()

    def on_descendant_focus(self) -> None:
        """Other keys work now."""
        self._show_hints()

    def _show_hints(self) -> None:
        evidence = len(self._walked.evidence) if self._walked else 0
        self.query_one(HintBar).show(
            writing=self.focused is self.box,
            evidence=evidence,
            covered=self.covered,
        )
