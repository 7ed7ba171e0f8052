"""How long ``refresh`` takes when no file changed, and when one did.

    python -m benchmarks.bench_refresh --files 10000

Prints a table of seconds on the clock and of the processor.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bench_index import Row, shown, timed
from benchmarks.prose import Prose
from index import embedders, sources
from index.library import Index

_LONG_AGO = 1_600_000_000
"""A file changed within the last two seconds would be read again."""


def write(folder: Path, files: int) -> None:
    """So many small texts, a thousand in a folder."""
    prose = Prose()
    for number in range(files):
        path = folder / str(number // 1000) / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(" ".join(prose.words(40)))
        os.utime(path, (_LONG_AGO, _LONG_AGO))


def refreshes(home: Path, files: int) -> list[Row]:
    """Index a folder, then refresh the index when nothing changed, and when one file did."""
    rows: list[Row] = []
    folder = home / "texts"
    folder.mkdir()
    write(folder, files)
    index = Index.open(home / "index", embedder=embedders.load())
    index.follow([folder])
    with timed(rows, "first, all files new"):
        index.refresh(sources.read)
    index.close()
    with timed(rows, "open"):
        index = Index.open(home / "index", embedder=embedders.load())
    with timed(rows, "nothing changed"):
        changes, _ = index.refresh(sources.read)
    if len(changes.unchanged) != files:
        raise SystemExit(f"{len(changes.unchanged)} files are unchanged, not {files}")
    rows.append(command(home / "index"))
    (folder / "0" / "0.txt").write_text("The ferry came at noon.")
    with timed(rows, "one file changed"):
        index.refresh(sources.read)
    index.close()
    return rows


def command(place: Path) -> Row:
    """``pullquote index refresh`` as a user runs it, from start to end."""
    before = os.times()
    command = [sys.executable, "-m", "qa", "index", "refresh", str(place)]
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    wall = after.elapsed - before.elapsed
    children = (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )
    return {
        "what": "the whole command",
        "wall s": round(wall, 3),
        "CPU s": round(children, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    arguments = parser.parse_args()
    print("writing files", file=sys.stderr)
    with tempfile.TemporaryDirectory() as home:
        rows = refreshes(Path(home), arguments.files)
    print(f"{arguments.files:,} files\n\n{shown(rows)}")


if __name__ == "__main__":
    main()
