"""Writers killed at random moments, with real processes and the real engines.

    python -m tests.index.torture --rounds 1000

In each round one process adds, changes and removes texts and rebuilds the index until it is killed
(SIGKILL); another opens what is left, verifies it, and compares it with every change that had been
reported; the change that was under way may have happened or not, but not in part.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import index.faiss_vectors
import index.lexical
import index.verifying  # noqa: F401
from index import embedders
from index.library import Index
from index.types import Document

Texts = dict[str, str]
KEYS = "abcdef"
WORDS = ["harbour", "ferry", "envoy", "lighthouse", "snow", "pier", "keeper", "storm", "treaty"]
BEFORE, AFTER, WRONG = 10, 11, 12
"""Exit codes of the process that looks: without or with the change under way, or neither."""
EMBEDDER = embedders.load()
"""Loaded before the processes fork, as are the engines, so that they are at work at once."""
_MOST_CHANGES = 4
_LONGEST_S = 0.1
"""A writer dies at most so long after the last change waited for: about as long as a change."""


def next_change(dice: random.Random) -> tuple[str, Texts]:
    """What to do next: ``add`` these texts, ``remove`` these keys, or ``rebuild``."""
    kind = dice.choices(["add", "remove", "rebuild"], [6, 2, 1])[0]
    keys = dice.sample(KEYS, dice.randint(1, 3)) if kind != "rebuild" else []
    return kind, {key: _text(dice) for key in keys}


def _text(dice: random.Random) -> str:
    parts = [" ".join(dice.choices(WORDS, k=20)).capitalize() for _ in range(dice.randint(1, 4))]
    return "\n\n".join(f"# Part {n}\n\n{part}." for n, part in enumerate(parts))


def changed(texts: Texts, kind: str, given: Texts) -> Texts:
    """What an index holds after a change."""
    if kind == "add":
        return texts | given
    return {key: text for key, text in texts.items() if key not in given}


def write(place: Path, seed: int, report: Callable[[bytes], object]) -> None:
    """Change the index until the end of the process, and say when each change is done."""
    dice = random.Random(seed)
    index = Index.open(place, embedder=EMBEDDER)
    while True:
        kind, given = next_change(dice)
        if kind == "add":
            index.add([Document(key, key, text, key) for key, text in given.items()])
        elif kind == "remove":
            index.remove(given)
        else:
            index.rebuild()
        report(b".")


def look(place: Path, before: Texts, after: Texts) -> int:
    """Open, verify and compare."""
    index = Index.open(place, embedder=EMBEDDER)
    if damages := index.verify():
        print(*damages, sep="\n", file=sys.stderr)
        return WRONG
    held = {info.key: index.document(info.key).text for info in index.documents()}
    for word in WORDS:
        found = {p.document for p in index.passages([m.id for m in index.lexical(word, 99)])}
        if found != {key for key, text in held.items() if word in text.lower().split()} | {
            key for key, text in held.items() if f"{word}." in text.lower()
        }:
            print(f"{word} is found in {sorted(found)}", file=sys.stderr)
            return WRONG
    if held == before:
        return BEFORE
    return AFTER if held == after else WRONG


def in_child(work: Callable[[], int]) -> int:
    """The process id of a child that does some work and exits with what that says."""
    if child := os.fork():
        return child
    code = 99
    try:
        code = work()
    except BaseException:  # whatever it is, the child must end here and be seen to
        traceback.print_exc()
    finally:
        os._exit(code)


def killed_writer(place: Path, seed: int, dice: random.Random) -> int:
    """How many changes a writer had reported when it was killed, at a moment thrown with dice."""
    reading, writing = os.pipe()

    def work() -> int:
        write(place, seed, lambda data: os.write(writing, data))
        return 0

    child = in_child(work)
    os.close(writing)
    reported = sum(len(os.read(reading, 1)) for _ in range(dice.randint(0, _MOST_CHANGES)))
    time.sleep(dice.uniform(0, _LONGEST_S))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise AssertionError("the writer ended by itself")
    while data := os.read(reading, 4096):
        reported += len(data)
    os.close(reading)
    return reported


def torture(place: Path, rounds: int, seed: int) -> int:
    """Kill and compare so many times; returns how many changes were reported in all.

    Raises:
        AssertionError: the index was damaged, or lost or invented something.
    """
    dice = random.Random(seed)
    texts: Texts = {}
    total = 0
    for number in range(rounds):
        changes = random.Random(number + seed)
        reported = killed_writer(place, number + seed, dice)
        for _ in range(reported):
            texts = changed(texts, *next_change(changes))
        after = changed(texts, *next_change(changes))
        before = texts
        child = in_child(lambda b=before, a=after: look(place, b, a))  # type: ignore[misc]
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in (BEFORE, AFTER):
            raise AssertionError(f"round {number} of seed {seed}: exit code {code}")
        texts = after if code == AFTER else texts
        total += reported
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp())
    try:
        total = torture(home / "index", arguments.rounds, arguments.seed)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"{arguments.rounds} writers killed, {total} changes reported, none lost, none in part")


if __name__ == "__main__":
    main()
