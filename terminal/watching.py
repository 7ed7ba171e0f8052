"""The part of the app that notices when files change on disk; it reads none of them unasked."""

from __future__ import annotations

import time
from collections.abc import Iterator

from textual import on, work
from textual.timer import Timer

from index.problems import Problem
from index.watching import OnDisk
from terminal import phrasing
from terminal.memory import Notebook
from terminal.messages import Looked
from terminal.ports import Answering
from terminal.talking import Talking
from terminal.talks import Means

PAUSE = 2.0
"""Seconds between two looks at the disk; 0 for none but the one after a change of the index."""
SHARE = 50
"""A look that takes long is followed by a pause so many times as long: 2 % of one processor."""


class Watching(Talking):
    """Looks at the files of the texts now and then, on a thread."""

    def __init__(self, notebook: Notebook, means: Means, resume: int | None) -> None:
        super().__init__(notebook, means, resume)
        self.disk = OnDisk()
        """What was found at the last look."""
        self._timer: Timer | None = None
        self._told: set[str] = set()
        """Keys that a notice was shown for."""

    def look(self) -> None:
        """Compare the files with the index."""
        if self._assistant is not None:
            self._look(self._assistant)

    @work(thread=True, group="watch", exclusive=True, exit_on_error=False)
    def _look(self, assistant: Answering) -> None:
        begun = time.monotonic()
        try:
            seen = assistant.on_disk()
        except Problem:  # the next question tells of it, or the next change
            seen = OnDisk()
        self.post_message(Looked(seen, time.monotonic() - begun))

    @on(Looked)
    def _looked(self, event: Looked) -> None:
        self.disk = event.seen
        self.main.bar.show_disk(phrasing.on_disk(event.seen))
        news = [key for key in event.seen.changed if key not in self._told]
        self._told = set(event.seen.changed)
        if news:
            self.notify(
                "F5 reads it again; until then it answers as it was read."
                if len(news) == 1
                else "F5 reads them again; until then they answer as they were read.",
                title=f"{', '.join(_names(news))} changed on disk.",
                markup=False,
            )
        if self._timer:
            self._timer.stop()
        if PAUSE:
            self._timer = self.set_timer(max(PAUSE, SHARE * event.seconds), self.look)


def _names(keys: list[str], most: int = 3) -> Iterator[str]:
    for key in keys[:most]:
        yield phrasing.short_name(key, key)
    if len(keys) > most:
        yield f"{len(keys) - most:,} more"
