"""``pullquote chat``: ask in turns; ``--plain`` is the same without a screen."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click

from index.problems import Problem, UsageProblem
from index.settings import Settings
from qa.assistant import Assistant
from qa.commands.common import Ticker, assistant, colour, is_interactive, width, with_settings
from qa.exits import Exit
from qa.render import clean, one_line, to_text, where
from qa.types import Answer, Evidence

PROMPT = "? "
HELP = """\
Write a question and press Enter. Besides questions:
  :3       the passage around evidence 3 of the last answer
  :texts   the texts that are asked
  :help    this help
  :quit    leave (so does the end of the input)
"""


@click.command("chat")
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--index", metavar="NAME", help="Ask a stored index: its name, or a path.")
@click.option("--plain", is_flag=True, help="Line by line: for screen readers, pipes, transcripts.")
@with_settings
def command(articles: Sequence[str], index: str | None, plain: bool, settings: Settings) -> int:
    """Ask the ARTICLEs in turns: in the app, or line by line with --plain.

    Without a terminal it is line by line anyway. In the plain conversation nothing moves: no
    screen is taken over, answers and evidence are text, one below the other.

    \b
    Examples:
      pullquote chat --plain article.txt
      pullquote chat --plain --index news < questions.txt
    """  # noqa: D301 - click wants the backspace character
    if not plain and is_interactive():
        from tui import run

        return run(sources=list(articles), index=index, settings=settings)
    if "-" in articles:
        raise UsageProblem(
            "Standard input cannot be both the text and the questions.", "Save the text in a file."
        )
    with Ticker() as ticker, assistant(articles, index, settings, progress=ticker) as asked:
        talk(asked, sys.stdin or ())
    return Exit.ANSWERED


def talk(asked: Assistant, lines: Iterable[str]) -> None:
    """Answer line after line until the input ends; answers to stdout, the rest to stderr."""
    chat = PlainChat(asked)
    if is_interactive():
        click.echo("Ask a question, :help for help.", err=True)
    for line in _prompted(lines):
        said = line.strip()
        if said in (":quit", ":q"):
            return
        if said:
            _say(chat, said)


def _say(chat: PlainChat, said: str) -> None:
    if not is_interactive():
        click.echo(f"{PROMPT}{one_line(said)}")  # a transcript shows what was asked
    try:
        click.echo(chat.reply(said), nl=False)
    except Problem as problem:
        click.echo(clean(str(problem)), err=True)


def _prompted(lines: Iterable[str]) -> Iterable[str]:
    """The lines, each asked for where a person writes them."""
    waiting = iter(lines)
    while True:
        if is_interactive():
            click.echo(PROMPT, err=True, nl=False)
        line = next(waiting, None)
        if line is None:
            return
        yield line


class PlainChat:
    """A conversation as text; remembers the last answer, so that its evidence can be looked at."""

    def __init__(self, asked: Assistant) -> None:
        self._asked = asked
        self._last: Answer | None = None

    def reply(self, said: str) -> str:
        """What is said to a line, with its line end.

        Raises:
            Problem: it cannot be asked.
        """
        if said == ":help":
            return HELP
        if said == ":texts":
            return self._texts()
        if said.startswith(":") and said[1:].strip().isdecimal():
            return self._passage(int(said[1:]))
        if said.startswith(":"):
            return f"There is no command {one_line(said)}. Write :help for those there are.\n"
        self._last = self._asked.ask(said)
        return to_text(self._last, colour=colour(None), width=width()) + "\n"

    def _texts(self) -> str:
        lines = (
            f"{one_line(info.title)} ({one_line(info.source)}), {info.passages} passages\n"
            for info in self._asked.documents()
        )
        return "".join(lines) or "There are no texts.\n"

    def _passage(self, number: int) -> str:
        """The passage around one piece of evidence, its answer marked."""
        shown = (self._last.evidence or self._last.near_misses) if self._last else ()
        if not 1 <= number <= len(shown):
            return f"There is no evidence {number}. Ask something first, or choose a smaller one.\n"
        return f"{where(shown[number - 1])}\n{_marked(shown[number - 1])}\n\n"


def _marked(evidence: Evidence) -> str:
    text, span, passage = evidence.document.text, evidence.span, evidence.passage
    before, after = text[passage.start : span.start], text[span.end : passage.end]
    return clean(f"{before}‹{evidence.quote}›{after}")
