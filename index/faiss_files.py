"""Files of vectors: a line of JSON with lengths and checksums, then what it tells of.

The line has its own checksum, and is written last, once all that it tells is known.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from index.problems import IndexProblem

_CHUNK = 1 << 20
_LONGEST = 512
"""Bytes of a line."""


def write_header(file: BinaryIO, size: int, fields: dict[str, Any]) -> None:
    """Write ``fields`` at the beginning of a file, in a line of ``size`` bytes."""
    line = json.dumps({**fields, "line": _of(fields)}).encode("ascii")
    file.seek(0)
    file.write(line.ljust(size - 1) + b"\n")


def read_header(file: BinaryIO) -> dict[str, Any]:
    """Back from `write_header`; ValueError or TypeError if it is not what was written.

    A line without a checksum, as the first files had it, is taken as it is.
    """
    fields: dict[str, Any] = dict(json.loads(file.readline(_LONGEST)))
    stored = fields.pop("line", None)
    if stored is not None and stored != _of(fields):
        raise ValueError("another line")
    return fields


def _of(fields: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(fields).encode("ascii"))


class Summing:
    """Writes, and adds up length and checksum of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.length = 0
        self.checksum = 0

    def write(self, data: Any) -> None:
        """As a file's; anything that has a buffer."""
        self._file.write(data)
        self.length += memoryview(data).nbytes
        self.checksum = zlib.crc32(data, self.checksum)


def checksum(data: Any, before: int = 0) -> int:
    """CRC-32 of a long buffer that may lie in a file, going on from that of what stood before."""
    view, found = memoryview(data).cast("B"), before
    for start in range(0, len(view), _CHUNK):
        found = zlib.crc32(view[start : start + _CHUNK], found)
    return found


def checksum_of_rest(file: BinaryIO) -> int:
    """CRC-32 of what follows in a file."""
    found = 0
    while data := file.read(_CHUNK):
        found = zlib.crc32(data, found)
    return found


def damaged(path: Path, why: str) -> IndexProblem:
    """For a file that is not what was written."""
    return IndexProblem(
        f"The vector file {path} is damaged: {why}.",
        "Rebuild the index: pullquote index rebuild.",
    )
