"""``pullquote serve``: the app in a browser on this machine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from index.problems import SourceProblem, UsageProblem
from qa.exits import Exit


@click.command("serve")
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--index", metavar="NAME", help="Open a stored index: its name, or a path.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Where to listen, on 127.0.0.1 only; 0: any that is free.",
)
@click.option("--keep/--no-keep", default=True, help="Whether the turns are kept (default: yes).")
def command(articles: Sequence[str], index: str | None, port: int, keep: bool) -> int:
    """Open the ARTICLEs in the app, shown in a browser on this machine.

    The address is printed on stderr. Nobody else can open it: it is reached from this machine
    only, and has a key in it.

    \b
    Examples:
      pullquote serve article.txt
      pullquote serve --index news --port 0
    """  # noqa: D301 - click wants the backspace character
    for article in articles:
        if not Path(article).exists():
            raise SourceProblem(f"There is no file {article}.", "Check the path.")
    try:
        from qa.serving import serve
    except ImportError as error:
        raise UsageProblem(
            "The browser needs the package textual-serve.",
            "Install it: pip install 'pullquote[serve]'",
        ) from error
    options = ["--index", index] if index is not None else []
    options += [] if keep else ["--no-keep"]
    serve([sys.executable, "-m", "qa", "open", *options, "--", *articles], port)
    return Exit.ANSWERED
