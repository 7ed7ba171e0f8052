"""``pullquote chat``: ask in turns; ``--plain`` is the same without a screen."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import click

from index.problems import Problem, UsageProblem
from index.settings import Settings
from qa.commands.common import (
    Ticker,
    assistant,
    can_draw,
    colour,
    is_interactive,
    width,
    with_place,
    with_settings,
)
from qa.conversations import ConversationProblem, Conversations
from qa.exits import Exit
from qa.plain_chat import PlainChat
from qa.render import clean, one_line
from qa.resuming import chosen, texts, wanted

PROMPT = "? "


@click.command("chat")
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--index", metavar="NAME", help="Ask a stored index: its name, or a path.")
@click.option("--plain", is_flag=True, help="Line by line: for screen readers, pipes, transcripts.")
@click.option(
    "--resume",
    is_flag=False,
    flag_value="last",
    metavar="[ID]",
    help="Go on with the last conversation, or with number ID; without ARTICLE, in its texts.",
)
@click.option("--keep/--no-keep", default=True, help="Whether the turns are kept (default: yes).")
@with_settings
@with_place
def command(
    articles: Sequence[str],
    index: str | None,
    plain: bool,
    resume: str | None,
    keep: bool,
    settings: Settings,
) -> int:
    """Ask the ARTICLEs in turns: in the app, or line by line with --plain.

    A question may lean on those before ("Why?", "What did she say?"): how it was understood is
    shown. The turns are kept; see pullquote conversation --help.

    Without a terminal it is line by line anyway. In the plain conversation nothing moves: no
    screen is taken over, answers and evidence are text, one below the other. :help there tells
    what can be written besides questions.

    \b
    Examples:
      pullquote chat --plain article.txt
      pullquote chat --plain --index news < questions.txt
      pullquote chat --resume
    """  # noqa: D301 - click wants the backspace character
    id_, named = wanted(resume, articles)
    if not plain and is_interactive() and can_draw():
        from tui import run

        return run(sources=named, index=index, settings=settings, resume=id_, keep=keep)
    if "-" in named:
        raise UsageProblem(
            "Standard input cannot be both the text and the questions.", "Save the text in a file."
        )
    with _store(settings, keep=keep, needed=id_ is not None) as store:
        _converse(named, index, settings, store, id_)
    return Exit.ANSWERED


def _converse(
    articles: Sequence[str],
    index: str | None,
    settings: Settings,
    store: Conversations | None,
    id_: int | None,
) -> None:
    """Talk about the articles, or about what the conversation ``id_`` was about."""
    from qa.rewriting import load

    info = chosen(store, id_) if store and id_ is not None else None
    if info and not articles and index is None:
        articles, index = texts(info)
    with Ticker() as ticker, assistant(articles, index, settings, progress=ticker) as asked:
        chat = PlainChat(
            asked,
            rewriter=load(),
            store=store,
            columns=width(),
            colour=colour(None),
            warn=_warn,
        )
        if info:
            click.echo(chat.resume(info), err=True, nl=False)
        talk(chat, sys.stdin or ())


@contextmanager
def _store(settings: Settings, *, keep: bool, needed: bool) -> Iterator[Conversations | None]:
    """The user's conversations; None if they should not or cannot be kept, which is told.

    Raises:
        UsageProblem: what is ``needed`` should not be kept.
        ConversationProblem: what is ``needed`` cannot be opened.
    """
    if not keep:
        if needed:
            raise UsageProblem(
                "A conversation that is gone on with is kept.", "Leave out --no-keep."
            )
        yield None
        return
    try:
        store = Conversations.of(settings)
    except ConversationProblem as problem:
        if needed:
            raise
        _warn(problem)
        yield None
        return
    with store:
        yield store


def _warn(problem: Problem) -> None:
    click.echo(clean(f"This conversation is not kept. {problem}"), err=True)


def talk(chat: PlainChat, lines: Iterable[str]) -> None:
    """Answer line after line until the input ends; answers to stdout, the rest to stderr."""
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
        if notice := chat.notice():
            click.echo(notice, err=True)
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
