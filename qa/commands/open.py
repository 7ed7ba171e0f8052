"""``pullquote ARTICLE…``: open the terminal app."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.problems import SourceProblem, UsageProblem
from qa.commands.common import (
    can_draw,
    is_interactive,
    is_served,
    with_place,
    with_settings,
)

if TYPE_CHECKING:
    from index.settings import Settings


@click.command("open")
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--index", metavar="NAME", help="Open a stored index: its name, or a path.")
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
    articles: Sequence[str], index: str | None, resume: str | None, keep: bool, settings: Settings
) -> int:
    """Open the ARTICLEs (files or folders) in the terminal app.

    \b
    Examples:
      pullquote article.txt
      pullquote open --index news
      pullquote open --resume
    """  # noqa: D301 - click wants the backspace character
    from qa.resuming import wanted

    id_, named = wanted(resume, articles)
    return launch(named, index, settings, resume=id_, keep=keep)


def launch(
    articles: Sequence[str],
    index: str | None,
    settings: Settings,
    *,
    resume: int | None = None,
    keep: bool = True,
) -> int:
    """Open the app and return its exit code.

    Raises:
        UsageProblem: nobody sits at a terminal, or it cannot be drawn on.
        SourceProblem: a text is not there; said here, where it can still be read.
    """
    for article in articles:
        if article != "-" and not Path(article).exists():
            raise SourceProblem(f"There is no file {article}.", "Check the path.")
    if not is_served():
        _check_terminal()
    from tui import run

    return run(sources=list(articles), index=index, settings=settings, resume=resume, keep=keep)


def _check_terminal() -> None:
    if not is_interactive():
        raise UsageProblem(
            "The app needs a terminal.", 'Without one, use: pullquote ask "QUESTION" ARTICLE'
        )
    if not can_draw():
        raise UsageProblem(
            "The app cannot be drawn here: TERM says dumb, or stderr goes elsewhere.",
            "Line by line, use: pullquote chat --plain ARTICLE",
        )
