"""Directories to the parts of an index: begun, opened, and opened anew when they are replaced."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from index import layout
from index.parts import Parts, open_parts
from index.ports import Embedder
from index.problems import IndexProblem
from index.store import Manifest, Store


def manifest(path: str | Path) -> Manifest | None:
    """What the index at ``path`` was made with; None where there is no index.

    Raises:
        IndexProblem: there is something else, or it is damaged.
    """
    generation = layout.current(Path(path))
    if generation is None:
        return None
    # Not only read where it need not be, so that a file of an older version is brought up to date.
    store = Store(generation.store, readonly=not os.access(generation.store, os.W_OK))
    try:
        return store.manifest()
    finally:
        store.close()


def made_with(embedder: Embedder, engine: str) -> Manifest:
    """What an index of this embedder and engine is to remember."""
    return Manifest(embedder.name, embedder.fingerprint, embedder.dimension, engine)


def newest(home: Path, *, readonly: bool, alone: bool = False) -> Parts:
    """The parts that answer now, even if they are replaced while they are being opened.

    ``readonly`` and ``alone`` are as for `open_parts`.
    """
    generation = layout.current(home)
    while generation:
        try:
            return open_parts(generation, readonly=readonly, alone=alone)
        except IndexProblem:
            before, generation = generation, layout.current(home)
            if generation == before:
                raise
    raise missing(home)


def begin_index(home: Path, made: Manifest) -> None:
    """Begin an empty index in a directory, unless there is one."""
    with layout.locked(home):
        if layout.current(home):  # another process was faster
            return
        generation = layout.following(home)
        begin(generation, made)
        layout.switch(home, generation)


def take_back(home: Path) -> None:
    """Delete an index that was begun and has nothing in it, as far as that is possible.

    What a writer was interrupted at is something: the next one goes on with it.
    """
    with suppress(IndexProblem):
        if layout.current(home) is None:
            return
        with layout.locked(home, wait=False):
            generation = layout.current(home)
            if generation and _is_empty(generation):
                shutil.rmtree(home, ignore_errors=True)


def _is_empty(generation: layout.Generation) -> bool:
    store = Store(generation.store)
    try:
        return store.is_empty()
    finally:
        store.close()


def begin(generation: layout.Generation, made: Manifest) -> None:
    """Begin an empty store in a generation."""
    store = Store(generation.store)
    store.set_manifest(made)
    store.close()


def missing(home: Path) -> IndexProblem:
    """For a place where there should be an index."""
    return IndexProblem(f"There is no index at {home}.", "Make one: pullquote index build.")


def refuse_other(home: Path, made: Manifest, embedder: Embedder, engine: str) -> None:
    """IndexProblem if an index was made with another embedder or engine."""
    remedy = f"Rebuild it: pullquote index rebuild {home}; or name the one it was made with."
    if made.fingerprint != embedder.fingerprint:
        ours = embedder.name
        other = f"not {ours!r}" if ours != made.embedder else "which has changed since"
        raise IndexProblem(
            f"The index {home} was made with the model {made.embedder!r}, {other}.", remedy
        )
    if made.engine != engine:
        raise IndexProblem(
            f"The index {home} was made with the engine {made.engine!r}, not {engine!r}.", remedy
        )
