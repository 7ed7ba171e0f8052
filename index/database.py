"""SQLite files: their kinds, connections, and errors as problems."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from index.problems import IndexProblem, Problem

Connection: TypeAlias = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file holds, and how its troubles are told."""

    noun: str
    """Completes "The … is damaged": ``index``."""
    application: int
    """Tells the files of this kind from other SQLite files."""
    schemas: tuple[str, ...]
    """SQL that leads from each schema to the next, the first from nothing; older files follow."""
    problem: type[Problem] = IndexProblem
    remedy: str = "Build it anew from its texts: pullquote index build."
    """For a damaged file."""

    @property
    def schema(self) -> int:
        """The number of the newest."""
        return len(self.schemas)


_TABLES = """
CREATE TABLE manifest (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT NOT NULL, characters INTEGER NOT NULL, passages INTEGER NOT NULL,
    sha256 TEXT NOT NULL, added TEXT NOT NULL, state INTEGER NOT NULL
);
CREATE UNIQUE INDEX live_key ON documents (key) WHERE state = 1;
CREATE INDEX unsettled ON documents (state) WHERE state != 1;
CREATE TABLE texts (
    document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    text BLOB NOT NULL, blocks TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    first INTEGER NOT NULL, last INTEGER NOT NULL, sentences BLOB NOT NULL
);
CREATE INDEX passages_of ON passages (document);
CREATE TABLE vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE, half BLOB NOT NULL
);
"""
_DATES = "ALTER TABLE documents ADD COLUMN date TEXT NOT NULL DEFAULT ''"
_CHECKS = """
CREATE TABLE stamps (
    key TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE folders (path TEXT PRIMARY KEY) WITHOUT ROWID;
ALTER TABLE documents ADD COLUMN checksum INTEGER;
ALTER TABLE passages ADD COLUMN checksum INTEGER;
ALTER TABLE vectors ADD COLUMN checksum INTEGER
"""
"""Checksums of rows are null in what was written before."""
_SNAPSHOTS = """
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE, made TEXT NOT NULL,
    folders TEXT NOT NULL, checksum INTEGER NOT NULL
);
CREATE TABLE kept (
    snapshot INTEGER NOT NULL REFERENCES snapshots ON DELETE CASCADE,
    document INTEGER NOT NULL REFERENCES documents, PRIMARY KEY (snapshot, document)
) WITHOUT ROWID;
CREATE INDEX kept_by ON kept (document);
CREATE INDEX versions ON documents (key) WHERE state != 1
"""
_WORDS = "ALTER TABLE passages ADD COLUMN words BLOB NOT NULL DEFAULT x''"
"""Empty in what was written before, whose texts are taken apart when they are compared."""
INDEX = Kind("index", 0x50515431, (_TABLES, _DATES, _CHECKS, _SNAPSHOTS, _WORDS))
SCHEMA = INDEX.schema
_HEADER = """
SELECT user_version, application_id, EXISTS (SELECT 1 FROM sqlite_schema)
FROM pragma_user_version, pragma_application_id
"""
"""One statement, so that another process cannot write in between."""
_MOST_FREE = 0.1
"""Of the pages of a file; if more of them are unused, it is worth writing the file anew."""
_WAIT_SECONDS = 30
"""For another process to end its transaction; ours take well below one second."""


class Database:
    """A connection to write and one to read; each is used by one thread at a time.

    On disk the write-ahead log lets readers, here and elsewhere, go on while something is written.
    In memory there is one connection for both.
    """

    def __init__(
        self, path: Path | None = None, *, readonly: bool = False, kind: Kind = INDEX
    ) -> None:
        """Open or create the file, bring it to the newest schema; None keeps it all in memory.

        Raises:
            Problem: that of the ``kind`` (IndexProblem): the file is damaged, not of this kind,
                of a newer schema, or not accessible.
        """
        self._path = path
        self._kind = kind
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock() if path else self._write_lock
        with self._translated():
            self._writer = _connect(path, readonly)
            try:
                self._prepare(readonly)
                self._reader = _connect(path, readonly) if path else self._writer
            except BaseException:
                self._writer.close()
                raise

    def _prepare(self, readonly: bool) -> None:
        if self._missing_schemas(readonly):
            if readonly:
                raise self._kind.problem(
                    f"The {self._kind.noun} {self._path} was made by an older version of Pullquote,"
                    " and cannot be written.",
                    "Open it once where writing is allowed.",
                )
            with self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                # Asked again: another process may have been faster.
                for script in self._missing_schemas(readonly):
                    for statement in script.split(";"):
                        self._writer.execute(statement)
                self._writer.execute(f"PRAGMA application_id = {self._kind.application}")
                self._writer.execute(f"PRAGMA user_version = {self._kind.schema}")

    def _missing_schemas(self, readonly: bool) -> tuple[str, ...]:
        """What leads from the schema of the file to the newest."""
        kind = self._kind
        version, application, used = self._writer.execute(_HEADER).fetchone()
        if application != kind.application:
            if readonly or used:
                article = "an" if kind.noun[0] in "aeiou" else "a"
                raise kind.problem(
                    f"The file {self._path} is not {article} {kind.noun} of Pullquote.",
                    "Give another place.",
                )
            return kind.schemas
        if version > kind.schema:
            raise kind.problem(
                f"The {kind.noun} {self._path} was made by a newer version of Pullquote.",
                f"Update Pullquote, or use another {kind.noun}.",
            )
        return kind.schemas[version:]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, all or nothing, durable when the block ends; nested ones join it."""
        with self._write_lock, self._translated():
            if self._writer.in_transaction:
                yield self._writer
                return
            try:
                with self._writer:
                    self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
            except sqlite3.OperationalError:
                self._write_over()
                raise

    def _write_over(self) -> None:
        """Put something harmless where a commit that failed may lie in the log.

        If nothing but its last step failed, flushing, it is complete there, and would count for
        whoever reads the log anew.
        """
        with suppress(sqlite3.Error), self._writer:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.execute(f"PRAGMA user_version = {self._kind.schema}")

    def rows(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        """The rows of a query, its values given in order or by name."""
        with self._read_lock, self._translated():
            return self._reader.execute(sql, values).fetchall()

    def each(self, sql: str) -> Iterator[Any]:
        """The rows of a query that has too many to hold; for one thread that does nothing else."""
        with self._read_lock, self._translated():
            yield from self._reader.execute(sql)

    def shrink(self) -> None:
        """Give unused pages back to the disk if they are many; readers go on meanwhile.

        It takes as much room again for a moment. Where there is none, the pages stay in the file
        and are used for what comes next.
        """
        with self._write_lock, self._translated():
            execute = self._writer.execute
            (free,), (pages,) = (
                execute(f"PRAGMA {what}").fetchone() for what in ("freelist_count", "page_count")
            )
            if free > _MOST_FREE * pages:
                with suppress(sqlite3.OperationalError):
                    execute("VACUUM")
                    execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Close the file; closing twice is allowed."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _problem(error, self._path, self._kind) from error


def _connect(path: Path | None, readonly: bool) -> sqlite3.Connection:
    if path is None:
        return _opened(":memory:")
    if not readonly:
        connection = _opened(f"{path.absolute().as_uri()}?mode=rwc")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # what was reported survives a power loss
        return connection
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        connection = _opened(uri)
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        # A write-ahead log needs a writable directory; without one nobody can be writing either.
        connection = _opened(f"{uri}&immutable=1")
    return connection


def _opened(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name, uri=True, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


_TROUBLES = {
    sqlite3.SQLITE_CORRUPT: ("is damaged", ""),
    sqlite3.SQLITE_NOTADB: ("is damaged", ""),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "Check the disk; the old state is intact."),
    sqlite3.SQLITE_FULL: ("cannot grow: the disk is full", "Make room; the old state is intact."),
    sqlite3.SQLITE_READONLY: ("cannot be written", "Allow writing there, or use another place."),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "Check the path and its permissions."),
    sqlite3.SQLITE_BUSY: ("is being written by another program", "Try again when that is done."),
}
"""What is wrong and what helps; without a remedy, that of the kind does."""


def _problem(error: sqlite3.Error, path: Path | None, kind: Kind) -> Problem:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says more than a user needs
    what, remedy = _TROUBLES.get(code, (f"cannot be used ({error})", ""))
    return kind.problem(f"The {kind.noun} {path or 'in memory'} {what}.", remedy or kind.remedy)
