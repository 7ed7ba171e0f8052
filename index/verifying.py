"""Looking an index over: is everything there, whole, and in step?"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from index.embedding import embedded
from index.engines import open_lexical, open_vectors
from index.parts import Parts
from index.ports import Embedder
from index.problems import IndexProblem
from index.restoring import damages as snapshot_damages
from index.store import State

_SAMPLE = 64
_LEAST_COSINE = 0.99
"""Of a stored vector and its text embedded again; rounding costs less, other texts more."""


def damages(parts: Parts, embedder: Embedder) -> list[str]:
    """Every damage found, as sentences; reads the whole index."""
    found = parts.store.damages()
    if not found:
        found = [*parts.warnings, *_texts(parts), *snapshot_damages(parts.store), *_rows(parts)]
    if not found:  # else what follows would stumble over it
        found = [*_files(parts), *_engines(parts), *_sample(parts, embedder)]
    return found


def lost_texts(parts: Parts) -> list[str]:
    """The keys of documents whose texts are not what was added."""
    rows = [(info.key, parts.store.row(info.key)) for info in parts.store.documents()]
    return [key for key, row in rows if row is not None and _damage(parts, row)]


def _damage(parts: Parts, row: int) -> str:
    try:
        parts.store.document(row)
    except IndexProblem as problem:
        return problem.summary
    return ""


def _texts(parts: Parts) -> Iterator[str]:
    for info in parts.store.documents():
        row = parts.store.row(info.key)
        if row is None:
            continue
        if damage := _damage(parts, row):
            yield damage
        if parts.store.passages_of(row) != info.passages:
            yield f"The document {info.key} has lost passages."


def _rows(parts: Parts) -> Iterator[str]:
    passages, vectors = parts.store.damaged_rows()
    if passages:
        yield f"Damaged passages: {passages}."
    if vectors:
        yield f"Damaged vectors: {vectors}."


def _files(parts: Parts) -> Iterator[str]:
    """Engines read their checksums when they are opened, for which they need a lock."""
    if parts.generation is None or not os.access(parts.generation.directory, os.W_OK):
        return
    try:
        vectors = open_vectors(
            parts.manifest.engine, parts.manifest.dimension, parts.generation.vectors
        )
        if damage := vectors.damage():
            yield damage
        vectors.close()
        open_lexical(parts.manifest.engine, parts.generation.lexical).close()
    except IndexProblem as problem:
        yield problem.summary


def _engines(parts: Parts) -> Iterator[str]:
    live = set(parts.store.ids(State.LIVE))
    for side, held in (("vector", parts.vectors.ids()), ("word", parts.lexical.ids())):
        if missing := len(live.difference(held)):
            yield f"The {side} index lacks {missing} passages."


def _sample(parts: Parts, embedder: Embedder) -> Iterator[str]:
    """The first passages, embedded again."""
    if parts.generation and parts.manifest.fingerprint != embedder.fingerprint:
        return
    for ids, texts, vectors in parts.store.batches(_SAMPLE):
        again = embedded(embedder, texts)
        near = np.sum(again * vectors, axis=1)
        empty = ~again.any(axis=1)
        wrong = [id_ for id_, ok in zip(ids, (near > _LEAST_COSINE) | empty, strict=True) if not ok]
        if wrong:
            yield f"The vectors of {len(wrong)} of {len(ids)} passages looked at are not theirs."
        return
