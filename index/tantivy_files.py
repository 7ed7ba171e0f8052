"""The checksums in tantivy's files, which tantivy writes and, in Python, never reads.

A file of a segment ends with its footer: JSON with the CRC-32 of what stands before it, the length
of that JSON, and a mark.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

_MARK = 1337
_TAIL_BYTES = 8


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
        data = path.read_bytes()
        length, mark = (int.from_bytes(data[at:][:4], "little") for at in (-_TAIL_BYTES, -4))
        end = len(data) - _TAIL_BYTES - length
        written = json.loads(data[end:-_TAIL_BYTES])["crc"] if mark == _MARK and end >= 0 else None
    except FileNotFoundError:
        return True
    except (ValueError, KeyError, TypeError):
        return False
    return written is not None and zlib.crc32(memoryview(data)[:end]) == written
