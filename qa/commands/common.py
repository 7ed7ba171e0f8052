"""What the commands share: options, settings, the assistant, progress."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from index.problems import SourceProblem, UsageProblem
from index.settings import Settings, load

if TYPE_CHECKING:
    from index.types import OnProgress, Progress
    from qa.assistant import Assistant

SHARED = "milvus"
"""The engine that --uri is about."""

Command = TypeVar("Command", bound=Callable[..., Any])

_MODELS = (
    click.option("--model", metavar="NAME", help="Embedder: any sentence-transformers model."),
    click.option(
        "--reader",
        metavar="NAME",
        help="Reader: 'lexical', or any transformers question-answering model.",
    ),
    click.option("--reranker", metavar="NAME", help="Reranker: any CrossEncoder."),
    click.option(
        "--threshold",
        type=click.FloatRange(0, 1),
        help="Confidence from which an answer is given (default: the reader's own).",
    ),
    click.option("-k", type=click.IntRange(1, 100), help="Passages to read (default 8)."),
)


def with_settings(command: Command) -> Command:
    """Add the options for models, and pass their outcome as ``settings``."""

    @wraps(command)
    def wrapped(**given: Any) -> Any:
        names = ("model", "reader", "reranker", "threshold", "k")
        chosen = {name: given.pop(name) for name in names}
        return command(settings=settings(**chosen), **given)

    for option in reversed(_MODELS):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]  # the same callable, options added


_PLACE = (
    click.option(
        "--engine",
        metavar="NAME",
        help="Where stored indexes are kept: 'faiss' (here) or 'milvus' (on a server).",
    ),
    click.option(
        "--uri",
        metavar="URI",
        help="The Milvus server, as in http://localhost:19530; implies --engine milvus.",
    ),
)


def with_place(command: Command) -> Command:
    """Add the options for where a stored index is, and pass their outcome in ``settings``.

    Stands below `with_settings`, or gives the user's settings with the option ``model``, if any.
    """

    @wraps(command)
    def wrapped(engine: str | None, uri: str | None, **given: Any) -> Any:
        chosen = given.pop("settings", None) or settings(model=given.pop("model", None))
        return command(settings=_placed(chosen, engine, uri), **given)

    for option in reversed(_PLACE):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]  # the same callable, options added


def _placed(chosen: Settings, engine: str | None, uri: str | None) -> Settings:
    if uri is not None and engine not in (None, SHARED):
        raise UsageProblem(
            f"The engine {engine!r} keeps indexes on this machine and takes no --uri.",
            f"Leave one of them out, or say --engine {SHARED}.",
        )
    engine = engine or (SHARED if uri is not None else chosen.engine)
    return replace(chosen, engine=engine, uri=uri or chosen.uri)


def settings(**given: Any) -> Settings:
    """The user's settings, overruled by the options that are not None."""
    return replace(load(), **{name: value for name, value in given.items() if value is not None})


def assistant(
    articles: Sequence[str], index: str | None, settings: Settings, *, progress: OnProgress
) -> Assistant:
    """Over the articles, or over the stored index: one of the two.

    Raises:
        UsageProblem: both or neither are given.
        Problem: as ``Assistant.over`` and ``Assistant.open``.
    """
    from qa.assistant import Assistant  # 0.1 s to import, which the app does after its first paint

    if articles and index is not None:
        raise UsageProblem(
            "Both articles and --index are given.",
            f"Add the articles to the index with: pullquote index add {index} ARTICLE",
        )
    if index is not None:
        return Assistant.open(index, settings=settings)
    if not articles:
        raise UsageProblem(
            "There is no text to ask.",
            "Name an article, - for standard input, or an index with --index.",
        )
    check_stdin(articles)
    return Assistant.over(articles, settings=settings, on_progress=progress)


def check_stdin(articles: Sequence[str]) -> None:
    """Refuse ``-`` without standard input; at a terminal, tell what is waited for.

    Raises:
        SourceProblem: standard input is closed.
    """
    if "-" not in articles:
        return
    if sys.stdin is None or sys.stdin.closed:
        raise SourceProblem("Standard input is closed.", "Pipe a text into it, or name a file.")
    if sys.stdin.isatty():
        click.echo("Reading the text from the terminal; end it with Ctrl+D.", err=True)


def is_interactive() -> bool:
    """Whether a person sits at both ends."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def is_served() -> bool:
    """Whether the app is shown by something else than a terminal: Textual's own sign for it."""
    return "TEXTUAL_DRIVER" in os.environ


def can_draw() -> bool:
    """Whether the app can be drawn: it is drawn on stderr, and needs more than lines of text."""
    drawn_on = sys.stderr is not None and sys.stderr.isatty()
    return drawn_on and os.environ.get("TERM") != "dumb"


def colour(wanted: bool | None) -> bool:
    """Whether to colour stdout: as told, else at a terminal unless NO_COLOR is set."""
    if wanted is not None:
        return wanted
    declined = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not declined and sys.stdout is not None and sys.stdout.isatty()


def width() -> int | None:
    """Columns to wrap at: those of the terminal, at most 100; None when stdout is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return min(100, shutil.get_terminal_size().columns)


class Ticker:
    """Progress as one line on stderr, for whoever waits longer than a moment at a terminal."""

    def __init__(self, patience: float = 1.0, interval: float = 0.1) -> None:
        """Show nothing for ``patience`` seconds, then a line every ``interval`` seconds."""
        self._shown = False
        self._interval = interval
        self._next = time.monotonic() + patience
        self._alive = sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, progress: Progress) -> None:
        """Take note of where the work is."""
        if not self._alive or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._interval
        of = f" of {progress.total:,}" if progress.total else ""
        self._write(f"{progress.phase} {progress.done:,}{of} {progress.unit}")
        self._shown = True

    def done(self) -> None:
        """Leave the line empty."""
        if self._shown:
            self._write("")

    def _write(self, line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    def __enter__(self) -> Ticker:
        return self

    def __exit__(self, *_: object) -> None:
        self.done()
