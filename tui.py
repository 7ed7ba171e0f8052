"""The terminal app: ``python tui.py ARTICLE…``.

This is the door: it finds out what is to be opened and starts the app of the package ``terminal``.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.problems import Problem
from qa.exits import Exit
from terminal.first_frame import first_frame
from terminal.memory import Notebook
from terminal.palette import PALETTES

YOUNG = (2_000, 5, 100)
"""Objects that are made before garbage is looked for among them, and how often among older ones.
Each paint makes and forgets thousands: with Python's own 700 garbage was looked for through a tenth
of the time of an answer. Many more at once would hold a key up while texts are indexed."""

if TYPE_CHECKING:
    from index.settings import Settings
    from terminal.operations import Source
    from terminal.ports import Answering


def run(
    sources: Sequence[Source] = (),
    index: str | Path | None = None,
    *,
    settings: Settings | None = None,
    resume: int | None = None,
    keep: bool = True,
) -> int:
    """Open the app on these texts, in memory or in a kept index; returns the exit code.

    Args:
        sources: files, folders or documents.
        index: the name or path of a kept index; None for one in memory.
        settings: None for those of the user.
        resume: the conversation to go on with, as ``qa.resuming`` tells; without texts, in its own.
        keep: whether turns are kept.

    Raises:
        Problem: there is no such conversation.
    """
    _end_with_the_terminal()
    if settings is None:
        from index.settings import load

        settings = load()
    if resume is not None:
        resume, sources, index = _resumed(resume, sources, index, settings)
    notebook = Notebook(settings.home / "terminal.json")
    with first_frame(_theme(notebook, settings), notebook.memory.share) as early:
        with _without_collecting():
            from terminal.app import PullquoteApp
            from terminal.talks import means

            app = PullquoteApp(
                partial(_open_assistant, index, settings),
                sources,
                notebook=notebook,
                settings=settings,
                means=means(settings, keep=keep),
                resume=resume,
            )
            if early.painted:
                from terminal.drivers import continuing

                app.driver_class = continuing(early)
        return app.run() or 0


def _end_with_the_terminal() -> None:
    """Whoever started this may have told it to outlive its terminal, as ``nohup`` does."""
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _theme(notebook: Notebook, settings: Settings) -> str:
    """The theme that was chosen in the app, or the one of the settings, or the first of ours."""
    return notebook.memory.theme or settings.theme or next(iter(PALETTES))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile, nor ever among what is made here.

    Imports make no garbage, but so many objects that looking through them again and again takes a
    tenth of the time that they take.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*YOUNG)
        gc.enable()


def _resumed(
    id_: int, sources: Sequence[Source], index: str | Path | None, settings: Settings
) -> tuple[int, Sequence[Source], str | Path | None]:
    """The conversation that is meant, and what it was about unless something else is named."""
    from qa.conversations import Conversations
    from qa.resuming import chosen, texts

    with Conversations.of(settings) as store:
        info = chosen(store, id_)
    if sources or index is not None:
        return info.id, sources, index
    return (info.id, *texts(info))


def _open_assistant(index: str | Path | None, settings: Settings) -> Answering:
    from qa.assistant import Assistant

    if index is None:
        return Assistant.over((), settings=settings)
    return Assistant.open(index, settings=settings, create=True)


def main(argv: Sequence[str] | None = None) -> int:
    """``python tui.py [--resume [ID]] ARTICLE…``."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] != ["--resume"]:
            return run(arguments)
        from qa.resuming import LAST, wanted

        id_, sources = wanted("".join(arguments[1:2]) or "last", arguments[2:])
        return run(sources, resume=LAST if id_ is None else id_)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
