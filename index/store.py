"""Documents, passages, vectors and the manifest: the truth, from which engines can be rebuilt.

A row of ``documents`` is one version of a document and changes in nothing but its state: PENDING
while the engines take its passages in, then LIVE, and GONE once another version or a removal
replaced it, until the engines have forgotten it too. Then it is deleted, or KEPT if a snapshot
holds it, until it is restored. Only LIVE passages are ever shown.

Vectors are kept, in half precision: an engine that was lost is filled again without running the
model, which for a large model is the difference between seconds and hours, at 2 bytes a dimension.
The engines get the same rounded values, so that a refilled engine equals the lost one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

import numpy as np

from index import store_rows, versions
from index.database import Connection, Database
from index.ports import Vectors
from index.problems import IndexProblem
from index.snapshots import Snapshots
from index.stamps import Stamps
from index.store_dates import dated
from index.store_texts import texts, words
from index.types import Document, DocumentInfo, Passage

_PASSAGES = """
SELECT p.id, d.id, d.key, p.first, p.last, p.sentences, p.words, p.checksum FROM passages p
JOIN documents d ON d.id = p.document
WHERE d.state = 1 AND p.id IN (SELECT value FROM json_each(?))
"""
_CALM = """
SELECT value FROM manifest
WHERE name = 'version'
AND NOT EXISTS (SELECT 1 FROM documents WHERE state != 1 AND state IN (0, 2))
"""
_BATCH = """
SELECT p.id, p.document, p.first, p.last, v.half FROM passages p
JOIN documents d ON d.id = p.document JOIN vectors v ON v.passage = p.id
WHERE p.id > ? AND d.state = 1 ORDER BY p.id LIMIT ?
"""
_CONTENTS = """
SELECT p.id, p.first, p.last, v.half, v.checksum
FROM passages p JOIN vectors v ON v.passage = p.id WHERE p.document = ? ORDER BY p.id
"""
_KEPT = f"""
SELECT id FROM documents WHERE {versions.KEPT}
AND key = (SELECT key FROM documents WHERE id = :row) AND id != :row ORDER BY id DESC LIMIT :most
"""
_MOST_KEPT = 8
"""Older versions of a document that are looked through for passages that need no embedding."""


class State(IntEnum):
    """Where a version of a document stands."""

    PENDING = 0
    LIVE = 1
    GONE = 2
    KEPT = 3


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made with."""

    embedder: str
    """Name, as the user would type it."""
    fingerprint: str
    dimension: int
    engine: str


class Store:
    """The tables and their verbs; every method is a transaction of its own."""

    def __init__(self, path: Path | None = None, *, readonly: bool = False) -> None:
        """Open or create the file, None for memory; raises IndexProblem as `Database`."""
        self._path = path
        self._database = Database(path, readonly=readonly)
        self.files = Stamps(self._database)
        self.snapshots = Snapshots(self._database)

    def writing(self) -> AbstractContextManager[Connection]:
        """Joins several verbs to one transaction."""
        return self._database.writing()

    def close(self) -> None:
        """Close the file; closing twice is allowed."""
        self._database.close()

    def manifest(self) -> Manifest | None:
        """What the index was made with; None before anything was written."""
        values = dict(self._database.rows("SELECT name, value FROM manifest"))
        if "fingerprint" not in values:
            return None
        dimension = int(values["dimension"])
        return Manifest(values["embedder"], values["fingerprint"], dimension, values["engine"])

    def set_manifest(self, manifest: Manifest) -> None:
        """Write down what the index is made with."""
        values = {
            "embedder": manifest.embedder,
            "fingerprint": manifest.fingerprint,
            "dimension": str(manifest.dimension),
            "engine": manifest.engine,
        }
        with self.writing() as connection:
            connection.executemany("REPLACE INTO manifest VALUES (?, ?)", values.items())

    def note_repair(self, damages: Sequence[str]) -> None:
        """Remember that these damages were found today, and mended."""
        day = datetime.now(UTC).date().isoformat()
        noted = f"It was repaired on {day}: {' '.join(damages[:3])}"
        with self.writing() as connection:
            connection.execute("REPLACE INTO manifest VALUES ('repaired', ?)", (noted,))

    def repairs(self) -> list[str]:
        """What was noted so, of the last time."""
        rows = self._database.rows("SELECT value FROM manifest WHERE name = 'repaired'")
        return [noted for (noted,) in rows]

    def version(self) -> int:
        """Grows with every change that readers can see."""
        found = self._database.rows("SELECT value FROM manifest WHERE name = 'version'")
        return int(found[0][0]) if found else 0

    def calm(self) -> int | None:
        """The version if every passage is LIVE; None while a change is under way.

        Costs a twentieth of `live` for fifty ids. When it says the same before and after a search,
        all that was found is LIVE.
        """
        found = self._database.rows(_CALM)
        return int(found[0][0]) if found else None

    # Changing documents

    def stage(self, document: Document, passages: int, added: str = "") -> int:
        """Write a PENDING version that will have so many passages; returns its row.

        ``added`` is when the document came, in UTC and ISO 8601; by default now.
        """
        text = store_rows.encoded(document.text)
        blocks = store_rows.pack_blocks(document.blocks)
        values = (
            document.key,
            document.title,
            document.source,
            len(document.text),
            passages,
            store_rows.sha256(document.text),
            added or datetime.now(UTC).isoformat(timespec="seconds"),
            document.date,
        )
        with self.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO documents (key, title, source, characters, passages, sha256, added,"
                " date, state, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
                (*values, store_rows.checksum(*values, blocks)),
            )
            row = cursor.lastrowid or 0
            connection.execute("INSERT INTO texts VALUES (?, ?, ?)", (row, text, blocks))
            return row

    def stage_passages(
        self,
        passages: Sequence[tuple[int, Passage]],
        vectors: Vectors,
        words: Sequence[bytes] = (),
    ) -> list[int]:
        """Write passages, each with the row of its version; see `PassageStore`."""
        with self.writing() as connection:
            found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'")
            first = (found.fetchone() or (0,))[0] + 1
            ids = list(range(first, first + len(passages)))
            connection.executemany(
                "INSERT INTO passages (id, document, first, last, sentences, words, checksum)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                store_rows.passage_rows(ids, passages, words or [b""] * len(ids)),
            )
            connection.executemany(
                "INSERT INTO vectors VALUES (?, ?, ?)", store_rows.vector_rows(ids, vectors)
            )
        return ids

    def publish(self) -> None:
        """Make every PENDING version LIVE at once, and what it replaces GONE."""
        with self.writing() as connection:
            versions.publish(connection)

    def retire(self, keys: Iterable[str]) -> list[str]:
        """Make the LIVE versions of these keys GONE at once; returns the keys that had one."""
        with self.writing() as connection:
            return versions.retire(connection, keys)

    def announce(self) -> None:
        """Tell readers that there is something new to see."""
        with self.writing() as connection:
            versions.count_up(connection)

    def give_up(self) -> None:
        """Make all PENDING versions GONE."""
        with self.writing() as connection:
            versions.give_up(connection)

    def give_up_unfinished(self) -> None:
        """Undo what an interrupted writer had not reported: nothing is PENDING any more.

        Versions whose passages were all written are set aside: KEPT, though no snapshot holds them,
        until the next change is published. Whoever repeats what was interrupted embeds them not
        again.
        """
        with self.writing() as connection:
            versions.set_aside(connection)

    def purge(self) -> None:
        """Delete what is GONE, once the engines have forgotten it; keep what a snapshot holds."""
        with self.writing() as connection:
            versions.purge(connection)

    def continue_after(self, other: Store) -> None:
        """Give out no passage id that ``other`` gave out, and count on from its version."""
        last = other._database.rows("SELECT name, seq FROM sqlite_sequence")
        with self.writing() as connection:
            connection.execute("DELETE FROM sqlite_sequence")
            connection.executemany("INSERT INTO sqlite_sequence VALUES (?, ?)", last)
            version = ("version", str(other.version()))
            connection.execute("REPLACE INTO manifest VALUES (?, ?)", version)
        self.files.copy_from(other.files)

    # Reading

    def has(self, state: State) -> bool:
        """Whether any version is in this state, which is not LIVE."""
        sql = "SELECT 1 FROM documents WHERE state != 1 AND state = ? LIMIT 1"
        return bool(self._database.rows(sql, (state,)))

    def is_empty(self) -> bool:
        """Whether there is no version of a document, whatever its state."""
        return not self._database.rows("SELECT 1 FROM documents LIMIT 1")

    def counts(self) -> tuple[int, int]:
        """LIVE documents and passages."""
        sql = "SELECT count(*), total(passages) FROM documents WHERE state = 1"
        documents, passages = self._database.rows(sql)[0]
        return documents, int(passages)

    def ids(self, state: State) -> list[int]:
        """Passage ids of the versions in this state, ascending."""
        rows = self._database.rows(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document"
            " WHERE d.state = ? ORDER BY p.id",
            (state,),
        )
        return [id_ for (id_,) in rows]

    def live(self, ids: Sequence[int]) -> set[int]:
        """Which of these ids are those of LIVE passages."""
        return {row[0] for row in self._database.rows(_PASSAGES, (json.dumps(list(ids)),))}

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The LIVE ones of these, in the order of ``ids``."""
        rows = self._database.rows(_PASSAGES, (json.dumps(list(ids)),))
        found = {row[0]: store_rows.passage(*row) for row in rows}
        return [found[id_] for id_ in ids if id_ in found]

    def texts(self, ids: Sequence[int]) -> dict[int, str]:
        """The texts of the LIVE ones of these, to be compared and never shown: not checked."""
        return texts(self._database, ids)

    def words(self, ids: Sequence[int]) -> dict[int, bytes]:
        """What was kept of the words of the LIVE ones of these, see `index.kept_words`."""
        return words(self._database, ids)

    def passages_of_keys(self, keys: Iterable[str]) -> list[int]:
        """Ids of the LIVE passages of these documents, ascending."""
        rows = self._database.rows(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document WHERE d.state = 1"
            " AND d.key IN (SELECT value FROM json_each(?)) ORDER BY p.id",
            (json.dumps(list(keys)),),
        )
        return [id_ for (id_,) in rows]

    def passages_dated(self, after: str, before: str) -> list[int]:
        """Ids of the LIVE passages of the documents of these days, ascending."""
        return dated(self._database, after, before)

    def documents(self) -> list[DocumentInfo]:
        """Everything LIVE, in the order of adding."""
        rows = self._database.rows(
            "SELECT key, title, source, characters, passages, sha256, added, date FROM documents"
            " WHERE state = 1 ORDER BY id"
        )
        return [DocumentInfo(*row) for row in rows]

    def documents_here(self) -> list[DocumentInfo]:
        """All of them: a file belongs to one machine."""
        return self.documents()

    def row(self, key: str) -> int | None:
        """The row of the LIVE version of a document: another row, another version."""
        sql = "SELECT id FROM documents WHERE state = 1 AND key = ?"
        rows = self._database.rows(sql, (key,))
        return rows[0][0] if rows else None

    def document(self, row: int) -> Document:
        """A version by its row.

        Raises:
            KeyError: there is none.
            IndexProblem: it is not what was written.
        """
        rows = self._database.rows(
            "SELECT d.key, d.title, d.source, d.characters, d.passages, d.sha256, d.added, d.date,"
            " t.blocks, d.checksum, t.text FROM documents d JOIN texts t ON t.document = d.id"
            " WHERE d.id = ?",
            (row,),
        )
        if not rows:
            raise KeyError(row)
        return store_rows.document(*rows[0])

    def vectors_of(self, row: int) -> list[tuple[str, Vectors]]:
        """The texts and vectors of the passages of a version, and of those KEPT of its document."""
        found = self.contents(row)
        for (version,) in self._database.rows(_KEPT, {"row": row, "most": _MOST_KEPT}):
            with suppress(IndexProblem):  # what is damaged there is made anew here
                found += self.contents(version)
        return [(text, vector) for _, text, vector in found]

    def contents(self, row: int) -> list[tuple[int, str, Vectors]]:
        """The ids, texts and vectors of a version's passages.

        Raises:
            IndexProblem: the text or a vector is not what was written.
        """
        document = self.document(row)
        found = []
        for id_, first, last, half, stored in self._database.rows(_CONTENTS, (row,)):
            if not store_rows.is_whole(stored, store_rows.checksum_of_vector(id_, half)):
                raise store_rows.damaged(f"A vector of {document.key!r}")
            vector = np.frombuffer(half, dtype="<f2").astype(np.float32)
            found.append((id_, document.text[first:last], vector))
        return found

    def passages_of(self, row: int) -> int:
        """How many passages of a version are really there."""
        found = self._database.rows("SELECT count(*) FROM passages WHERE document = ?", (row,))
        return int(found[0][0])

    def batches(self, size: int) -> Iterator[tuple[list[int], list[str], Vectors]]:
        """Ids, texts and vectors of all LIVE passages, at most ``size`` at a time, by id."""
        last, of_row, text = 0, 0, ""
        while rows := self._database.rows(_BATCH, (last, size)):
            texts = []
            for _, row, first, end, _ in rows:
                if row != of_row:
                    of_row, text = row, self.document(row).text
                texts.append(text[first:end])
            vectors = np.stack([np.frombuffer(half, dtype="<f2") for *_, half in rows])
            yield [row[0] for row in rows], texts, vectors.astype(np.float32)
            last = rows[-1][0]

    def damages(self) -> list[str]:
        """What SQLite finds wrong with its file, as sentences; reads all of it."""
        found = [line for (line,) in self._database.rows("PRAGMA integrity_check")]
        return [f"The file {self._path} is damaged: {x}." for x in found if x != "ok"]

    def damaged_rows(self) -> tuple[int, int]:
        """How many passages and how many vectors are not what was written; reads all of them."""
        passages = self._database.each(
            "SELECT id, document, first, last, sentences, words, checksum FROM passages"
        )
        vectors = self._database.each("SELECT passage, half, checksum FROM vectors")
        return (
            sum(
                not store_rows.is_whole(c, store_rows.checksum_of_passage(*row))
                for *row, c in passages
            ),
            sum(not store_rows.is_whole(c, store_rows.checksum_of_vector(*v)) for *v, c in vectors),
        )


def snapshots_of(store: object) -> Snapshots | None:
    """Those of a store that keeps any."""
    return store.snapshots if isinstance(store, Store) else None
