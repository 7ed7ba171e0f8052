"""A conversation as text: a line in, what is said to it out."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

from index.problems import Problem
from qa.assistant import Assistant
from qa.conversation import Conversation
from qa.conversations import ConversationInfo, Conversations
from qa.export_file import save
from qa.ports import Rewriter
from qa.render import clean, one_line, to_text, where
from qa.types import Evidence

HELP = """\
Write a question and press Enter. It may lean on those before: "Why?", "What did she say?".
Besides questions:
  :3               the passage around evidence 3 of the last answer
  :as-is QUESTION  ask it as it is written, without those before
  :texts           the texts that are asked
  :new             begin a new conversation
  :conversations   those that are kept; :resume 7 goes on with number 7
  :export PATH     write this one to a file: .md, .html or .json
  :help            this help
  :quit            leave (so does the end of the input)
"""
_NOT_KEPT = "Conversations are not kept here.\n"


class PlainChat:
    """Understands follow-up questions and commands; looks after keeping."""

    def __init__(
        self,
        asked: Assistant,
        *,
        rewriter: Rewriter | None = None,
        store: Conversations | None = None,
        columns: int | None = None,
        colour: bool = False,
        warn: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        """An empty conversation.

        Args:
            asked: answers.
            rewriter: reads follow-up questions; None takes each as it is.
            store: keeps the turns; None keeps nothing.
            columns: to break lines at; None breaks none.
            colour: whether answers may have ANSI bold and faint.
            warn: is told once why turns cannot be kept.
        """
        self._asked = asked
        self._rewriter = rewriter
        self._store = store
        self._columns = columns
        self._colour = colour
        self._warn = warn
        self._warned = False
        self._noted = ""
        self._conversation = self._new()
        self._commands: dict[str, Callable[[str], str]] = {
            "help": lambda _: HELP,
            "texts": lambda _: self._texts(),
            "as-is": lambda question: self._answer(question, as_is=True),
            "new": lambda _: self._begin(),
            "conversations": lambda _: self._kept(),
            "resume": self._resumed,
            "export": self._exported,
        }

    def _new(self) -> Conversation:
        return Conversation(self._asked, rewriter=self._rewriter, store=self._store)

    def notice(self) -> str:
        """What the user should know of how answers are judged; empty once it has been told."""
        before, self._noted = self._noted, self._asked.notice
        return "" if self._noted == before else self._noted

    def reply(self, said: str) -> str:
        """What is said to a line, with its line end.

        Raises:
            Problem: it cannot be asked or done.
        """
        if not said.startswith(":"):
            return self._answer(said)
        name, _, rest = said[1:].strip().partition(" ")
        if name.isdecimal() and not rest:
            return self._passage(int(name))
        command = self._commands.get(name)
        if command is None:
            return f"There is no command {one_line(said)}. Write :help for those there are.\n"
        return command(rest.strip())

    def resume(self, info: ConversationInfo) -> str:
        """Go on with a kept conversation; returns words about where it stands.

        Raises:
            ConversationProblem: it is not there, or damaged.
        """
        if self._store is None:
            return _NOT_KEPT
        self._conversation = Conversation.restored(
            self._asked, self._store, info.id, rewriter=self._rewriter
        )
        where_it_stands = f"Going on with “{one_line(info.title)}”, {_turns(info.turns)}."
        return self._wrapped(where_it_stands + self._latest()) + "\n"

    def _wrapped(self, line: str) -> str:
        if self._columns is None:
            return line
        return textwrap.fill(line, self._columns, break_on_hyphens=False)

    def _latest(self) -> str:
        if not self._conversation.records:
            return ""
        last = self._conversation.records[-1]
        told = one_line(last.text or last.verdict.value)
        return f" The last one: {one_line(last.question)} – {told}"

    def _answer(self, question: str, *, as_is: bool = False) -> str:
        if not question:
            return "Write the question behind it, as in :as-is What did she say?\n"
        answer = self._conversation.answer(question, as_is=as_is)
        trouble = self._conversation.trouble
        if trouble and not self._warned:
            self._warned = True
            self._warn(trouble)
        return to_text(answer, colour=self._colour, width=self._columns) + "\n"

    def _texts(self) -> str:
        lines = (
            f"{one_line(info.title)} ({one_line(info.source)}), {info.passages} passages\n"
            for info in self._asked.documents()
        )
        return "".join(lines) or "There are no texts.\n"

    def _begin(self) -> str:
        self._conversation = self._new()
        return "A new conversation.\n"

    def _kept(self) -> str:
        if self._store is None:
            return _NOT_KEPT
        return "".join(map(_row, self._store.overview())) or "No conversation is kept yet.\n"

    def _resumed(self, number: str) -> str:
        if self._store is None:
            return _NOT_KEPT
        if not number.isdecimal() or len(number) > 18:
            return "Write its number behind it, as in :resume 7; :conversations lists them.\n"
        return self.resume(self._store.info(int(number)))

    def _exported(self, path: str) -> str:
        if not path:
            return "Write where to, as in :export talk.md\n"
        place = Path(path).expanduser()
        save(self._conversation.exported(), place)
        return f"Written to {one_line(str(place))}.\n"

    def _passage(self, number: int) -> str:
        """The passage around one piece of evidence, its answer marked."""
        turns = self._conversation.turns
        if turns and turns[-1].answer is None:
            return "The text of the last answer is not there any more.\n"
        last = turns[-1].answer if turns else None
        shown = (last.evidence or last.near_misses) if last else ()
        if not 1 <= number <= len(shown):
            return f"There is no evidence {number}. Ask something first, or choose a smaller one.\n"
        return f"{where(shown[number - 1])}\n{_marked(shown[number - 1])}\n\n"


def _turns(number: int) -> str:
    return f"{number} turn{'' if number == 1 else 's'}"


def _row(info: ConversationInfo) -> str:
    changed = info.changed[:16].replace("T", " ")
    return f"{info.id}  {changed} UTC  {_turns(info.turns)}  {one_line(info.title)}\n"


def _marked(evidence: Evidence) -> str:
    text, span, passage = evidence.document.text, evidence.span, evidence.passage
    before, after = text[passage.start : span.start], text[span.end : passage.end]
    return clean(f"{before}‹{evidence.quote}›{after}")
