"""Every write to the files of an index fails once, or the process dies at it.

    python -m tests.index.faulty_disk --every 1

A library is preloaded (`faulty_disk.c`), which counts what is written below a directory: by Python,
SQLite and tantivy alike. Each change is made in a process of its own, with the fault at the first
write, at the second, and so on; then another process opens, verifies and compares what is left.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import index.faiss_vectors
import index.lexical
import index.verifying  # noqa: F401
from index.library import Index
from index.problems import IndexProblem
from index.types import Document
from tests.index.conftest import WordEmbedder
from tests.index.forking import in_child
from tests.index.simulated import Held, held_by

SOURCE = Path(__file__).with_suffix(".c")
FAULTS = {"dies": 0, "cannot be written": errno.EIO, "is full": errno.ENOSPC}
"""What becomes of the process or the disk, and the error number that it is told by."""
DONE, REFUSED, DIED = 0, 20, 137
"""How the process of a change ends."""
OLD = {"a": "The harbour froze overnight.", "b": "The envoy left.", "c": "Snow fell on the pier."}
KEPT = {"a": "The harbour was open.", "b": "The envoy left.", "d": "A keeper counted ships."}
BEFORE = Held(OLD, {"kept": KEPT})
CHANGES: dict[str, tuple[Callable[[Index], object], Held]] = {
    "add": (
        lambda index: index.add(documents({"a": "Ferries stayed in port.", "e": "It snowed."})),
        Held(OLD | {"a": "Ferries stayed in port.", "e": "It snowed."}, {"kept": KEPT}),
    ),
    "remove": (lambda index: index.remove(["a"]), Held({k: OLD[k] for k in "bc"}, {"kept": KEPT})),
    "snapshot": (lambda index: index.snapshot("new"), Held(OLD, {"kept": KEPT, "new": OLD})),
    "restore": (lambda index: index.restore("kept"), Held(KEPT, {"kept": KEPT})),
    "discard": (lambda index: index.discard("kept"), Held(OLD, {})),
    "rebuild": (lambda index: index.rebuild(), BEFORE),
}


def documents(texts: dict[str, str]) -> list[Document]:
    """Documents of these texts."""
    return [Document(key, key, text, key) for key, text in texts.items()]


def opened(place: Path) -> Index:
    """The index there."""
    return Index.open(place, embedder=WordEmbedder())


def prepared(place: Path) -> Path:
    """An index as ``BEFORE`` says."""
    index = opened(place)
    index.add(documents(KEPT))
    index.snapshot("kept")
    index.remove(["d"])
    index.add(documents(OLD))
    index.close()
    return place


def change(place: Path, kind: str, nth: int, error: int) -> int:
    """Make a change with a fault at a write, in a child; returns how that ended."""
    library = ctypes.CDLL(None)

    def work() -> int:
        index = opened(place)
        library.faulty_arm(os.fsencode(place), ctypes.c_long(nth), error, 0)
        try:
            CHANGES[kind][0](index)
        except IndexProblem as problem:
            if not problem.remedy or "ebuild" in problem.remedy:  # for nothing is damaged
                raise

            return REFUSED
        return DONE

    return _outcome(work)


def writes(place: Path, kind: str) -> int:
    """How many writes a change makes."""
    library, most = ctypes.CDLL(None), 100_000
    reading, writing = os.pipe()

    def work() -> int:
        index = opened(place)
        library.faulty_arm(os.fsencode(place), ctypes.c_long(most), 0, 0)
        CHANGES[kind][0](index)
        os.write(writing, str(most - library.faulty_left()).encode())
        return DONE

    assert _outcome(work) == DONE
    return int(os.read(reading, 99))


def left(place: Path, expected: list[Held]) -> int:
    """Whether what is left is whole and one of these, looked at in a child."""

    def work() -> int:
        index = opened(place)
        damages = index.verify()
        held = held_by(index)
        if damages or held not in expected:
            print(*damages, held, file=sys.stderr)
            return 1
        found = index.lexical("envoy", 9)
        assert len(found) == ("b" in held.texts)
        return DONE

    return _outcome(work)


def _outcome(work: Callable[[], int]) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(in_child(work), 0)[1])


def run(home: Path, every: int) -> tuple[int, dict[str, int]]:
    """Let every so manieth write fail; returns how many did, and how the changes ended.

    Raises:
        AssertionError: a traceback, or something else is left than should be.
    """
    base, count, ends = prepared(home / "base"), 0, {"done": 0, "refused": 0, "died": 0}
    for kind, (_, after) in CHANGES.items():
        place = home / "index"
        for told, error in FAULTS.items():
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(base, place)
            for nth in range(1 + count % every, 1 + writes(place, kind), every):
                shutil.rmtree(place)
                shutil.copytree(base, place)
                code = change(place, kind, nth, error)
                states = {DONE: [after], REFUSED: [BEFORE], DIED: [BEFORE, after]}
                what = f"{kind}: the disk or process {told} at write {nth}: exit code {code}"
                assert code in states, what
                assert left(place, states[code]) == DONE, what
                ends[{DONE: "done", REFUSED: "refused", DIED: "died"}[code]] += 1
                count += 1
    return count, ends


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="1: each write; 10: one in ten")
    every = parser.parse_args().every
    if "LD_PRELOAD" not in os.environ:
        sys.exit(_preloaded())
    with tempfile.TemporaryDirectory() as home:
        count, ends = run(Path(home), every)
    told = ", ".join(f"{number} {end}" for end, number in ends.items())
    print(f"{count} faults at writes of {len(CHANGES)} kinds of changes: {told}; nothing lost")


def _preloaded() -> int:
    """The same again, with the library that it needs."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "faulty_disk.so")
        compiler = ["cc", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
        subprocess.run(compiler, check=True)
        command = [sys.executable, "-m", "tests.index.faulty_disk", *sys.argv[1:]]
        return subprocess.run(command, env=os.environ | {"LD_PRELOAD": str(library)}).returncode


if __name__ == "__main__":
    main()
