"""What the store knows of files: which folders to look through, and how each file looked last."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from index.database import Database

_SETTLED_NS = 2_000_000_000
"""A file changed less than this before it was read may change again without looking different:
file systems keep times as coarsely as this."""


class Stamp(NamedTuple):
    """The looks of a file, which tell without reading it that it is the same."""

    size: int
    modified: int
    """In nanoseconds."""

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """As the file looks now; OSError if it is not there."""
        found = os.stat(path)  # noqa: PTH116 - half the time of Path.stat for thousands of files
        return cls(found.st_size, found.st_mtime_ns)

    def is_settled(self) -> bool:
        """Whether a later change is sure to show."""
        return time.time_ns() - self.modified > _SETTLED_NS


def settled(stamps: Mapping[str, Stamp]) -> dict[str, Stamp]:
    """Those that are worth remembering, taken before the files were read."""
    return {key: stamp for key, stamp in stamps.items() if stamp.is_settled()}


class Stamps:
    """The tables of stamps and folders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Stamp]:
        """By the keys of documents."""
        rows = self._database.rows("SELECT key, size, modified FROM stamps")
        return {key: Stamp(size, modified) for key, size, modified in rows}

    def put(self, stamps: Mapping[str, Stamp]) -> None:
        """Remember how these looked."""
        with self._database.writing() as connection:
            rows = ((key, *stamp) for key, stamp in stamps.items())
            connection.executemany("REPLACE INTO stamps VALUES (?, ?, ?)", rows)

    def forget_others(self) -> None:
        """Forget all that are no documents any more."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM stamps WHERE key NOT IN (SELECT key FROM documents WHERE state = 1)"
            )

    def folders(self) -> list[str]:
        """To be looked through for new files."""
        return [path for (path,) in self._database.rows("SELECT path FROM folders ORDER BY path")]

    def follow(self, folders: Iterable[str]) -> None:
        """Look through these too."""
        with self._database.writing() as connection:
            rows = ((folder,) for folder in folders)
            connection.executemany("INSERT OR IGNORE INTO folders VALUES (?)", rows)

    def copy_from(self, other: Stamps) -> None:
        """Take over what another store knows."""
        self.follow(other.folders())
        self.put(other.all())
