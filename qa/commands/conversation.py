"""``pullquote conversation …``: what was asked before."""

from __future__ import annotations

from pathlib import Path

import click

from qa.commands.common import settings
from qa.conversations import ConversationInfo, Conversations, place
from qa.exits import Exit
from qa.export_file import FORMS, encoded, form_of, write
from qa.exporting import Exported
from qa.records import Record
from qa.render import one_line
from qa.transcript import turn

_id = click.argument("id_", metavar="ID", type=click.IntRange(1, 2**63 - 1))


@click.group("conversation")
def command() -> None:
    """Show, search and export kept conversations.

    Conversations are kept in the user's data directory. ID is the number that list shows.

    \b
    Examples:
      pullquote conversation list
      pullquote conversation search ferry
      pullquote conversation export 3 --format html -o talks.html
      pullquote verify talks.html
    """  # noqa: D301 - click wants the backspace character


@command.command("list")
def list_() -> int:
    """List conversations, the latest first: ID, last change, turns, title."""
    if not place(settings()).exists():
        click.echo("No conversation is kept yet.", err=True)
        return Exit.ANSWERED
    with _opened() as kept:
        for info in kept.overview():
            click.echo(_row(info))
    return Exit.ANSWERED


@command.command()
@_id
def show(id_: int) -> int:
    """Show the turns of conversation ID as they were answered."""
    with _opened() as kept:
        info, records = kept.info(id_), kept.load(id_)
    click.echo(one_line(info.title) + "\n")
    for number, record in enumerate(records, start=1):
        click.echo(turn(number, record))
    return Exit.ANSWERED


@command.command()
@click.argument("words", nargs=-1, required=True)
def search(words: tuple[str, ...]) -> int:
    """Find turns that have all WORDS in the question or in what was quoted; the latest first.

    Words are met in any form: "demand" finds "demanded". Exits with 1 when nothing is found.
    """
    with _opened() as kept:
        found = kept.search(" ".join(words))
    for mention in found:
        title, question = one_line(mention.conversation.title), one_line(mention.record.question)
        said = one_line(mention.record.text or mention.record.verdict.value)
        click.echo(f"{mention.conversation.id}\t{mention.number}\t{title}\t{question}\t{said}")
    return Exit.ANSWERED if found else Exit.NOT_IN_TEXT


@command.command()
@_id
@click.argument("title")
def rename(id_: int, title: str) -> int:
    """Give conversation ID another TITLE."""
    with _opened() as kept:
        kept.rename(id_, title)
    return Exit.ANSWERED


@command.command()
@_id
def delete(id_: int) -> int:
    """Forget conversation ID."""
    with _opened() as kept:
        title = kept.info(id_).title
        kept.delete(id_)
    click.echo(f"Deleted: {one_line(title)}", err=True)
    return Exit.ANSWERED


@command.command()
@_id
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMS]),
    help="Markdown, a web page that needs nothing else, or JSON. Default: what the name of the"
    " output ends with, else md.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Default: standard output.")
def export(id_: int, form: str | None, output: Path | None) -> int:
    """Write conversation ID with quotes, offsets, files and lines, in UTF-8.

    Each form carries the data that `pullquote verify` checks against the files.
    """
    with _opened() as kept:
        exported = _exported(kept.info(id_), kept.load(id_))
    named = form_of(output) if output else None
    data = encoded(exported, form or named or "md")
    if output is None:
        click.echo(data, nl=False)
    else:
        write(data, output)
    return Exit.ANSWERED


def _opened() -> Conversations:
    return Conversations.of(settings())


def _row(info: ConversationInfo) -> str:
    return f"{info.id}\t{info.changed}\t{info.turns}\t{one_line(info.title)}"


def _exported(info: ConversationInfo, records: list[Record]) -> Exported:
    return Exported(info.title, info.began, tuple(records))
