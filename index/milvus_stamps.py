"""What this machine knows of its files, in the tables of an index that many machines share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from index.milvus_rows import DOCUMENTS, META, digest
from index.milvus_server import Server
from index.stamps import Stamp

_FOLDER, _STAMP = 1, 2


class MilvusStamps:
    """Stamps and folders of one machine: the paths of another mean nothing here."""

    def __init__(self, server: Server, origin: int) -> None:
        """``origin`` is the number of the machine."""
        self._server = server
        self._origin = origin

    def all(self) -> dict[str, Stamp]:
        """By the keys of documents."""
        found = (json.loads(row["value"]) for row in self._rows(_STAMP))
        return {key: Stamp(size, modified) for key, size, modified in found}

    def put(self, stamps: Mapping[str, Stamp]) -> None:
        """Remember how these looked."""
        self._put(_STAMP, {key: [key, *stamp] for key, stamp in stamps.items()})

    def forget_others(self) -> None:
        """Forget all that are no documents any more."""
        names = {digest(key): key for key in self.all()}
        there = {row["digest"] for row in self._server.get(DOCUMENTS, [*names], "digest")}
        gone = [self._name(_STAMP, key) for name, key in names.items() if name not in there]
        self._server.delete(META, gone)

    def folders(self) -> list[str]:
        """To be looked through for new files."""
        return sorted(json.loads(row["value"]) for row in self._rows(_FOLDER))

    def follow(self, folders: Iterable[str]) -> None:
        """Look through these too."""
        self._put(_FOLDER, {folder: folder for folder in folders})

    def _put(self, kind: int, values: Mapping[str, object]) -> None:
        rows = [
            {
                "name": self._name(kind, key),
                "kind": kind,
                "origin": self._origin,
                "value": json.dumps(value),
            }
            for key, value in values.items()
        ]
        self._server.put(META, rows)

    def _rows(self, kind: int) -> Sequence[Mapping[str, Any]]:
        where = f"kind == {kind} and origin == {self._origin}"
        return list(self._server.each(META, "value", where=where))

    def _name(self, kind: int, key: str) -> str:
        return f"{kind}_{self._origin}_{digest(key)}"
