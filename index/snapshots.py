"""Named states of an index: which versions of documents each of them is made of.

A version never changes (see `index.store`), so a snapshot is a list of them and copies nothing. A
version that only snapshots hold is KEPT: it lies in the store and in no engine.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from index.database import Connection, Database
from index.problems import IndexProblem
from index.store_rows import checksum
from index.types import Snapshot
from index.versions import KEPT, PENDING, UNHELD

_ALL = """
SELECT label, made, (SELECT count(*) FROM kept WHERE snapshot = s.id), (
    SELECT count(*) FROM kept k JOIN documents d ON d.id = k.document
    WHERE k.snapshot = s.id AND d.state = 3 AND NOT EXISTS (
        SELECT 1 FROM kept other WHERE other.document = d.id AND other.snapshot != s.id
    )
) FROM snapshots s ORDER BY id
"""
_DELETE_UNHELD = f"DELETE FROM documents WHERE {UNHELD}"


class Version(NamedTuple):
    """A version that a snapshot is made of."""

    row: int
    key: str
    is_live: bool
    passages: int
    added: str


class Snapshots:
    """The tables of snapshots; every method is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Snapshot]:
        """In the order of taking."""
        return [Snapshot(*row) for row in self._database.rows(_ALL)]

    def take(self, label: str, folders: Sequence[str]) -> None:
        """Remember what is LIVE, and the folders that are looked through.

        Raises:
            IndexProblem: there is one of this label.
        """
        with self._database.writing() as connection:
            if self._has(label):
                raise IndexProblem(
                    f"There is a snapshot {label!r} already.",
                    "Choose another label, or discard it first: pullquote index discard.",
                )
            id_ = _insert(
                connection, label, datetime.now(UTC).isoformat(timespec="seconds"), folders
            )
            connection.execute(
                "INSERT INTO kept SELECT ?, id FROM documents WHERE state = 1", (id_,)
            )
            _seal(connection, id_)

    def _has(self, label: str) -> bool:
        return bool(self._database.rows("SELECT 1 FROM snapshots WHERE label = ?", (label,)))

    def discard(self, label: str) -> None:
        """Forget a snapshot, and delete what only it held.

        Raises:
            IndexProblem: there is none of this label.
        """
        self._known(label)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM snapshots WHERE label = ?", (label,))
            connection.execute(_DELETE_UNHELD)
        self._database.shrink()

    def versions(self, label: str) -> list[Version]:
        """What a snapshot is made of.

        Raises:
            IndexProblem: there is none of this label, or it is damaged.
        """
        self._known(label)
        if label in self.damaged():
            raise IndexProblem(
                f"The snapshot {label!r} is damaged.", "Repair it: pullquote index repair NAME."
            )
        return self._versions(
            "WHERE k.snapshot = (SELECT id FROM snapshots WHERE label = ?)", label
        )

    def held(self) -> list[Version]:
        """Every version that any snapshot is made of."""
        return self._versions("")

    def _versions(self, which: str, *values: str) -> list[Version]:
        sql = (
            "SELECT DISTINCT d.id, d.key, d.state = 1, d.passages, d.added FROM kept k"
            f" JOIN documents d ON d.id = k.document {which} ORDER BY d.id"
        )
        return [
            Version(row, key, bool(live), *r)
            for row, key, live, *r in self._database.rows(sql, values)
        ]

    def _known(self, label: str) -> None:
        if not self._has(label):
            raise IndexProblem(
                f"There is no snapshot {label!r}.", "List them: pullquote index snapshots NAME."
            )

    def kept(self, key: str) -> int | None:
        """The row of the newest KEPT version of a document."""
        rows = self._database.rows(
            f"SELECT max(id) FROM documents WHERE {KEPT} AND key = ?", (key,)
        )
        row: int | None = rows[0][0]
        return row

    def wake(self, rows: Collection[int]) -> None:
        """Make KEPT versions PENDING, for the engines to take in."""
        with self._database.writing() as connection:
            connection.execute(
                f"UPDATE documents SET state = 0 WHERE {KEPT}"
                " AND id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(rows)),),
            )

    def return_folders(self, label: str) -> None:
        """Look through the folders of a snapshot, and know no looks of a file any more.

        What a file looked like says nothing about a version that was read before it.
        """
        with self._database.writing() as connection:
            sql = "SELECT folders FROM snapshots WHERE label = ?"
            (folders,) = connection.execute(sql, (label,)).fetchone()
            connection.execute("DELETE FROM stamps")
            connection.execute("DELETE FROM folders")
            connection.execute("INSERT INTO folders SELECT value FROM json_each(?)", (folders,))

    def copy_from(self, other: Snapshots, rows: Mapping[int, int]) -> None:
        """Take over the snapshots of another store, and make KEPT what is PENDING.

        ``rows`` leads from the versions there to those here.
        """
        sql = "SELECT s.label, s.made, s.folders, s.id FROM snapshots s ORDER BY s.id"
        with self._database.writing() as connection:
            connection.execute(f"UPDATE documents SET state = 3 WHERE {PENDING}")
            for label, made, folders, id_ in other._database.rows(sql):
                members = other._members(id_)
                new = _insert(connection, label, made, json.loads(folders))
                connection.executemany(
                    "INSERT INTO kept VALUES (?, ?)", ((new, rows[row]) for row in members)
                )
                _seal(connection, new)

    def _members(self, id_: int) -> list[int]:
        return _column(self._database.rows(_MEMBERS, (id_,)))

    def damaged(self) -> list[str]:
        """The labels of snapshots that are not what was written; reads all of them."""
        sql = "SELECT id, label, made, folders, checksum FROM snapshots"
        return [
            label
            for id_, label, made, folders, stored in self._database.rows(sql)
            if stored != checksum(label, made, folders, self._members(id_))
        ]

    def forget(self, rows: Collection[int]) -> None:
        """Forget the damaged snapshots, and of the others these versions."""
        damaged = self.damaged()
        with self._database.writing() as connection:
            connection.executemany(
                "DELETE FROM snapshots WHERE label = ?", ((label,) for label in damaged)
            )
            connection.executemany("DELETE FROM kept WHERE document = ?", ((row,) for row in rows))
            for (id_,) in connection.execute("SELECT id FROM snapshots").fetchall():
                _seal(connection, id_)
            connection.execute(_DELETE_UNHELD)


_MEMBERS = "SELECT document FROM kept WHERE snapshot = ? ORDER BY document"


def _column(rows: Sequence[tuple[int]]) -> list[int]:
    return [value for (value,) in rows]


def _insert(connection: Connection, label: str, made: str, folders: Sequence[str]) -> int:
    cursor = connection.execute(
        "INSERT INTO snapshots (label, made, folders, checksum) VALUES (?, ?, ?, 0)",
        (label, made, json.dumps(list(folders))),
    )
    return cursor.lastrowid or 0


def _seal(connection: Connection, id_: int) -> None:
    """Write the checksum of a snapshot."""
    members = _column(connection.execute(_MEMBERS, (id_,)).fetchall())
    sql = "SELECT label, made, folders FROM snapshots WHERE id = ?"
    columns = connection.execute(sql, (id_,)).fetchone()
    connection.execute(
        "UPDATE snapshots SET checksum = ? WHERE id = ?", (checksum(*columns, members), id_)
    )
