"""A store and its two engines, kept in step: the store is right, the engines follow."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from index.engines import open_lexical, open_vectors
from index.layout import Generation
from index.passage_store import PassageStore
from index.ports import LexicalIndex, VectorIndex
from index.problems import IndexProblem
from index.store import Manifest, State, Store

_BATCH = 2048
_Side = TypeVar("_Side", VectorIndex, LexicalIndex)


@dataclass(slots=True)
class Parts:
    """What an index consists of."""

    generation: Generation | None
    """None in memory."""
    manifest: Manifest
    store: PassageStore
    vectors: VectorIndex
    lexical: LexicalIndex
    version: int
    """Of the store, when the engines were last in step with it."""
    warnings: list[str] = field(default_factory=list)
    is_makeshift: bool = False
    """Whether an engine in memory stands for a damaged one, which only a writer may replace."""

    def is_settled(self) -> bool:
        """Whether no change was interrupted and the engines hold as much as the store."""
        if self.is_makeshift:
            return False
        unsettled = self.store.has(State.PENDING) or self.store.has(State.GONE)
        _, passages = self.store.counts()
        return not unsettled and len(self.vectors) == len(self.lexical) == passages

    def recover(self) -> None:
        """Finish what an interrupted writer left, and refill an engine that lost something.

        Versions that were written completely become LIVE, the others are given up.
        """
        interrupted = self.store.has(State.PENDING) or self.store.has(State.GONE)
        if not interrupted and not self.warnings and self.keep_files():
            self.warnings.append("The index had lost passages that its store still had.")
        self.store.give_up_unfinished()
        if self.store.has(State.PENDING):
            self.store.publish()
        self.fill_vectors()
        self.fill_lexical()
        self.vectors.commit()
        self.lexical.commit()
        self.store.purge()
        self.store.announce()
        self.version = self.store.version()

    def keep_files(self) -> bool:
        """Whether the engines write anything: those in memory are filled at every opening."""
        kept = self.generation
        return kept is not None and (kept.vectors.exists() or kept.lexical.exists())

    def complete_in_memory(self) -> None:
        """Put an engine in memory in the place of one that lacks passages, and write nothing."""
        _, passages = self.store.counts()
        if len(self.vectors) < passages:
            self.vectors.close()
            self.vectors = open_vectors(self.manifest.engine, self.manifest.dimension)
            self.fill_vectors()
        if len(self.lexical) < passages:
            self.lexical.close()
            self.lexical = open_lexical(self.manifest.engine)
            self.fill_lexical()
            self.lexical.commit()

    def fill_vectors(self) -> None:
        """Make the vector engine hold exactly the LIVE passages."""
        live, held = set(self.store.ids(State.LIVE)), set(self.vectors.ids())
        self.vectors.drop(sorted(held - live))
        if live <= held:
            return
        for ids, _, vectors in self.store.batches(_BATCH):
            missing = [at for at, id_ in enumerate(ids) if id_ not in held]
            self.vectors.put([ids[at] for at in missing], vectors[missing])

    def fill_lexical(self) -> None:
        """Make the lexical engine hold exactly the LIVE passages."""
        live, held = set(self.store.ids(State.LIVE)), set(self.lexical.ids())
        self.lexical.drop(sorted(held - live))
        if live <= held:
            return
        for ids, texts, _ in self.store.batches(_BATCH):
            missing = [at for at, id_ in enumerate(ids) if id_ not in held]
            self.lexical.put([ids[at] for at in missing], [texts[at] for at in missing])

    def commit(self) -> None:
        """Make the engines' changes survive."""
        self.vectors.commit()
        self.lexical.commit()

    def publish(self, retired: Collection[str] = ()) -> None:
        """Let readers see what was staged, which the engines must have committed.

        Documents of the ``retired`` keys are hidden in the same moment.
        """
        if retired or self.store.has(State.PENDING):
            with self.store.writing():
                self.store.retire(retired)
                self.store.publish()
        self.version = self.store.version()

    def settle(self) -> None:
        """Make the engines forget what is GONE, then the store."""
        if not self.store.has(State.GONE):
            return
        gone = self.store.ids(State.GONE)
        self.vectors.drop(gone)
        self.lexical.drop(gone)
        self.commit()
        self.store.purge()

    def settle_if_possible(self) -> None:
        """As `settle`, after a change that is done whatever becomes of this: GONE is never shown.

        What a full disk leaves undone, the next writer does.
        """
        with suppress(IndexProblem):
            self.settle()

    def undo(self) -> None:
        """Leave nothing of a change that failed; where the disk is full, the next writer does."""
        with suppress(IndexProblem):
            self.store.give_up()
            self.settle()

    def close(self) -> None:
        """Close all three."""
        self.vectors.close()
        self.lexical.close()
        self.store.close()


def parts_in_memory(manifest: Manifest) -> Parts:
    """An empty index that ends with the process."""
    vectors = open_vectors(manifest.engine, manifest.dimension)
    return Parts(None, manifest, Store(), vectors, open_lexical(manifest.engine), 0)


def open_parts(generation: Generation, *, readonly: bool = False, alone: bool = False) -> Parts:
    """Open a generation by its manifest.

    A damaged engine leaves a warning and is replaced by an empty one, for `Parts.recover` to fill;
    by one in memory for a reader, who must not write, filled at once, and where another may be
    writing there this very moment.

    Args:
        generation: what to open.
        readonly: write nothing.
        alone: whether the caller is the only writer.

    Raises:
        IndexProblem: the store is damaged or has no manifest.
    """
    store = Store(generation.store, readonly=readonly)
    try:
        manifest = store.manifest()
        if manifest is None:
            raise IndexProblem(
                f"The index in {generation.directory} was never finished.",
                "Delete it and build it again: pullquote index build.",
            )
        version = store.version()
        warnings: list[str] = []
        vectors = _opened(
            lambda directory: open_vectors(manifest.engine, manifest.dimension, directory),
            generation.vectors,
            readonly,
            alone,
            warnings,
        )
        lexical = _opened(
            lambda directory: open_lexical(manifest.engine, directory),
            generation.lexical,
            readonly,
            alone,
            warnings,
        )
        makeshift = bool(warnings) and not readonly and not alone
        parts = Parts(generation, manifest, store, vectors, lexical, version, warnings, makeshift)
        if readonly or not parts.keep_files():
            parts.complete_in_memory()
    except BaseException:
        store.close()
        raise
    return parts


def _opened(
    open_side: Callable[[Path | None], _Side],
    directory: Path,
    readonly: bool,
    alone: bool,
    warnings: list[str],
) -> _Side:
    if readonly and not os.access(directory, os.W_OK):
        return open_side(None)  # tantivy opens nothing where it cannot make a lock
    try:
        return open_side(directory)
    except IndexProblem as problem:
        warnings.append(problem.summary)
        if readonly or not alone:
            return open_side(None)
        shutil.rmtree(directory, ignore_errors=True)
        return open_side(directory)
