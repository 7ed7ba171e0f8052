"""The index: documents in, passages out, its store and engines always in step.

On disk many processes may read while one writes. Readers are never made to wait: they see the
last complete state, and look for a newer one before each search.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from index import layout, restoring
from index.current import Current
from index.database import SCHEMA
from index.engines import DEFAULT, named
from index.ingest import Ingest, Prepare, Sorting, Stopped
from index.late_interaction import DEPTH, nearer, sentence_shares
from index.opening import begin_index, made_with, manifest, missing, newest, refuse_other
from index.parts import Parts, parts_in_memory
from index.passage_store import PassageStore
from index.ports import Embedder, Ids
from index.problems import IndexProblem
from index.rebuilding import rebuilt
from index.refreshing import survey
from index.searching import searched
from index.stamps import Stamp, settled
from index.store import Manifest
from index.types import (
    Cancelled,
    Changes,
    Document,
    DocumentInfo,
    IndexStatus,
    Match,
    OnProgress,
    Passage,
    Snapshot,
)
from index.watching import OnDisk, Watch

__all__ = ["Index", "manifest"]


class Index:
    """Documents, cut into passages that are found by meaning (dense) and by words (lexical)."""

    def __init__(self, state: Current, embedder: Embedder, engine: str) -> None:
        """Use `open`."""
        self._state = state
        self._home = state.home
        self._embedder = embedder
        self._engine = engine
        self._document = lru_cache(maxsize=2 * DEPTH)(_document)

    @classmethod
    def open(
        cls,
        path: Path | None,
        *,
        embedder: Embedder,
        engine: str = DEFAULT,
        create: bool = True,
        readonly: bool = False,
        stale: bool = False,
    ) -> Index:
        """Open the index in a directory, or a new one in memory (None).

        Args:
            path: the directory; made if it is missing and ``create`` says so.
            embedder: must be the one that the index was made with.
            engine: a name of `index.engines.ENGINES`; must be the one it was made with.
            create: whether to begin an index where there is none.
            readonly: write nothing, not even to mend what an interrupted writer left; a
                directory that cannot be written is always opened so.
            stale: open an index of another embedder or engine too; until it is rebuilt its
                documents can be listed and searched by words, and nothing else.

        Raises:
            IndexProblem: it is missing, damaged, of another embedder, engine or newer version.
        """
        named(engine)
        if path is None:
            made = Manifest(embedder.name, "", embedder.dimension, engine)
            return cls(Current(None, parts_in_memory(made)), embedder, engine)
        if layout.current(path) is None:
            if readonly or not create:
                raise missing(path)
            begin_index(path, made_with(embedder, engine))
        readonly = readonly or not os.access(path, os.W_OK)
        state = Current(path, newest(path, readonly=readonly), readonly=readonly)
        index = cls(state, embedder, engine)
        try:
            if not stale:
                index._refuse_stale(state.parts)
            state.mend()
        except BaseException:
            index.close()
            raise
        return index

    @property
    def embedder(self) -> Embedder:
        """What it embeds with."""
        return self._embedder

    # Changing

    def add(
        self,
        documents: Iterable[Document],
        *,
        stamps: Mapping[str, Stamp] | None = None,
        total: int = 0,
        prepare: Prepare | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Changes:
        """Take in documents; only what is new or has changed is embedded.

        All of them become visible together. When it is cancelled or raises, also in reading them,
        nothing has changed. They are drawn one by one, and no more than a few are held.

        Args:
            documents: to take in.
            stamps: how the files of documents looked before they were read, by their keys; may
                fill while documents are drawn. `refresh` reads none of these that looks the same.
            total: characters expected, to be told with the progress; 0 if unknown.
            prepare: cuts and embeds what is new or has changed elsewhere; None: here.
            on_progress: told how far it is.
            cancelled: asked now and then.

        Raises:
            IndexProblem: the index cannot be written, or is of another embedder.
            ModelProblem: the embedder gave no usable vectors.
        """
        if not total and isinstance(documents, Sequence):
            total = sum(len(document.text) for document in documents)
        with self._state.writing() as parts:
            self._refuse_stale(parts)
            ingest = Ingest(parts, self._embedder, on_progress, cancelled, total)
            sorting = Sorting(parts.store, ingest)
            try:
                fresh = sorting.fresh(documents)
                ingest.run(prepare(fresh) if prepare else fresh)
            except Stopped:
                return Changes()
            if stamps:
                parts.store.files.put(settled(stamps))
            return sorting.changes()

    def follow(self, folders: Iterable[Path]) -> None:
        """Let `refresh` look through these folders, given by their absolute paths."""
        with self._state.writing() as parts:
            parts.store.files.follow(str(folder) for folder in folders)

    def refresh(
        self,
        read: Callable[[Path], Document],
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> tuple[Changes, list[str]]:
        """Take over what became of the files of the documents, and of the followed folders.

        Files are told apart by their texts; those that look as they did (size and time of change)
        are not read. All changes become visible together; cancelled, nothing has changed.

        Args:
            read: gives the document of a file, or raises SourceProblem.
            on_progress: told how far it is.
            cancelled: asked now and then.

        Returns:
            What changed, and what could not be read, as sentences; its documents are kept.

        Raises:
            As `add`.
        """
        with self._state.writing() as parts:
            self._refuse_stale(parts)
            files = parts.store.files
            found = survey(parts.store.documents_here(), files)
            ingest = Ingest(parts, self._embedder, on_progress, cancelled)
            sorting = Sorting(parts.store, ingest, found.gone)
            try:
                gone = [info.key for info in found.gone]
                ingest.run(sorting.fresh(found.documents(read)), gone)
            except Stopped:
                return Changes(), found.problems
            if found.gone or found.doubtful:
                files.put(settled(found.stamps))
                files.forget_others()
            changes = sorting.changes()
            same = tuple(info.key for info in found.same)
            return replace(changes, unchanged=same + changes.unchanged), found.problems

    def on_disk(self, watch: Watch, *, patient: bool = True) -> OnDisk:
        """Which files are not as they are in the index; changes nothing. See `Watch.look`."""
        store = self._state.fresh().store
        return watch.look(store.documents(), store.files, patient=patient)

    def remove(self, keys: Iterable[str]) -> Changes:
        """Forget documents; the keys that were there are returned."""
        with self._state.writing() as parts:
            removed = parts.store.retire(dict.fromkeys(keys))
            parts.version = parts.store.version()
            parts.settle_if_possible()
            return Changes(removed=tuple(removed))

    def rebuild(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> Changes:
        """Cut, embed and index every document anew, with the embedder and engine given to `open`.

        The old index answers until the new one is complete, and stays when it is cancelled.
        """
        with self._state.writing() as old:
            return self._remade(old, on_progress, cancelled)

    def _remade(
        self, old: Parts, on_progress: OnProgress | None, cancelled: Cancelled | None
    ) -> Changes:
        made = made_with(self._embedder, self._engine) if self._home else old.manifest
        try:
            new = rebuilt(old.store, self._home, made, self._embedder, on_progress, cancelled)
        except Stopped:
            return Changes()
        self._state.replace(new)
        return Changes(changed=tuple(info.key for info in new.store.documents()))

    # Going back

    def snapshot(self, label: str) -> None:
        """Remember the documents as they are, under a label; nothing is copied.

        Raises:
            UsageProblem: the label cannot be shown, or is longer than 100 characters.
            IndexProblem: there is one of this label, or the index cannot be written.
        """
        with self._state.writing() as parts:
            restoring.required(parts).take(restoring.checked(label), parts.store.files.folders())

    def snapshots(self) -> list[Snapshot]:
        """In the order of taking."""
        return restoring.required(self._state.fresh()).all()

    def restore(self, label: str) -> Changes:
        """Go back to a snapshot, its documents and the folders that were followed then.

        All documents change together, and nothing is embedded. What is in no snapshot is gone then.

        Raises:
            IndexProblem: there is none of this label, it is damaged, or nothing can be written.
        """
        with self._state.writing() as parts:
            return restoring.restored(parts, label)

    def discard(self, label: str) -> None:
        """Forget a snapshot, and free what only it held.

        Raises:
            IndexProblem: there is none of this label, or the index cannot be written.
        """
        with self._state.writing() as parts:
            restoring.required(parts).discard(label)

    # Searching

    def dense(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:
        """The ``k`` passages nearest in meaning; none if the model knows no word of the question.

        ``allowed`` is as for `index.ports.VectorIndex.search`.

        Raises:
            IndexProblem: the index is of another embedder.
        """
        self._refuse_stale(self._state.fresh())
        vector = self._embedder.question(question)
        if not vector.any():
            return []
        return searched(self._state, k, lambda parts, n: parts.vectors.search(vector, n, allowed))

    def lexical(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:
        """The ``k`` passages that share the most telling words with the question, by BM25."""
        return searched(self._state, k, lambda parts, n: parts.lexical.search(question, n, allowed))

    def nearer(self, question: str, ids: Sequence[int]) -> list[int]:
        """What `dense` found, the first of it by late interaction; without what is gone."""
        return nearer(self._state.parts.store, self._embedder, question, ids)

    def closeness(self, question: str, passages: Sequence[Passage]) -> list[tuple[float, ...]]:
        """See `index.late_interaction.sentence_shares`."""
        return sentence_shares(self._state.parts.store, self._embedder, question, passages)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order of ``ids``; ids that are not there (any more) are left out."""
        return self._state.parts.store.passages(ids)

    def passages_of(self, keys: Iterable[str]) -> list[int]:
        """The ids of all passages of these documents, ascending; unknown keys are ignored."""
        return self._state.fresh().store.passages_of_keys(keys)

    def passages_dated(self, after: str, before: str) -> list[int]:
        """The ids of all passages of the documents of these days, as `index.store` tells them."""
        return self._state.fresh().store.passages_dated(after, before)

    def version(self) -> int:
        """Another number, another state; what was found at one number belongs together."""
        return self._state.fresh().store.version()

    def documents(self) -> list[DocumentInfo]:
        """What is in the index, in the order of adding."""
        return self._state.fresh().store.documents()

    def document(self, key: str) -> Document:
        """A document with its text.

        Raises:
            IndexProblem: there is none of this key.
        """
        store = self._state.parts.store
        while (row := store.row(key)) is not None:
            with suppress(KeyError):  # another version may have taken its place just now
                return self._document(store, row)
        raise IndexProblem(
            f"The index has no document {key!r}.", "List what it has: pullquote index list."
        )

    # Looking after

    def status(self) -> IndexStatus:
        """The index in figures, and what had to be mended when it was opened."""
        parts = self._state.fresh()
        documents, passages = parts.store.counts()
        return IndexStatus(
            location=str(self._home) if self._home else "memory",
            documents=documents,
            passages=passages,
            embedder=parts.manifest.embedder,
            dimension=parts.manifest.dimension,
            engine=parts.manifest.engine,
            schema=SCHEMA,
            bytes_on_disk=layout.size(self._home) if self._home else 0,
            accuracy=parts.vectors.accuracy(),
            warnings=(*parts.store.repairs(), *parts.warnings),
        )

    def verify(self) -> list[str]:
        """Every damage found, as sentences; reads the whole index."""
        from index.verifying import damages

        return damages(self._state.fresh(), self._embedder)

    def repair(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> list[str]:
        """Make everything anew from the texts if anything is damaged; what was is returned.

        A text that is not what was added is never quoted: it is forgotten, and must be added again.
        The index says from then on, in its status, that it was repaired.

        Raises:
            IndexProblem: the file of the texts itself cannot be read.
        """
        from index.verifying import damages, lost_texts

        with self._state.writing() as parts:
            found = damages(parts, self._embedder)
            if found:
                parts.store.retire(lost_texts(parts))
                restoring.forget_damaged(parts.store)
                parts.version = parts.store.version()
                self._remade(parts, on_progress, cancelled)
                if self._state.parts is not parts:
                    self._state.parts.store.note_repair(found)
            return found

    def close(self) -> None:
        """Close all files; closing twice is allowed."""
        self._state.close()
        self._document.cache_clear()

    def _refuse_stale(self, parts: Parts) -> None:
        """IndexProblem if the index was made with something else than we were given."""
        if self._home:
            refuse_other(self._home, parts.manifest, self._embedder, self._engine)


def _document(store: PassageStore, row: int) -> Document:
    return store.document(row)
