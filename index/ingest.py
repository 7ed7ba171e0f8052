"""Documents into a store and its engines: in batches, all or nothing, with progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field

import numpy as np

from index.ahead import ahead
from index.parts import Parts
from index.passages import split
from index.ports import Embedder, Vectors
from index.problems import IndexProblem, ModelProblem
from index.store import Store
from index.store_rows import fingerprint, halved
from index.types import Cancelled, Changes, Document, OnProgress, Passage, Progress

BATCH = 2048
"""Passages embedded and written together; some 2 MB of text and as much of vectors."""
_BATCH_CHARACTERS = 4_000_000
"""Of documents; what has hardly any passages must be written now and then too."""


class Stopped(Exception):  # noqa: N818 - not an error
    """The caller asked to stop."""


@dataclass(slots=True)
class _Staged:
    """A document on its way into the store."""

    document: Document
    passages: int
    added: str
    row: int | None = None


@dataclass(slots=True)
class _Batch:
    """What is embedded and written together."""

    documents: list[_Staged] = field(default_factory=list)
    """Those that begin here."""
    passages: list[tuple[_Staged, Passage]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    characters: int = 0
    """Of the documents."""
    done: int = 0
    """Characters of all documents up to the end of this batch."""


class Ingest:
    """One run of taking documents into ``parts``."""

    def __init__(
        self,
        parts: Parts,
        embedder: Embedder,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        total: int = 0,
    ) -> None:
        """``total`` is that of the progress, in characters; 0 if it is unknown."""
        self._parts = parts
        self._embedder = embedder
        self._on_progress = on_progress or (lambda _: None)
        self._cancelled = cancelled or (lambda: False)
        self._total = total
        self._done = 0
        self._reported = 0

    def run(self, documents: Iterable[tuple[Document, str]]) -> None:
        """Take in documents, each with the time it was added or "", and publish them together.

        A batch is embedded on a thread of its own while the one before is written and the next one
        is split: the libraries that do the work let other threads run. When it raises, `Stopped`
        included, nothing of the documents is left.
        """
        try:
            with closing(ahead(self._batches(documents), self._vectors)) as batches:
                for batch, vectors in batches:
                    self._write(batch, vectors)
            self._report("writing", self._done)
            self._parts.commit()
            self._parts.publish()
        except BaseException:
            with suppress(IndexProblem):  # a full disk: what is left is cleared by the next writer
                self._parts.store.give_up()
                self._parts.settle()
            raise
        self._parts.settle()

    def pass_over(self, document: Document) -> None:
        """Count a document that is there already."""
        self._done += len(document.text)
        self._report("embedding", self._done)

    def _batches(self, documents: Iterable[tuple[Document, str]]) -> Iterator[_Batch]:
        batch = _Batch()
        for document, added in documents:
            self._stop_if_cancelled()
            passages = split(document)
            staged = _Staged(document, len(passages), added)
            batch.documents.append(staged)
            batch.characters += len(document.text)
            for passage in passages:
                batch.passages.append((staged, passage))
                batch.texts.append(passage.span.of(document.text))
                if len(batch.passages) >= BATCH:
                    batch.done = self._done + passage.span.end
                    yield batch
                    batch = _Batch()
            self._done += len(document.text)
            batch.done = self._done
            if batch.characters > _BATCH_CHARACTERS:
                yield batch
                batch = _Batch()
        if batch.documents or batch.passages:
            yield batch

    def _vectors(self, batch: _Batch) -> Vectors:
        return halved(embedded(self._embedder, batch.texts))

    def _write(self, batch: _Batch, vectors: Vectors) -> None:
        self._stop_if_cancelled()
        store = self._parts.store
        with store.writing():
            for staged in batch.documents:
                staged.row = store.stage(staged.document, staged.passages, staged.added)
            rows = [(staged.row or 0, passage) for staged, passage in batch.passages]
            ids = store.stage_passages(rows, vectors)
        self._parts.vectors.put(ids, vectors)
        self._parts.lexical.put(ids, batch.texts)
        self._report("embedding", batch.done)

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise Stopped

    def _report(self, phase: str, done: int) -> None:
        # A document that was passed over may be counted before an earlier batch is written.
        self._reported = max(self._reported, done)
        self._on_progress(Progress(phase, self._reported, self._total, "characters"))


class Sorting:
    """Tells new and changed documents from those that the store has already."""

    def __init__(self, store: Store, ingest: Ingest) -> None:
        self._store = store
        self._ingest = ingest
        self._seen: dict[str, bytes] = {}
        self._added: list[str] = []
        self._changed: list[str] = []
        self._unchanged: list[str] = []

    def fresh(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents that must be taken in."""
        for document in documents:
            before = self._before(document.key)
            digest = fingerprint(document)
            if before == digest:
                self._unchanged.append(document.key)
                self._ingest.pass_over(document)
                continue
            (self._changed if before else self._added).append(document.key)
            self._seen[document.key] = digest
            yield document

    def _before(self, key: str) -> bytes | None:
        """The fingerprint of what this run or the store has under a key."""
        row = self._store.row(key)
        if key in self._seen or row is None:
            return self._seen.get(key)
        return fingerprint(self._store.document(row))

    def changes(self) -> Changes:
        """What was met so far."""
        return Changes(tuple(self._added), tuple(self._changed), tuple(self._unchanged))


def embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """The vectors of passages, looked over.

    Raises:
        ModelProblem: the model gave something else than one finite vector for each.
    """
    vectors = embedder.passages(texts)
    if vectors.shape != (len(texts), embedder.dimension) or not np.isfinite(vectors).all():
        raise ModelProblem(
            f"The model {embedder.name!r} gives vectors that cannot be compared.",
            "Choose another model.",
        )
    return vectors
