"""Documents into a store and its engines: in batches, all or nothing, with progress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from index.ahead import ahead
from index.embedding import embedded, taken_in, words_of
from index.parts import Parts
from index.passage_store import PassageStore
from index.passages import split
from index.ports import Embedder, Vectors
from index.store import snapshots_of
from index.store_rows import fingerprint, halved, sha256
from index.types import Cancelled, Changes, Document, DocumentInfo, OnProgress, Passage, Progress

BATCH = 2048
"""Passages embedded and written together; some 2 MB of text and as much of vectors."""
_BATCH_CHARACTERS = 4_000_000
"""Of documents; what has hardly any passages must be written now and then too."""


class Stopped(Exception):  # noqa: N818 - not an error
    """The caller asked to stop."""


class Made(NamedTuple):
    """What was worked out of a document elsewhere."""

    passages: Sequence[Passage]
    vectors: Vectors
    """Shape [passages, dimension], rounded to half precision."""


class Incoming(NamedTuple):
    """A document to take in."""

    document: Document
    added: str = ""
    """When it first came, in UTC and ISO 8601; empty for now."""
    like: int | None = None
    """Row of a version by the same embedder; what its document had need not be embedded again."""
    made: Made | None = None
    """None: to be worked out here."""


Prepare: TypeAlias = Callable[[Iterable[Incoming]], Iterable[Incoming]]
"""Gives the same documents in the same order, with what was made of them."""


@dataclass(slots=True)
class _Staged:
    """A document on its way into the store."""

    incoming: Incoming
    passages: int
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

    def run(self, documents: Iterable[Incoming], retired: Collection[str] = ()) -> None:
        """Take in documents and publish them together, and forget those of the ``retired`` keys.

        A batch is embedded on a thread of its own while the one before is written and the next one
        is split: the libraries that do the work let other threads run. When it raises, `Stopped`
        included, nothing of the documents is left.
        """
        try:
            with closing(ahead(self._batches(documents), self._worked_out)) as batches:
                for batch, (vectors, words) in batches:
                    self._write(batch, vectors, words)
            self._report("writing", self._done)
            self._parts.commit()
            self._parts.publish(retired)
        except BaseException:
            self._parts.undo()
            raise
        self._parts.settle_if_possible()

    def pass_over(self, document: Document) -> None:
        """Count a document that is there already."""
        self._done += len(document.text)
        self._report("embedding", self._done)

    def _batches(self, documents: Iterable[Incoming]) -> Iterator[_Batch]:
        batch = _Batch()
        for incoming in documents:
            self.stop_if_cancelled()
            document = incoming.document
            passages = incoming.made.passages if incoming.made else split(document)
            staged = _Staged(incoming, len(passages))
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

    def _worked_out(self, batch: _Batch) -> tuple[Vectors, list[bytes]]:
        """Vectors and words of the passages, of which only the new ones are embedded."""
        passages = [passage for _, passage in batch.passages]
        likes = dict.fromkeys(s.incoming.like for s, _ in batch.passages if s.incoming.like)
        known = {text: v for row in likes for text, v in self._parts.store.vectors_of(row or 0)}
        known.update(_made(batch))
        if not known:
            vectors, words = taken_in(self._embedder, passages, batch.texts)
            return halved(vectors), words
        new = [text for text in batch.texts if text not in known]
        known.update(zip(new, halved(embedded(self._embedder, new)), strict=True))
        words = words_of(self._embedder, passages, batch.texts)
        return np.stack([known[text] for text in batch.texts]), words

    def _write(self, batch: _Batch, vectors: Vectors, words: Sequence[bytes]) -> None:
        self.stop_if_cancelled()
        store = self._parts.store
        with store.writing():
            for staged in batch.documents:
                document, added = staged.incoming.document, staged.incoming.added
                staged.row = store.stage(document, staged.passages, added)
            rows = [(staged.row or 0, passage) for staged, passage in batch.passages]
            ids = store.stage_passages(rows, vectors, words)
        self._parts.vectors.put(ids, vectors)
        self._parts.lexical.put(ids, batch.texts)
        self._report("embedding", batch.done)

    def stop_if_cancelled(self) -> None:
        """Raise `Stopped` if the caller asked for it."""
        if self._cancelled():
            raise Stopped

    def _report(self, phase: str, done: int) -> None:
        # A document that was passed over may be counted before an earlier batch is written.
        self._reported = max(self._reported, done)
        self._on_progress(Progress(phase, self._reported, self._total, "characters"))


def _made(batch: _Batch) -> Iterator[tuple[str, Vectors]]:
    """The texts and vectors of passages that were embedded elsewhere."""
    for incoming in {id(staged): staged.incoming for staged, _ in batch.passages}.values():
        if incoming.made:
            for passage, vector in zip(incoming.made.passages, incoming.made.vectors, strict=True):
                yield passage.span.of(incoming.document.text), vector


class Sorting:
    """Tells new and changed documents from those that the store has already."""

    def __init__(
        self, store: PassageStore, ingest: Ingest, gone: Iterable[DocumentInfo] = ()
    ) -> None:
        """``gone`` are documents that will be forgotten; new ones with their text have moved."""
        self._store = store
        self._ingest = ingest
        gone = list(gone)
        self._gone = [info.key for info in gone]
        self._texts = {info.sha256: info.key for info in gone}
        self._moved: dict[str, str] = {}
        self._seen: dict[str, bytes] = {}
        self._added: list[str] = []
        self._changed: list[str] = []
        self._unchanged: list[str] = []

    def fresh(self, documents: Iterable[Document]) -> Iterator[Incoming]:
        """The documents that must be taken in."""
        for document in documents:
            row = self._store.row(document.key)
            before = self._before(document.key, row)
            digest = fingerprint(document)
            if before == digest:
                self._unchanged.append(document.key)
                self._ingest.pass_over(document)
                continue
            (self._changed if before else self._added).append(document.key)
            self._seen[document.key] = digest
            yield Incoming(document, like=row or self._moved_from(document) or self._kept(document))

    def _moved_from(self, document: Document) -> int | None:
        """The row of a document that is gone and had the same text."""
        old = self._texts.pop(sha256(document.text), None) if self._texts else None
        if old is None:
            return None
        self._moved[old] = document.key
        return self._store.row(old)

    def _kept(self, document: Document) -> int | None:
        """The row of a version that only a snapshot holds."""
        snapshots = snapshots_of(self._store)
        return snapshots.kept(document.key) if snapshots else None

    def _before(self, key: str, row: int | None) -> bytes | None:
        """The fingerprint of what this run or the store has under a key."""
        if key in self._seen or row is None:
            return self._seen.get(key)
        return fingerprint(self._store.document(row))

    def changes(self) -> Changes:
        """What was met so far."""
        moved = tuple(self._moved.values())
        removed = tuple(key for key in self._gone if key not in self._moved)
        added = tuple(key for key in self._added if key not in moved)
        return Changes(added, tuple(self._changed), tuple(self._unchanged), removed, moved)
