"""What an engine must do to be measured; imports nothing of Pullquote, for peers run without it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np

DEPTH = 50
"""Matches asked of each side before they are fused."""
CONSTANT = 60
"""Of reciprocal rank fusion."""
DENSE_WEIGHT, LEXICAL_WEIGHT = 0.75, 1.0
"""Of the sides, where an engine has weights: those of Pullquote, for all."""
WEIGHTS = f"weights {DENSE_WEIGHT} and {LEXICAL_WEIGHT}"
NEIGHBOURS, BUILD_BEAM, SEARCH_BEAM = 32, 64, 128
"""Of a graph (HNSW) where an engine lets them be set, for all: M, efConstruction, efSearch."""
WAYS = ("dense", "lexical", "hybrid")

Vector: TypeAlias = "np.ndarray[Any, np.dtype[np.float32]]"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its vector of unit length."""

    text: str
    vector: Vector
    answers: range
    """The passages that answer it; empty if none is known to."""


class Corpus:
    """The folder that `benchmarks.corpus` fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def texts(self) -> list[str]:
        """The passages."""
        with (self.folder / "texts.jsonl").open(encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    @cached_property
    def vectors(self) -> Vector:
        """Of the passages, [n, dimension], of unit length."""
        loaded: Vector = np.load(self.folder / "vectors.npy", mmap_mode="r")
        return loaded

    @cached_property
    def questions(self) -> list[Question]:
        """What is asked."""
        rows = json.loads((self.folder / "questions.json").read_text(encoding="utf-8"))
        vectors = np.load(self.folder / "question_vectors.npy")
        return [
            Question(row["text"], vector, range(row["first"], row["stop"]))
            for row, vector in zip(rows, vectors, strict=True)
        ]

    @cached_property
    def nearest(self) -> list[list[int]]:
        """The nearest passages of each question by comparing all, best first."""
        numbers: list[list[int]] = np.load(self.folder / "nearest.npy").tolist()
        return numbers

    def batches(self, size: int) -> Iterator[tuple[int, list[str], Vector]]:
        """The number of the first passage, texts and vectors of so many at a time."""
        for start in range(0, len(self.texts), size):
            yield start, self.texts[start : start + size], self.vectors[start : start + size]


class Engine(Protocol):
    """Builds an index in a folder, opens it in another process, and answers by passage numbers.

    A way that it does not have is a method that raises NotImplementedError.
    """

    settings: str
    """What was chosen, in words."""

    def build(self, corpus: Corpus, folder: Path) -> None:
        """Index everything, and make it survive if the engine can."""

    def open(self, corpus: Corpus, folder: Path) -> None:
        """Get ready to answer."""

    def dense(self, question: Question, k: int) -> list[int]:
        """The numbers of the ``k`` nearest, best first."""

    def lexical(self, question: Question, k: int) -> list[int]:
        """The numbers of the ``k`` best by words."""

    def hybrid(self, question: Question, k: int) -> list[int]:
        """The numbers of the ``k`` best by both, from ``DEPTH`` of each side."""


def fused(dense: list[int], lexical: list[int], k: int) -> list[int]:
    """Reciprocal rank fusion, for engines that bring none."""
    scores: dict[int, float] = {}
    for ids, weight in ((dense, DENSE_WEIGHT), (lexical, LEXICAL_WEIGHT)):
        for rank, id_ in enumerate(ids, start=1):
            scores[id_] = scores.get(id_, 0.0) + weight / (CONSTANT + rank)
    return sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]
