"""Writers killed at random moments, and readers beside a writer: real processes, real engines.

    python -m tests.index.torture --rounds 1000
    python -m tests.index.torture --minutes 10
    python -m tests.index.torture --orders 200

In each round one process adds, changes and removes texts, rebuilds the index, takes snapshots and
goes back to them, until it is killed (SIGKILL); another opens what is left, verifies it, and
compares it, snapshots included, with every change that had been reported; the change that was under
way may have happened or not, but not in part.

With ``--minutes`` one writer does the same undisturbed, and eight readers look all the while. Every
list of documents must be one of the states that the writer went through, every search must find
what that state holds, and every passage must be a slice of one of its texts.

With ``--orders`` so many orders of thirty changes, with crashes and faults at every step of a write
among them, are made for each engine and compared with a dictionary.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from index.library import Index
from tests.index import any_order
from tests.index.forking import in_child
from tests.index.processes import EMBEDDER, write
from tests.index.simulated import Held, held_by, next_change, wrongly_found
from tests.index.watching import Seen, watched

BEFORE, AFTER, WRONG = 10, 11, 12
"""Exit codes of the process that looks: without or with the change under way, or neither."""
_MOST_CHANGES = 4
_LONGEST_S = 0.1
"""A writer dies at most so long after the last change waited for: about as long as a change."""


def look(place: Path, before: Held, after: Held) -> int:
    """Open, verify and compare."""
    index = Index.open(place, embedder=EMBEDDER)
    if damages := index.verify():
        print(*damages, sep="\n", file=sys.stderr)
        return WRONG
    held = held_by(index)
    if wrong := wrongly_found(index, held.texts):
        print(wrong, file=sys.stderr)
        return WRONG
    if held == before:
        return BEFORE
    return AFTER if held == after else WRONG


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
    held = Held()
    total = 0
    for number in range(rounds):
        changes = random.Random(number + seed)
        reported = killed_writer(place, number + seed, dice)
        for _ in range(reported):
            held = next_change(changes).after(held)
        before, after = held, next_change(changes).after(held)
        child = in_child(lambda b=before, a=after: look(place, b, a))  # type: ignore[misc]
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in (BEFORE, AFTER):
            raise AssertionError(f"round {number} of seed {seed}: exit code {code}")
        held = after if code == AFTER else before
        total += reported
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=0, help="writers to kill")
    parser.add_argument("--minutes", type=float, default=0, help="for readers beside a writer")
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--orders", type=int, default=0, help="of changes, for each engine")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        if arguments.rounds:
            total = torture(Path(home, "index"), arguments.rounds, arguments.seed)
            print(
                f"{arguments.rounds} writers killed, {total} changes reported,"
                " none lost, none in part",
                flush=True,
            )
    with tempfile.TemporaryDirectory() as home:
        if arguments.minutes:
            changes, seen = watched(
                Path(home), arguments.minutes, arguments.readers, arguments.seed
            )
            told_of_readers(changes, seen)
    for engine in any_order.ENGINES if arguments.orders else ():
        any_order.run(engine, EMBEDDER, examples=arguments.orders, steps=30)
        print(f"{arguments.orders} orders of 30 changes of {engine}, none wrong", flush=True)


def told_of_readers(changes: int, seen: Sequence[Seen]) -> None:
    """Print what readers saw; AssertionError if anything was wrong."""
    wrong = [one.wrong for one in seen if one.wrong]
    states = set().union(*(one.states for one in seen))
    print(
        f"{len(seen)} readers beside a writer: {changes} changes, {len(states)} states seen,"
        f" {sum(one.looks for one in seen)} looks, {sum(one.searches for one in seen)} searches,"
        f" {len(wrong)} wrong"
    )
    if wrong:
        raise AssertionError(wrong)


if __name__ == "__main__":
    main()
