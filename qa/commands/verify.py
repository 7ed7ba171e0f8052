"""``pullquote verify``: exported quotes against their files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import click

from index.problems import SourceProblem
from index.types import Document
from qa.commands.common import settings
from qa.exits import Exit
from qa.exporting import parse
from qa.reading import expanded, read_all
from qa.render import one_line
from qa.verifying import Checked, State, among, check_all


@click.command("verify")
@click.argument("export", type=click.Path(path_type=Path))
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
def command(export: Path, articles: Sequence[str]) -> int:
    """Check the quotes of EXPORT against the files they came from.

    EXPORT is what `pullquote conversation export` wrote, in any of its forms. ARTICLEs are
    texts to look in instead, for files that were moved or renamed, or came from standard input.

    \b
    Prints a line for each quote:
      unchanged  it stands where it stood, word for word
      moved      it stands elsewhere in the file, at the line told
      gone       the file does not have its sentence any more
      missing    the file cannot be read

    \b
    Exits with 0 when every quote stands in its file, with 1 when one is gone, and with 3 when
    one is missing and none is gone.

    \b
    Examples:
      pullquote verify talks.html
      pullquote verify talks.md archive/talks.txt
    """  # noqa: D301 - click wants the backspace character
    exported, edited = parse(_text(export))
    if edited:
        click.echo(
            "The export was edited: what is checked are the quotes as they were exported.", err=True
        )
    chosen = settings()

    given = list(read_all(expanded(articles, chosen), chosen))
    checked = check_all(exported.quotes, among(given, _reader(chosen.max_bytes)))
    for found in checked:
        click.echo(_line(found))
    for reason in dict.fromkeys(found.reason for found in checked if found.reason):
        click.echo(one_line(reason), err=True)
    counts = Counter(found.state for found in checked)
    click.echo(_summary(counts), err=True)
    return _exit(counts)


def _text(export: Path) -> str:
    try:
        return export.read_text("utf-8-sig", "surrogateescape")
    except OSError as error:
        raise SourceProblem(
            f"{one_line(str(export))} cannot be read: {error.strerror}.", "Check the path."
        ) from error


def _reader(max_bytes: int) -> Callable[[str], Document]:
    """Reads the file of a key, each once."""
    from index.sources import read

    return cache(partial(read, max_bytes=max_bytes))


def _line(found: Checked) -> str:
    quote = found.quote
    place = f"{one_line(quote.source)}:{quote.line}"
    if found.state is State.MOVED:
        place += f" → {found.line}"
    return f"{found.state:<9}  {place}  {one_line(quote.text)}"


def _summary(counts: Counter[State]) -> str:
    total = counts.total()
    said = ", ".join(f"{counts[state]:,} {state}" for state in State if counts[state])
    return f"{total:,} quote{'' if total == 1 else 's'}: {said}." if total else "No quotes."


def _exit(counts: Counter[State]) -> Exit:
    if counts[State.GONE]:
        return Exit.NOT_IN_TEXT
    return Exit.SOURCE if counts[State.MISSING] else Exit.ANSWERED
