"""The parts that answer now: opened anew when another process has changed the index."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from index import layout
from index.opening import newest
from index.parts import Parts
from index.problems import IndexProblem


class Current:
    """Parts and their home, for one writer and many readers, here and in other processes."""

    def __init__(self, home: Path | None, parts: Parts, *, readonly: bool = False) -> None:
        """``home`` is the directory of the index, None in memory."""
        self.home = home
        self.parts = parts
        self._readonly = readonly
        self._before: Parts | None = None
        self._stamp: layout.Stamp | None = None
        self._changing = threading.RLock()
        self._replacing = threading.RLock()
        self._is_at_work = False

    @contextmanager
    def writing(self) -> Iterator[Parts]:
        """Be the only writer, on the newest state.

        Raises:
            IndexProblem: the index can only be read, or another program is writing to it.
        """
        if self._readonly:
            raise IndexProblem(
                f"The index {self.home} can only be read.", "Allow writing there, or copy it."
            )
        with self._changing, self._lock():
            parts = self.fresh(alone=True)
            self._is_at_work = True
            try:
                if self.home and not parts.is_settled():  # the writer before us was interrupted
                    parts.recover()
                yield parts
            finally:
                self._is_at_work = False

    def _lock(self) -> AbstractContextManager[None]:
        return layout.locked(self.home) if self.home else nullcontext()

    def mend(self) -> None:
        """Clear up after an interrupted writer, unless a writer is at work this very moment."""
        if self._readonly or self.home is None:
            return
        generation = self.parts.generation
        assert generation is not None
        if self.parts.is_settled() and not layout.leftovers(self.home, generation):
            return
        try:
            with layout.locked(self.home, wait=False):
                parts = self.fresh(alone=True)
                if not parts.is_settled():
                    parts.recover()
                layout.tidy(self.home, parts.generation or generation)
        except layout.Busy:
            if self.parts.is_makeshift:
                self.parts.complete_in_memory()

    def fresh(self, *, alone: bool = False) -> Parts:
        """The parts, opened anew if another process has changed the index.

        A writer in this process keeps its parts in step by itself, and nobody waits for it.

        Args:
            alone: whether the caller is the only writer, and may replace what is damaged.
        """
        home = self.home
        if home is None or self._is_at_work or self._is_fit(home, alone):
            return self.parts
        with self._replacing:
            if not self._is_at_work and not self._is_fit(home, alone):
                self.replace(newest(home, readonly=self._readonly, alone=alone))
                if self.parts.is_makeshift:
                    self.parts.complete_in_memory()
            return self.parts

    def _is_fit(self, home: Path, alone: bool) -> bool:
        return self._is_current(home) and not (alone and self.parts.is_makeshift)

    def _is_current(self, home: Path) -> bool:
        # Each search asks, so the file is looked at (3 µs) and read (80 µs) only when it changed.
        stamp, parts = layout.stamp(home), self.parts
        if stamp is None or stamp != self._stamp:
            if layout.current(home) != parts.generation:
                return False
            self._stamp = stamp
        return parts.store.version() == parts.version

    def replace(self, parts: Parts) -> None:
        """Use other parts; those before stay open for the searches that still use them."""
        with self._replacing:
            if self._before:
                self._before.close()
            self._before, self.parts = self.parts, parts
            self._stamp = None

    def close(self) -> None:
        """Close all files; closing twice is allowed."""
        with self._changing, self._replacing:
            for parts in (self._before, self.parts):
                if parts:
                    parts.close()
