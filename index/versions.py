"""How versions of documents go from state to state, in SQL; see `index.store` for the states.

SQLite uses its index of the versions that are not LIVE only where ``state != 1`` is said.
"""

from __future__ import annotations

from collections.abc import Iterable

from index.database import Connection

PENDING, GONE, KEPT = (f"state != 1 AND state = {number}" for number in (0, 2, 3))
_HELD = "id IN (SELECT document FROM kept)"
UNHELD = f"{KEPT} AND NOT {_HELD}"
"""Set aside, and of no snapshot."""


def publish(connection: Connection) -> None:
    """Make every PENDING version LIVE, and what it replaces GONE, and what was set aside."""
    for sql in (
        "UPDATE documents SET state = 2 WHERE state = 1"
        f" AND key IN (SELECT key FROM documents WHERE {PENDING})",
        f"UPDATE documents SET state = 2 WHERE {PENDING}"
        f" AND id NOT IN (SELECT max(id) FROM documents WHERE {PENDING} GROUP BY key)",
        f"UPDATE documents SET state = 1 WHERE {PENDING}",
        f"UPDATE documents SET state = 2 WHERE {UNHELD}",
    ):
        connection.execute(sql)
    count_up(connection)


def retire(connection: Connection, keys: Iterable[str]) -> list[str]:
    """Make the LIVE versions of these keys GONE; returns the keys that had one."""
    retired: list[str] = []
    for key in keys:
        sql = "UPDATE documents SET state = 2 WHERE state = 1 AND key = ?"
        retired += [key] * connection.execute(sql, (key,)).rowcount
    if retired:
        count_up(connection)
    return retired


def give_up(connection: Connection) -> None:
    """Make GONE what is PENDING or was set aside; `purge` keeps what a snapshot holds."""
    connection.execute(f"UPDATE documents SET state = 2 WHERE {PENDING}")
    connection.execute(f"UPDATE documents SET state = 2 WHERE {UNHELD}")


def set_aside(connection: Connection) -> None:
    """Make PENDING versions KEPT if all of their passages were written, else GONE."""
    connection.execute(
        f"UPDATE documents SET state = 2 WHERE {PENDING} AND passages !="
        " (SELECT count(*) FROM passages WHERE document = documents.id)"
    )
    connection.execute(f"UPDATE documents SET state = 3 WHERE {PENDING}")


def purge(connection: Connection) -> None:
    """Make what is GONE KEPT if a snapshot holds it, and delete the rest."""
    connection.execute(f"UPDATE documents SET state = 3 WHERE {GONE} AND {_HELD}")
    connection.execute(f"DELETE FROM documents WHERE {GONE}")


def count_up(connection: Connection) -> None:
    """Let readers see that there is something new."""
    connection.execute(
        "INSERT INTO manifest VALUES ('version', '1')"
        " ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )
