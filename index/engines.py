"""Engine names to engines, imported on demand, and what all engines share."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from index.ports import LexicalIndex, VectorIndex, Vectors
from index.problems import ModelProblem, UsageProblem
from index.types import Match

if TYPE_CHECKING:
    from index.addresses import Address

Place: TypeAlias = "Path | Address | None"
"""Where an engine keeps what it has: a directory, a server, or None for memory."""
DEFAULT = "faiss"
EXACT = "exact"
"""The accuracy of an engine that compares every vector."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where the two sides of an engine are built: ``module:function``."""

    vectors: str
    """Called with the dimension and a place."""
    lexical: str
    """Called with a place."""
    extra: str = ""
    """What to install for it besides the core."""
    shared: str = ""
    """For an engine on a server, whose places are addresses: the class of a whole index there."""

    @property
    def is_shared(self) -> bool:
        """Whether many machines use it at once."""
        return bool(self.shared)


ENGINES = {
    "faiss": Engine("index.growing:vectors", "index.lexical:TantivyLexical"),
    "memory": Engine("index.memory:MemoryVectors", "index.memory:MemoryLexical"),
    "milvus": Engine(
        "index.milvus_vectors:MilvusVectors",
        "index.milvus_lexical:MilvusLexical",
        extra="milvus",
        shared="index.milvus_index:MilvusIndex",
    ),
}


def open_vectors(engine: str, dimension: int, place: Place = None) -> VectorIndex:
    """The vector side of an engine.

    Raises:
        UsageProblem: no engine has this name.
        ModelProblem: its library is not installed.
        IndexProblem: what lies in ``place`` is damaged, or the server there does not answer.
    """
    vectors: VectorIndex = _load(engine, named(engine).vectors)(dimension, place)
    return vectors


def open_lexical(engine: str, place: Place = None) -> LexicalIndex:
    """The lexical side of an engine; raises as `open_vectors`."""
    lexical: LexicalIndex = _load(engine, named(engine).lexical)(place)
    return lexical


def shared_index(engine: str) -> Any:
    """The class of a whole index on a server; raises as `open_vectors`."""
    return _load(engine, named(engine).shared)


def named(engine: str) -> Engine:
    """The engine of this name, or UsageProblem."""
    if engine not in ENGINES:
        known = ", ".join(sorted(ENGINES))
        raise UsageProblem(f"There is no engine named {engine!r}.", f"Choose one of: {known}.")
    return ENGINES[engine]


def local(engine: str) -> str:
    """The engine to take for an index on this machine: the default in the place of a shared one."""
    return DEFAULT if named(engine).is_shared else engine


def _load(engine: str, place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    try:
        loaded: Callable[..., Any] = getattr(import_module(module), name)
    except ImportError as error:
        extra = ENGINES[engine].extra
        package = f"pullquote[{extra}]" if extra else "pullquote"
        raise ModelProblem(
            f"The engine {engine!r} needs a library that is not installed ({error.name}).",
            f"Install it: pip install '{package}'.",
        ) from error
    return loaded


def best(scores: Iterable[tuple[int, float]], k: int) -> list[Match]:
    """The ``k`` highest of (id, score), best first, ties by smaller id."""
    ranked = heapq.nsmallest(max(0, k), scores, key=_order)
    return [Match(id_, score) for id_, score in ranked]


def _order(pair: tuple[int, float]) -> tuple[float, int]:
    return -pair[1], pair[0]


def best_of(fetch: Callable[[int], list[tuple[int, float]]], k: int, stored: int) -> list[Match]:
    """The ``k`` best of an engine that breaks ties as it likes.

    ``fetch(n)`` gives the engine's n best. As long as the last fetched ties with the k-th, an
    unseen one with a smaller id may tie too, so more are fetched.
    """
    if k < 1 or stored < 1:
        return []
    wanted = k + 8
    while True:
        pairs = sorted(fetch(min(wanted, stored)), key=_order)
        complete = len(pairs) < wanted or len(pairs) >= stored
        if complete or pairs[-1][1] < pairs[k - 1][1]:
            return [Match(id_, score) for id_, score in pairs[:k]]
        wanted *= 4


def checked(ids: Sequence[int], count: int) -> None:
    """ValueError unless there are ``count`` distinct ids."""
    if len(ids) != count:
        raise ValueError(f"{len(ids)} ids for {count} entries")
    if len(set(ids)) != len(ids):
        raise ValueError("an id comes twice in one call")


def checked_vectors(ids: Sequence[int], vectors: Vectors, dimension: int) -> None:
    """ValueError unless ``vectors`` has one row of this dimension for each of the distinct ids."""
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise ValueError(f"vectors of shape {vectors.shape}, not [n, {dimension}]")
    checked(ids, len(vectors))


def checked_question(vector: Vectors, dimension: int) -> None:
    """ValueError unless ``vector`` is one vector of this dimension."""
    if vector.shape != (dimension,):
        raise ValueError(f"a question of shape {vector.shape}, not [{dimension}]")
