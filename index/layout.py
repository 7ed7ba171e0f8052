"""Where an index keeps its files.

A directory holds ``current``, which names the generation that answers; one folder per generation,
usually one in all; and ``writer.lock``. A rebuild makes the next generation beside the one that
answers and then replaces ``current``, so that there is a complete index at every moment.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from index.files import replacing
from index.problems import IndexProblem

_CURRENT, _LOCK, _PREFIX = "current", "writer.lock", "generation-"
_WAIT_SECONDS = 10


class Busy(IndexProblem):
    """Another program is writing."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One complete set of files."""

    directory: Path

    @property
    def store(self) -> Path:
        """The SQLite file."""
        return self.directory / "store.sqlite"

    @property
    def vectors(self) -> Path:
        """The directory of the vector engine."""
        return self.directory / "vectors"

    @property
    def lexical(self) -> Path:
        """The directory of the lexical engine."""
        return self.directory / "lexical"


def current(home: Path) -> Generation | None:
    """The generation that answers; None where there is no index yet.

    Raises:
        IndexProblem: ``home`` is something else than an index, or cannot be read.
    """
    with _translated(home):
        if not home.exists() or (home.is_dir() and not _is_occupied(home)):
            return None
        if not (home / _CURRENT).is_file():
            raise IndexProblem(
                f"{home} is not an index of Pullquote.", "Give another place for the index."
            )
        name = _named(home)
        while not (home / name).is_dir():
            before, name = name, _named(home)
            if name == before:  # else it was replaced, and then deleted, while we looked
                raise _damaged(home)
        return Generation(home / name)


Stamp: TypeAlias = tuple[int, int]
"""Inode and time of change of a file that is always replaced and never written to."""


def stamp(home: Path) -> Stamp | None:
    """Changes whenever another generation answers; None if that cannot be told."""
    try:
        found = os.stat(home / _CURRENT)  # noqa: PTH116 - takes half the time of Path.stat
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _named(home: Path) -> str:
    name = (home / _CURRENT).read_text(encoding="utf-8", errors="replace").strip()
    if not name.startswith(_PREFIX) or Path(name).name != name:
        raise _damaged(home)
    return name


def _damaged(home: Path) -> IndexProblem:
    return IndexProblem(
        f"The index {home} is damaged: {_CURRENT!r} names no generation.",
        "Build it anew from its texts in another place: pullquote index build.",
    )


def following(home: Path) -> Generation:
    """An empty generation beside those that are there, for `switch`."""
    with _translated(home):
        home.mkdir(parents=True, exist_ok=True)
        taken = [
            int(n) for p in home.glob(f"{_PREFIX}*") if (n := p.name[len(_PREFIX) :]).isdigit()
        ]
        directory = home / f"{_PREFIX}{max(taken, default=0) + 1}"
        directory.mkdir()
        return Generation(directory)


def switch(home: Path, generation: Generation) -> None:
    """From now on this generation answers; the others are deleted where that is possible."""
    with _translated(home), replacing(home / _CURRENT) as file:
        file.write(generation.directory.name.encode())
    tidy(home, generation)


def leftovers(home: Path, generation: Generation) -> list[Path]:
    """Generations that do not answer: interrupted rebuilds, or replaced and still open then.

    And files that a killed writer had not finished, which may be as large as the vectors.
    """
    others = [path for path in home.glob(f"{_PREFIX}*") if path != generation.directory]
    return [*others, *home.glob(f".{_CURRENT}.*"), *generation.vectors.glob(".*")]


def tidy(home: Path, generation: Generation) -> None:
    """Delete `leftovers`, as far as that is possible: Windows keeps what a reader has open."""
    for path in leftovers(home, generation):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def discard(generation: Generation) -> None:
    """Delete a generation that never answered."""
    shutil.rmtree(generation.directory, ignore_errors=True)


@contextmanager
def locked(home: Path, *, wait: bool = True) -> Iterator[None]:
    """Be the only writer of an index, among all processes.

    Raises:
        Busy: another writer did not finish in time (at once unless ``wait``).
        IndexProblem: nothing can be written there.
    """
    from filelock import FileLock, Timeout

    with _translated(home):
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / _LOCK, thread_local=False)
        try:
            lock.acquire(timeout=_WAIT_SECONDS if wait else 0)
        except Timeout as error:
            raise Busy(
                f"Another program is writing to the index {home}.", "Try again when it is done."
            ) from error
    try:
        yield
    finally:
        lock.release()


def size(home: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


def _is_occupied(home: Path) -> bool:
    return any(path.name != _LOCK and not path.name.startswith(_PREFIX) for path in home.iterdir())


@contextmanager
def _translated(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexProblem(
            f"The index {home} cannot be read or written ({error.strerror}).",
            "Check the path and its permissions, or use another place.",
        ) from error
