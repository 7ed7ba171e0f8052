"""An index that many machines share: all of it lives on a Milvus server, and nothing here.

Everybody sees what others have published, at once. Writers do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.addresses import Address
from index.current import Current
from index.engines import open_lexical, open_vectors
from index.ingest import Incoming, Ingest, Stopped
from index.library import Index
from index.milvus_rows import META
from index.milvus_server import Server
from index.milvus_store import FORMAT, MilvusStore
from index.opening import made_with
from index.parts import Parts
from index.ports import Embedder
from index.problems import IndexProblem
from index.store import Manifest
from index.types import Cancelled, Changes, DocumentInfo, IndexStatus, OnProgress

ENGINE = "milvus"


class MilvusIndex(Index):
    """An index at an address."""

    def __init__(self, parts: Parts, embedder: Embedder, address: Address) -> None:
        """Use `at`."""
        super().__init__(Current(None, parts), embedder, ENGINE)
        self._address = address

    @classmethod
    def at(
        cls, address: Address, *, embedder: Embedder, create: bool = True, stale: bool = False
    ) -> MilvusIndex:
        """Open the index at an address.

        Args:
            address: the server, and the name of the index there.
            embedder: must be the one that the index was made with.
            create: whether to begin an index where there is none.
            stale: open an index of another embedder too; its documents can be listed and searched
                by words, and nothing else.

        Raises:
            IndexProblem: there is none, the server does not answer, or it is of another embedder.
        """
        server = Server(address)
        try:
            if not create and not MilvusStore.begun(server):
                raise missing(address)
            MilvusStore.begin(server, made_with(embedder, ENGINE))
            store = MilvusStore(server)
            manifest = store.manifest()
            assert manifest is not None
            vectors = open_vectors(ENGINE, manifest.dimension, address)
            parts = Parts(None, manifest, store, vectors, open_lexical(ENGINE, address), 0)
            index = cls(parts, embedder, address)
            if not stale:
                index._refuse_stale(parts)
        except BaseException:
            server.close()
            raise
        return index

    @staticmethod
    def made_with(address: Address) -> Manifest | None:
        """What the index at an address was made with; None where there is none."""
        server = Server(address)
        try:
            return MilvusStore(server).manifest() if MilvusStore.begun(server) else None
        finally:
            server.close()

    @staticmethod
    def names(address: Address) -> list[str]:
        """The indexes on the server of an address."""
        server = Server(address)
        try:
            return server.indexes(META)
        finally:
            server.close()

    def status(self) -> IndexStatus:
        """The index in figures; how many bytes it takes, the server knows alone."""
        return replace(super().status(), location=str(self._address), schema=FORMAT)

    def repair(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> list[str]:
        """As for every index; also deletes what writers left that died.

        Raises:
            IndexProblem: another program is writing.
        """
        from index.verifying import damages, lost_texts

        with self._state.writing() as parts:
            assert isinstance(parts.store, MilvusStore)
            parts.store.find_left_over()
            parts.settle()
            found = damages(parts, self._embedder)
            if found:
                parts.store.retire(lost_texts(parts))
                self._remade(parts, on_progress, cancelled)
                parts.store.note_repair(found)
            return found

    def _remade(
        self, old: Parts, on_progress: OnProgress | None, cancelled: Cancelled | None
    ) -> Changes:
        """Every text anew in its place, since others go on using it."""
        self._refuse_stale(old)
        store = old.store
        assert isinstance(store, MilvusStore)
        infos = store.documents()
        ingest = Ingest(
            old, self._embedder, on_progress, cancelled, sum(info.characters for info in infos)
        )
        try:
            ingest.run(_again(store, infos))
        except Stopped:
            return Changes()
        return Changes(changed=tuple(info.key for info in infos))

    def _refuse_stale(self, parts: Parts) -> None:
        made = parts.manifest
        if made.fingerprint != self._embedder.fingerprint:
            raise IndexProblem(
                f"The index {self._address} was made with the model {made.embedder!r}, not"
                f" {self._embedder.name!r}, or that has changed since.",
                "Name the one it was made with, or build another index: what others use keeps its"
                " model.",
            )


def _again(store: MilvusStore, infos: Iterable[DocumentInfo]) -> Iterator[Incoming]:
    for info in infos:
        row = store.row(info.key)
        if row is not None:  # else somebody has removed it
            store.expect(info.key, row)
            yield Incoming(store.document(row), info.added)


def missing(address: Address) -> IndexProblem:
    """For an address where there should be an index."""
    return IndexProblem(
        f"There is no index {address.name} on the server {address.server}.",
        "Make one: pullquote index build.",
    )
