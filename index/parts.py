"""A store and its two engines, kept in step."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from index.engines import open_lexical, open_vectors
from index.layout import Generation
from index.ports import LexicalIndex, VectorIndex
from index.problems import IndexProblem
from index.store import State, Store

_BATCH = 2048


@dataclass(slots=True)
class Parts:
    """What one generation of an index consists of; ``generation`` is None in memory."""

    generation: Generation | None
    store: Store
    vectors: VectorIndex
    lexical: LexicalIndex
    version: int
    """Of the store when the engines were opened."""
    warnings: list[str] = field(default_factory=list)

    def recover(self) -> None:
        """Finish what an interrupted writer left, and refill engines that lost something.

        Versions written completely become LIVE, the others are given up; then the engines are
        compared with the store, which is right.
        """
        self.store.give_up_unfinished()
        if self.store.has(State.PENDING):
            self.store.publish()
        self.fill()
        self.commit()
        self.store.purge()
        self.store.announce()
        self.version = self.store.version()

    def is_settled(self) -> bool:
        """Whether no change was interrupted and the engines hold as much as the store."""
        unsettled = self.store.has(State.PENDING) or self.store.has(State.GONE)
        _, passages = self.store.counts()
        return not unsettled and len(self.vectors) == len(self.lexical) == passages

    def fill(self) -> None:
        """Make the engines hold exactly the LIVE passages."""
        live = set(self.store.ids(State.LIVE))
        in_vectors, in_lexical = set(self.vectors.ids()), set(self.lexical.ids())
        self.vectors.drop(sorted(in_vectors - live))
        self.lexical.drop(sorted(in_lexical - live))
        if live <= in_vectors and live <= in_lexical:
            return
        for ids, texts, vectors in self.store.batches(_BATCH):
            without = [at for at, id_ in enumerate(ids) if id_ not in in_vectors]
            self.vectors.put([ids[at] for at in without], vectors[without])
            without = [at for at, id_ in enumerate(ids) if id_ not in in_lexical]
            self.lexical.put([ids[at] for at in without], [texts[at] for at in without])

    def commit(self) -> None:
        """Make the engines' changes survive."""
        self.vectors.commit()
        self.lexical.commit()

    def settle(self) -> None:
        """Make the engines forget what is GONE, then the store."""
        if not self.store.has(State.GONE):
            return
        gone = self.store.ids(State.GONE)
        self.vectors.drop(gone)
        self.lexical.drop(gone)
        self.commit()
        self.store.purge()

    def close(self) -> None:
        """Close all three."""
        self.vectors.close()
        self.lexical.close()
        self.store.close()


def open_parts(
    generation: Generation | None, dimension: int, engine: str, *, readonly: bool = False
) -> Parts:
    """Open a generation, or make one in memory.

    A damaged engine is opened empty, for `Parts.recover` to fill; for a reader, who may not write
    to the directory, it is filled in memory. Either leaves a warning.
    """
    if generation is None:
        store = Store()
        return Parts(None, store, open_vectors(engine, dimension), open_lexical(engine), 0)
    store = Store(generation.store, readonly=readonly)
    try:
        warnings: list[str] = []
        version = store.version()
        try:
            vectors = open_vectors(engine, dimension, generation.vectors)
        except IndexProblem as problem:
            warnings.append(problem.summary)
            vectors = open_vectors(engine, dimension, _cleared(generation.vectors, readonly))
        try:
            lexical = open_lexical(engine, generation.lexical)
        except IndexProblem as problem:
            warnings.append(problem.summary)
            lexical = open_lexical(engine, _cleared(generation.lexical, readonly))
    except BaseException:
        store.close()
        raise
    return Parts(generation, store, vectors, lexical, version, warnings)


def _cleared(directory: Path, readonly: bool) -> Path | None:
    if readonly:
        return None
    shutil.rmtree(directory, ignore_errors=True)
    return directory


def close_all(many: Iterable[Parts]) -> None:
    """Close each."""
    for parts in many:
        parts.close()
