"""``pullquote sample``: try it on a bundled article."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from qa.commands.common import colour, is_interactive, width, with_settings
from qa.exits import Exit

if TYPE_CHECKING:
    from index.settings import Settings
    from qa.assistant import Assistant


@click.command("sample")
@click.argument("name", required=False)
@with_settings
def command(name: str | None, settings: Settings) -> int:
    """Open a bundled article in the app, or answer the questions piped to it, one a line.

    NAME chooses among the samples; without it, it is the one about the Geneva talks.

    \b
    Examples:
      pullquote sample
      echo "What did Ryabkov demand?" | pullquote sample
    """  # noqa: D301 - click wants the backspace character
    from qa import samples

    article = samples.path(name or samples.DEFAULT)
    if is_interactive():
        from qa.commands.open import launch

        return launch([str(article)], None, settings)
    from qa.assistant import Assistant

    with Assistant.over([article], settings=settings) as asked:
        answer_all(asked, sys.stdin or ())
    return Exit.ANSWERED


def answer_all(asked: Assistant, lines: Iterable[str]) -> None:
    """Answer one question a line on stdout; what cannot be asked is said on stderr."""
    from index.problems import UsageProblem
    from qa.render import clean, one_line, to_text

    number = 0
    for line in lines:
        if not line.strip():
            continue
        number += 1
        try:
            answer = asked.ask(line)
        except UsageProblem as problem:
            click.echo(clean(f"Question {number}: {problem}"), err=True)
            continue
        heading = ("\n" if number > 1 else "") + f"{one_line(line)}\n"
        click.echo(heading + to_text(answer, colour=colour(None), width=width()), nl=False)
    if not number:
        click.echo("No questions came in. Give one a line, or run it in a terminal.", err=True)
