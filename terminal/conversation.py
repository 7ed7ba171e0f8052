"""The conversation pane: questions, and the answer cards under them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import AwaitMount
from textual.widgets import Static

from index.problems import Problem
from qa.records import Record
from qa.types import Answer, Answered, Evidence, Retrieved, Step, Understood, Verdict
from terminal import pace, phrasing
from terminal.bars import FAINT
from terminal.cards import card, kept_card
from terminal.visible import visible
from terminal.welcome import Welcome

SHOWN_EVIDENCE = 9
"""As many as there are keys to jump with."""


_FIRST_STEPS = (
    "Press a number to see that piece in its place; Tab, then n and p, walk through them all."
)


class EvidenceLine(Static):
    """One numbered piece of evidence; a click goes there."""

    @dataclass
    class Chosen(Message):
        """The user wants to see this evidence in its place."""

        number: int
        line: EvidenceLine

    def __init__(self, number: int, evidence: Evidence) -> None:
        super().__init__(markup=False)
        self.number = number
        self.evidence = evidence
        self._room = 0
        """Cells in a row; asked for the height, the widget has its old size still."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The rows that it takes when it is ``width`` cells wide."""
        self._room = width
        return super().get_content_height(container, viewport, width)

    def render(self) -> Content:
        """Number, place and as much of the sentence as two lines hold."""
        place = phrasing.beside(self.evidence)
        room = max(20, 2 * (self._room or self.size.width) - cell_len(place) - 12)
        part = phrasing.excerpt(self.evidence, room)
        return Content.assemble(
            (f"[{self.number}] ", "bold $text-accent"),
            (f"{place}  ", FAINT),
            part.before,
            ("‹", "$text-accent"),
            (part.quote, "bold"),
            ("›", "$text-accent"),
            part.after,
        )

    def on_click(self, event: events.Click) -> None:
        """Ask for the place of this evidence."""
        event.stop()
        self.post_message(self.Chosen(self.number, self))


class Exchange(Vertical):
    """A question and what came of it; its state is a class such as -asking or -absent."""

    @dataclass
    class Grown(Message):
        """There is more of it, or the window has another width."""

        exchange: Exchange

    def __init__(
        self, turn: int, question: str, kept: Record | None = None, answer: Answer | None = None
    ) -> None:
        """A question that is being asked, or a turn that was ``kept``.

        Args:
            turn: its number on this screen.
            question: as the user put it.
            kept: the turn as it was kept, if it is shown again.
            answer: the kept answer in its text; None if the text is not there.
        """
        super().__init__(classes="-asking" if kept is None else "")
        self.turn = turn
        self.question = question
        self.answer = answer
        self._kept = kept
        self._progress = Static("", markup=False, classes="progress")
        """Made here, since a question may be given up before its place is ready."""
        self._progress.display = False
        self._said = ""
        self.chosen = 0
        """The number of the evidence that the source pane shows; 0 for none."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What can be walked through: the evidence, or the near misses if there is none."""
        if self.answer is None:
            return ()
        return (self.answer.evidence or self.answer.near_misses)[:SHOWN_EVIDENCE]

    def compose(self) -> ComposeResult:
        """The question, and one line that says how far it has come."""
        yield Static(visible(self.question), markup=False, classes="question")
        yield self._progress

    def on_mount(self) -> None:
        """Show what was kept; a question that is being asked may have its answer by now."""
        if self._kept and self.answer:
            self._finish(self.answer)
        elif kept := self._kept:
            self._become("-kept")
            self._say(phrasing.understood(kept.question, kept.understood, kept.restrictions))
            self.mount(Static(kept_card(kept), markup=False, classes="card"))

    def on_resize(self) -> None:
        """Tell that what was in view may not be any more."""
        self.post_message(self.Grown(self))

    async def show_step(self, step: Step) -> None:
        """Show how far the question has come, in the end its answer."""
        match step:
            case Understood(question, understood, restrictions):
                self._say(phrasing.understood(question, understood, restrictions))
            case Retrieved(hits):
                words = f"reading {phrasing.count(len(hits), 'passage')} …"
                self.set_timer(pace.QUIET, partial(self._go_on, words))
            case Answered(answer):
                await self._finish(answer)

    def wait(self) -> None:
        """Show that the texts are not ready yet."""
        self._say("waiting for the texts …")

    def fail(self, problem: Problem) -> None:
        """Show why there is no answer, and what can be done."""
        self._become("-failed")
        self._say(f"{problem.summary} {problem.remedy}".strip())

    def cancel(self) -> None:
        """Show that the question was given up."""
        if self.has_class("-asking"):
            self._become("-cancelled")
            self._say("given up")

    def choose(self, number: int) -> None:
        """Mark the evidence that the source pane shows."""
        self.chosen = number
        for line in self.query(EvidenceLine):
            line.set_class(line.number == number, "-chosen")

    def explain(self) -> None:
        """Say, once in a lifetime, what can be done with an answer."""
        self.mount(Static(Content(_FIRST_STEPS), markup=False, classes="tip"))

    def _go_on(self, words: str) -> None:
        """Say what takes more than a moment: laying it out anew for less would only delay it."""
        if self.has_class("-asking"):
            self._say(words)

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._progress.update(Content(visible(text)))
            self._progress.display = bool(text)

    def _become(self, state: str) -> None:
        self.remove_class("-asking")
        self.add_class(state)

    def _finish(self, answer: Answer) -> AwaitMount:
        self.answer = answer
        states = {
            Verdict.ANSWERED: "-answered",
            Verdict.NEAREST: "-nearest",
            Verdict.NOT_IN_TEXT: "-absent",
        }
        self._become(states[answer.verdict])
        self._say(phrasing.understood(answer.question, answer.understood, answer.restrictions))
        lines = (EvidenceLine(n, item) for n, item in enumerate(self.evidence, 1))
        return self.mount(Static(card(answer), markup=False, classes="card"), *lines)


class ConversationView(VerticalScroll, can_focus=True):
    """All exchanges, the latest at the bottom."""

    HELP = """\
**The conversation.** Each answer is a quote; under it are the numbered pieces of evidence.
A number, or a click, shows a piece in its place; **n** and **p** walk through them, **j** and **k**
go to other answers, **c** copies the quote with its source, **e** brings the question back.
"""

    _aim: Exchange | None = None
    """What is to stay in view while it grows."""

    @property
    def exchanges(self) -> list[Exchange]:
        """Every exchange, oldest first."""
        return list(self.query(Exchange))

    def exchange(self, turn: int) -> Exchange | None:
        """The exchange of ``turn``, or None when it has been cleared away."""
        return next((one for one in self.exchanges if one.turn == turn), None)

    async def begin(self, turn: int, question: str) -> None:
        """Show a new question at the bottom."""
        await self._put(Exchange(turn, question))

    def restore(self, turn: int, kept: Record, answer: Answer | None) -> Exchange:
        """Show a kept turn at the bottom."""
        exchange = Exchange(turn, kept.question, kept, answer)
        self._put(exchange)
        return exchange

    def _put(self, exchange: Exchange) -> AwaitMount:
        for welcome in self.query(Welcome):
            welcome.remove()
        placed = self.mount(exchange)
        self.bring(exchange)
        return placed

    def clear(self) -> None:
        """Take all exchanges away."""
        self.remove_children(Exchange)
        if not self.query(Welcome):
            self.mount(Welcome())

    def bring(self, exchange: Exchange) -> None:
        """Scroll so that ``exchange`` is in view, from its question on."""
        self._aim = exchange
        self.call_after_refresh(self._go, exchange)

    @on(Exchange.Grown)
    def _grown(self, event: Exchange.Grown) -> None:
        self._go(event.exchange)

    def _go(self, exchange: Exchange) -> None:
        """To the whole of what is aimed at if there is room, else to its beginning."""
        if exchange is not self._aim:
            return
        room = self.scrollable_content_region.height
        self.scroll_to_widget(exchange, animate=False, top=exchange.size.height > room)
