"""The truth of an index that many machines share, in tables of a Milvus server.

Milvus has no transactions. What makes a document appear or change is one row, replaced at once:
that of its key, which names its LIVE version. Everything else is written before and deleted after,
and never changed: passages and texts that no such row leads to are not shown. So a writer that dies
leaves nothing to be seen, two that add the same text leave it once, and of two that add different
texts under one key the later one is kept.

Numbers of versions and passages are given out by the server and never come twice.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from index import milvus_rows as rows
from index.milvus_reading import MilvusReading, parts_of
from index.milvus_rows import DOCUMENTS, META, PASSAGES, TEXTS
from index.milvus_server import Server, one_of
from index.milvus_stamps import MilvusStamps
from index.milvus_writers import Writers
from index.ports import Vectors
from index.problems import IndexProblem
from index.store import Manifest, State
from index.types import Document, Passage

FORMAT = 1


@dataclass(frozen=True, slots=True)
class _Staged:
    """A PENDING version of ours."""

    document: Document
    passages: int
    added: str


class MilvusStore(MilvusReading):
    """Documents and passages; what is PENDING and GONE is known of this process's own alone."""

    def __init__(self, server: Server) -> None:
        """Use the tables of a server, which `begun` says are there."""
        super().__init__(server, rows.number(platform.node()))
        self._staged: dict[int, _Staged] = {}
        self._gone: list[int] = []
        self._expected: dict[str, int] = {}
        self._writers = Writers(server, self._origin)
        self.files = MilvusStamps(server, self._origin)

    @staticmethod
    def begun(server: Server) -> bool:
        """Whether there is an index."""
        if not server.has(META):
            return False
        server.make(META)
        return bool(server.get(META, ["manifest"], "name", fresh=True))

    @staticmethod
    def begin(server: Server, manifest: Manifest) -> None:
        """Make the tables and write down what the index is made with, as far as that is undone."""
        for table in (META, DOCUMENTS, TEXTS, PASSAGES):
            server.make(table)
        if not MilvusStore.begun(server):
            fields = [FORMAT, manifest.embedder, manifest.fingerprint, manifest.dimension]
            value = json.dumps([*fields, manifest.engine])
            server.put(META, [{"name": "manifest", "kind": 0, "origin": 0, "value": value}])

    def writing(self) -> AbstractContextManager[object]:
        """There are no transactions."""
        return nullcontext()

    def close(self) -> None:
        """End the connection; closing twice is allowed."""
        self._server.close()

    def manifest(self) -> Manifest | None:
        """What the index was made with.

        Raises:
            IndexProblem: by a newer version.
        """
        found = self._server.get(META, ["manifest"], "value", fresh=True)
        if not found:
            return None
        version, embedder, fingerprint, dimension, engine = json.loads(found[0]["value"])
        if version > FORMAT:
            raise IndexProblem(
                f"The index {self._server.address} was made by a newer version of Pullquote.",
                "Update Pullquote, or use another index.",
            )
        return Manifest(embedder, fingerprint, dimension, engine)

    def note_repair(self, damages: Sequence[str]) -> None:
        """Remember that these damages were found today, and mended."""
        day = datetime.now(UTC).date().isoformat()
        value = f"It was repaired on {day}: {' '.join(damages[:3])}"[:1000]
        self._server.put(META, [{"name": "repaired", "kind": 0, "origin": 0, "value": value}])

    def repairs(self) -> list[str]:
        """What was noted so, of the last time."""
        return [str(row["value"]) for row in self._server.get(META, ["repaired"], "value")]

    def version(self) -> int:
        """Always the same: whoever reads sees the newest state, and need not be told of it."""
        return 0

    def calm(self) -> int | None:
        """Never: what others are writing at this moment cannot be told."""
        return None

    # Changing documents

    def stage(self, document: Document, passages: int, added: str = "") -> int:
        """Write the text of a PENDING version; returns its number."""
        self._writers.begin()
        first, *rest = rows.text_parts(document)
        (version,) = self._server.insert(TEXTS, [{"version": 0, "part": 0, "data": first}])
        self._server.insert(
            TEXTS,
            [{"version": version, "part": at, "data": x} for at, x in enumerate(rest, start=1)],
        )
        added = added or datetime.now(UTC).isoformat(timespec="seconds")
        self._staged[version] = _Staged(document, passages, added)
        return version

    def stage_passages(
        self,
        passages: Sequence[tuple[int, Passage]],
        vectors: Vectors,
        words: Sequence[bytes] = (),  # noqa: ARG002 - their texts are taken apart when compared
    ) -> list[int]:
        """Write passages, each with its version; the vectors are for the engine to keep."""
        return self._server.insert(PASSAGES, list(rows.passage_rows(passages, vectors)))

    def publish(self) -> None:
        """Let the PENDING versions be LIVE, each at one stroke, and what they replace GONE."""
        last = {rows.digest(s.document.key): version for version, s in self._staged.items()}
        late = list(self._staged.keys() - last.values())
        for digests in parts_of(last):
            found = self._server.get(DOCUMENTS, digests, "version", fresh=True)
            before = {str(row["digest"]): int(row["version"]) for row in found}
            heads = []
            for digest in digests:
                if self._expected.get(digest, before.get(digest)) == before.get(digest):
                    heads.append(self._head(last[digest]))
                else:
                    late.append(last[digest])
                    before.pop(digest, None)
            self._server.put(DOCUMENTS, heads)
            self._gone += before.values()
        self._gone += late
        self._staged.clear()
        self._expected.clear()
        self._end()

    def expect(self, key: str, version: int) -> None:
        """Publish nothing under this key if another version is LIVE by then."""
        self._expected[rows.digest(key)] = version

    def _head(self, version: int) -> Any:
        staged = self._staged[version]
        return rows.document_row(
            staged.document, version, staged.passages, staged.added, self._origin
        )

    def retire(self, keys: Iterable[str]) -> list[str]:
        """Make the LIVE versions of these keys GONE; returns the keys that had one."""
        named = {rows.digest(key): key for key in keys}
        found: set[str] = set()
        for digests in parts_of(named):
            before = self._server.get(DOCUMENTS, digests, "version", fresh=True)
            self._server.delete(DOCUMENTS, [row["digest"] for row in before])
            self._gone += (int(row["version"]) for row in before)
            found.update(str(row["digest"]) for row in before)
        return [key for digest, key in named.items() if digest in found]

    def announce(self) -> None:
        """Readers see everything as it is; nothing to tell."""

    def give_up(self) -> None:
        """Make all PENDING versions GONE."""
        self._gone += self._staged
        self._staged.clear()
        self._expected.clear()

    def give_up_unfinished(self) -> None:
        """Make those PENDING versions GONE whose passages were not all written."""
        for version, staged in list(self._staged.items()):
            if self.passages_of(version) != staged.passages:
                self._gone.append(version)
                del self._staged[version]

    def purge(self) -> None:
        """Delete what is GONE, once the engines have forgotten it."""
        for versions in parts_of(self._gone):
            self._server.delete_where(PASSAGES, one_of("version", versions))
            self._server.delete_where(TEXTS, one_of("version", versions))
            self._server.delete(TEXTS, versions)
        self._gone.clear()
        self._end()

    def find_left_over(self) -> int:
        """Make GONE what dead writers left; returns how many versions that are.

        Raises:
            IndexProblem: somebody is writing, whose PENDING versions look the same.
        """
        if self._writers.are_others():
            raise IndexProblem(
                f"Another program is writing to the index {self._server.address}.",
                "Try again when it is done; one that died counts as writing for a day.",
            )
        live = self._live_versions()
        texts = self._server.each(TEXTS, "id", "version", fresh=True)
        known = {int(row["version"]) or int(row["id"]) for row in texts}
        known.update(int(row["version"]) for row in self._server.each(PASSAGES, "version"))
        left = sorted(known - live - self._staged.keys() - set(self._gone))
        self._gone += left
        return len(left)

    def _end(self) -> None:
        if not self._staged and not self._gone:
            self._writers.end()

    # Looking

    def has(self, state: State) -> bool:
        """Whether any version is in this state; PENDING and GONE count ours alone."""
        if state is State.LIVE:
            return self._server.count(DOCUMENTS) > 0
        return bool(self._ours(state))

    def ids(self, state: State) -> list[int]:
        """Passage ids of the versions in this state, ascending; PENDING and GONE count ours."""
        if state is State.LIVE:
            live = self._live_versions()
            each = self._server.each(PASSAGES, "id", "version")
            return sorted(int(row["id"]) for row in each if int(row["version"]) in live)
        return self._ids_of(self._ours(state))

    def _ours(self, state: State) -> Iterable[int]:
        """Our versions that are PENDING or GONE; none is KEPT, there being no snapshots."""
        return {State.PENDING: list(self._staged), State.GONE: self._gone}.get(state, [])
