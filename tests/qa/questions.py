"""Question files that the tests write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def row(**fields: Any) -> dict[str, Any]:
    return {"title": "", "context": "", "question": "Who?", "answers": [], "split": ""} | fields


def written(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("\n".join(json.dumps(each) for each in rows), "utf-8")
    return path
