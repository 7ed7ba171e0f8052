"""What the processes of `tests.index.torture` share: what takes long is loaded before a fork."""

from __future__ import annotations

import os
import random
import traceback
from collections.abc import Callable
from pathlib import Path

import index.faiss_vectors
import index.lexical
import index.verifying  # noqa: F401
from index import embedders
from index.library import Index
from tests.index.simulated import next_change

EMBEDDER = embedders.load()


def write(place: Path, seed: int, report: Callable[[bytes], object]) -> None:
    """Change the index until the end of the process, and say when each change is done."""
    dice = random.Random(seed)
    index = Index.open(place, embedder=EMBEDDER)
    while True:
        next_change(dice).make(index)
        report(b".")


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
