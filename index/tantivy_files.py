"""The checksums in tantivy's files, which tantivy writes and, in Python, never reads.

A file of a segment ends with its footer: JSON with the CRC-32 of what stands before it, the length
of that JSON, and a mark.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any, BinaryIO

_MARK = 1337
_TAIL_BYTES = 8
_CHUNK = 1 << 20


def damaged_file(directory: Path) -> str:
    """The name of a committed file that is not what was written; empty if there is none.

    Files that another process has just removed, or is still writing, do not count.
    """
    for segment in _segments(directory):
        name = str(segment.get("segment_id", "")).replace("-", "")
        deleted = f"{name}.{(segment.get('deletes') or {}).get('opstamp')}.del"
        for path in sorted(directory.glob(f"{name}.*")):
            is_old = path.suffix == ".del" and path.name != deleted
            if not is_old and not _is_whole(path):
                return path.name
    return ""


def _segments(directory: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads((directory / "meta.json").read_bytes())["segments"]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # tantivy itself reads this file, and tells
    return [segment for segment in found if isinstance(segment, dict)]


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            file.seek(-_TAIL_BYTES, os.SEEK_END)
            tail = file.read()
            length, mark = int.from_bytes(tail[:4], "little"), int.from_bytes(tail[4:], "little")
            end = file.tell() - _TAIL_BYTES - length
            if mark != _MARK or end < 0:
                return False
            file.seek(end)
            written = json.loads(file.read(length))["crc"]
            file.seek(0)
            return bool(_checksum(file, end) == written)
    except FileNotFoundError:
        return True
    except (OSError, ValueError, KeyError, TypeError):  # OSError: too short to seek in
        return False


def _checksum(file: BinaryIO, length: int) -> int:
    checksum = 0
    for start in range(0, length, _CHUNK):
        checksum = zlib.crc32(file.read(min(_CHUNK, length - start)), checksum)
    return checksum
