"""Who is writing to an index that many machines share; nobody waits for anybody."""

from __future__ import annotations

import time
import uuid

from index.milvus_rows import META
from index.milvus_server import Server

_WRITER = 3
"""The kind of the rows that say who is writing."""
_FORGOTTEN_SECONDS = 24 * 3600
"""A writer that began longer ago is taken for dead."""


class Writers:
    """This process among those that write."""

    def __init__(self, server: Server, origin: int) -> None:
        """``origin`` is the number of this machine."""
        self._server = server
        self._origin = origin
        self._name = ""

    def begin(self) -> None:
        """Say that something of ours is on its way, unless that is said."""
        if not self._name:
            self._name = f"writer_{uuid.uuid4().hex}"
            row = {"name": self._name, "kind": _WRITER, "value": str(int(time.time()))}
            self._server.put(META, [{**row, "origin": self._origin}])

    def end(self) -> None:
        """Say that nothing of ours is on its way any more."""
        if self._name:
            self._server.delete(META, [self._name])
            self._name = ""

    def are_others(self) -> bool:
        """Whether somebody else is writing, or died doing so not long ago."""
        where = f"kind == {_WRITER}"
        each = self._server.each(META, "name", "value", where=where, fresh=True)
        began = {row["name"]: int(row["value"]) for row in each}
        began.pop(self._name, None)
        return any(time.time() - at < _FORGOTTEN_SECONDS for at in began.values())
