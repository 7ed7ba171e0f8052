"""What the processes of `tests.index.torture` share: what takes long is loaded before a fork."""

from __future__ import annotations

import random
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
