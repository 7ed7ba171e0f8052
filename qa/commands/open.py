"""``pullquote ARTICLE…``: open the terminal app."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.problems import SourceProblem, UsageProblem
from qa.commands.common import is_interactive, with_settings

if TYPE_CHECKING:
    from index.settings import Settings


@click.command("open")
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--index", metavar="NAME", help="Open a stored index: its name, or a path.")
@with_settings
def command(articles: Sequence[str], index: str | None, settings: Settings) -> int:
    """Open the ARTICLEs (files or folders) in the terminal app.

    \b
    Examples:
      pullquote article.txt
      pullquote open --index news
    """  # noqa: D301 - click wants the backspace character
    return launch(articles, index, settings)


def launch(articles: Sequence[str], index: str | None, settings: Settings) -> int:
    """Open the app and return its exit code.

    Raises:
        UsageProblem: nobody sits at a terminal.
        SourceProblem: a text is not there; said here, where it can still be read.
    """
    for article in articles:
        if article != "-" and not Path(article).exists():
            raise SourceProblem(f"There is no file {article}.", "Check the path.")
    if not is_interactive():
        raise UsageProblem(
            "The app needs a terminal.", 'Without one, use: pullquote ask "QUESTION" ARTICLE'
        )
    from tui import run

    return run(sources=list(articles), index=index, settings=settings)
