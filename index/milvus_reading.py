"""What readers see of an index that many machines share: its LIVE versions, in tables of Milvus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np

from index import milvus_rows as rows
from index.milvus_rows import DOCUMENTS, PASSAGES, TEXTS
from index.milvus_server import BATCH, Server, one_of
from index.milvus_vectors import VECTORS
from index.ports import Vectors
from index.problems import IndexProblem
from index.types import Document, DocumentInfo, Passage

_COLUMNS = ("id", "version", "first", "last", "sentences", "checksum")


class MilvusReading:
    """Documents and passages as they are on the server at this moment."""

    def __init__(self, server: Server, origin: int) -> None:
        """``origin`` is the number of this machine."""
        self._server = server
        self._origin = origin

    def counts(self) -> tuple[int, int]:
        """LIVE documents and passages."""
        numbers = [int(row["passages"]) for row in self._server.each(DOCUMENTS, "passages")]
        return len(numbers), sum(numbers)

    def live(self, ids: Sequence[int]) -> set[int]:
        """Which of these ids are those of LIVE passages."""
        versions = {
            int(row["id"]): int(row["version"])
            for row in self._server.get(PASSAGES, ids, "version")
        }
        heads = self._heads(versions.values())
        return {id_ for id_, version in versions.items() if version in heads}

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The LIVE ones of these, in the order of ``ids``."""
        each = self._server.get(PASSAGES, list(dict.fromkeys(ids)), *_COLUMNS)
        keys = self._heads(int(row["version"]) for row in each)
        found = {
            int(row["id"]): rows.passage(row, keys[int(row["version"])])
            for row in each
            if int(row["version"]) in keys
        }
        return [found[id_] for id_ in ids if id_ in found]

    def texts(self, ids: Sequence[int]) -> dict[int, str]:
        """The texts of the LIVE ones of these, to be compared and never shown."""
        found = self._server.get(PASSAGES, list(dict.fromkeys(ids)), "version", "first", "last")
        live = self._heads(int(row["version"]) for row in found)
        whole = {}
        for version in live:
            with suppress(KeyError, IndexProblem):  # removed just now, or damaged: told when shown
                whole[version] = self.document(version).text
        return {
            int(row["id"]): whole[int(row["version"])][int(row["first"]) : int(row["last"])]
            for row in found
            if int(row["version"]) in whole
        }

    def words(self, ids: Sequence[int]) -> dict[int, bytes]:  # noqa: ARG002
        """None are kept."""
        return {}

    def passages_of_keys(self, keys: Iterable[str]) -> list[int]:
        """Ids of the LIVE passages of these documents, ascending."""
        digests = [rows.digest(key) for key in keys]
        found = self._server.get(DOCUMENTS, digests, "version")
        return self._ids_of(int(row["version"]) for row in found)

    def passages_dated(self, after: str, before: str) -> list[int]:
        """Ids of the LIVE passages of the documents of these days, ascending."""
        days = ((info.key, info.day) for info in self.documents())
        keys = [key for key, day in days if day >= after and (not before or day < before)]
        return self.passages_of_keys(keys)

    def documents(self) -> list[DocumentInfo]:
        """Everything LIVE, in the order of adding; nothing that anybody has added is missing."""
        return self._infos("")

    def documents_here(self) -> list[DocumentInfo]:
        """Those of them that were added from this machine, whose files can be looked at."""
        return self._infos(one_of("origin", [self._origin]))

    def _infos(self, where: str) -> list[DocumentInfo]:
        found = list(
            self._server.each(DOCUMENTS, "version", "passages", "info", where=where, fresh=True)
        )
        return [rows.info(row) for row in sorted(found, key=lambda row: int(row["version"]))]

    def row(self, key: str) -> int | None:
        """The number of the LIVE version of a document."""
        found = self._server.get(DOCUMENTS, [rows.digest(key)], "version")
        return int(found[0]["version"]) if found else None

    def document(self, row: int) -> Document:
        """A version by its number; KeyError, or IndexProblem if it is not what was written."""
        where = f"id == {int(row)} or version == {int(row)}"
        found = list(self._server.each(TEXTS, "part", "data", where=where))
        if not found:
            raise KeyError(row)
        found.sort(key=lambda part: int(part["part"]))
        return rows.document([part["data"] for part in found])

    def vectors_of(self, row: int) -> list[tuple[str, Vectors]]:
        """The texts and the vectors of a version's passages."""
        text = self.document(row).text
        spans = {
            int(found["id"]): (int(found["first"]), int(found["last"]))
            for found in self._server.each(
                PASSAGES, "id", "first", "last", where=one_of("version", [row])
            )
        }
        vectors = self._vectors(list(spans))
        return [(text[slice(*span)], vectors[id_]) for id_, span in spans.items() if id_ in vectors]

    def passages_of(self, row: int) -> int:
        """How many passages of a version are really there."""
        return len(self._ids_of([row]))

    def batches(self, size: int) -> Iterator[tuple[list[int], list[str], Vectors]]:
        """Ids, texts and vectors of all LIVE passages, at most ``size`` at a time, by id."""
        live = self._live_versions()
        each = self._server.each(PASSAGES, "id", "version", "first", "last")
        shown = (row for row in each if int(row["version"]) in live)
        of_version, text = 0, ""
        while batch := list(islice(shown, size)):
            vectors = self._vectors([int(row["id"]) for row in batch])
            kept = [row for row in batch if int(row["id"]) in vectors]
            texts = []
            for row in kept:
                if int(row["version"]) != of_version:
                    of_version = int(row["version"])
                    text = self.document(of_version).text
                texts.append(text[int(row["first"]) : int(row["last"])])
            if kept:
                ids = [int(row["id"]) for row in kept]
                yield ids, texts, np.stack([vectors[id_] for id_ in ids])

    def damages(self) -> list[str]:
        """A server looks after its files itself."""
        return []

    def damaged_rows(self) -> tuple[int, int]:
        """How many passages and how many vectors are not what was written; reads all of them."""
        each = self._server.each(PASSAGES, *_COLUMNS, "vector")
        passages = vectors = 0
        while batch := list(islice(each, BATCH)):
            passages += sum(not rows.is_whole(row) for row in batch)
            found = self._vectors([int(row["id"]) for row in batch])
            vectors += sum(
                rows.vector_checksum(found[int(row["id"])]) != int(row["vector"])
                for row in batch
                if int(row["id"]) in found
            )
        return passages, vectors

    def _ids_of(self, versions: Iterable[int]) -> list[int]:
        found: list[int] = []
        for part in parts_of(versions):
            where = one_of("version", part)
            found += (int(row["id"]) for row in self._server.each(PASSAGES, "id", where=where))
        return sorted(found)

    def _heads(self, versions: Iterable[int]) -> dict[int, str]:
        """The keys of the documents of which these versions are LIVE."""
        found: dict[int, str] = {}
        for part in parts_of(dict.fromkeys(versions)):
            where = one_of("version", part)
            for row in self._server.each(DOCUMENTS, "version", "passages", "info", where=where):
                found[int(row["version"])] = rows.info(row).key
        return found

    def _live_versions(self) -> set[int]:
        return {int(row["version"]) for row in self._server.each(DOCUMENTS, "version", fresh=True)}

    def _vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        return {
            int(row["id"]): np.asarray(row["vector"], dtype=np.float32)
            for row in self._server.get(VECTORS, ids, "vector")
        }


def parts_of(items: Iterable[Any]) -> Iterator[list[Any]]:
    """The items in lists that a filter has room for."""
    each = iter(items)
    while part := list(islice(each, BATCH)):
        yield part
