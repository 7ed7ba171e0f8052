"""The texts of an index: added, refreshed, removed, gone back to, looked at."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.settings import Settings
from index.types import (
    Cancelled,
    Changes,
    Document,
    DocumentInfo,
    IndexStatus,
    OnProgress,
    Passage,
    Snapshot,
)
from index.watching import OnDisk, Watch
from qa.reading import Stamping, characters, expanded, read_all

if TYPE_CHECKING:
    from index.dask_cluster import Cluster
    from index.library import Index


class Upkeep:
    """What can be done with an index besides asking it; one thread at a time may change it."""

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self._beginning = threading.Lock()
        self._watch: Watch | None = None

    def add(
        self,
        sources: Sequence[str | Path | Document],
        *,
        cluster: Cluster | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Changes:
        """Add texts, or take over what changed in them; unchanged ones cost nothing.

        Args:
            sources: paths of files and folders, ``-`` for standard input, or documents.
            cluster: where files are read, cut and embedded; None: here.
            on_progress: told how far it is.
            cancelled: asked now and then.

        Raises:
            SourceProblem: a text cannot be read; nothing is added then.
            IndexProblem: the index cannot be written.
            Problem: the cluster failed; nothing is added then.
        """
        items, stamps = expanded(sources, self._settings), Stamping()
        prepare = partial(cluster.prepared, self._index.embedder) if cluster else None
        return self._index.add(
            read_all(stamps.before(items), self._settings, cluster),
            stamps=stamps.found,
            total=characters(items),
            prepare=prepare,
            on_progress=on_progress,
            cancelled=cancelled,
        )

    def follow(self, sources: Sequence[str | Path]) -> None:
        """Let ``refresh`` look through those of the sources that are folders.

        Raises:
            IndexProblem: the index cannot be written.
        """
        folders = [Path(source).absolute() for source in sources if Path(source).is_dir()]
        if folders:
            self._index.follow(folders)

    def refresh(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> tuple[Changes, list[str]]:
        """Take over what was changed, moved or deleted in files, and what is new in folders.

        Returns:
            What changed, and what could not be read, as sentences; its texts are kept.

        Raises:
            IndexProblem: the index cannot be written.
        """
        from index.sources import read

        limit = self._settings.max_bytes
        return self._index.refresh(
            lambda path: read(path, max_bytes=limit), on_progress=on_progress, cancelled=cancelled
        )

    def on_disk(self, *, patient: bool = True) -> OnDisk:
        """Which files are not as they are in the index, and which are new in followed folders.

        Cheap enough to ask every few seconds; a file is read only when it looks changed.

        Args:
            patient: leave out files that were changed a moment ago, and may be half written.
        """
        with self._beginning:
            if self._watch is None:
                from index.sources import read

                self._watch = Watch(partial(read, max_bytes=self._settings.max_bytes))
        return self._index.on_disk(self._watch, patient=patient)

    def repair(self, *, on_progress: OnProgress | None = None) -> list[str]:
        """Make the index anew from its texts if anything in it is damaged; tells what was.

        Raises:
            IndexProblem: the texts themselves cannot be read.
        """
        return self._index.repair(on_progress=on_progress)

    def remove(self, keys: Sequence[str]) -> Changes:
        """Forget documents; unknown keys are ignored.

        Raises:
            IndexProblem: the index cannot be written.
        """
        return self._index.remove(keys)

    def rebuild(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> Changes:
        """Build passages, vectors and words anew from the stored texts.

        Raises:
            IndexProblem: the index cannot be written.
        """
        return self._index.rebuild(on_progress=on_progress, cancelled=cancelled)

    def snapshot(self, label: str) -> None:
        """Remember the documents as they are, under a label; nothing is copied.

        Raises:
            UsageProblem: the label cannot be shown.
            IndexProblem: there is one of this label, or the index cannot be written.
        """
        self._index.snapshot(label)

    def snapshots(self) -> list[Snapshot]:
        """What can be gone back to, in the order of taking."""
        return self._index.snapshots()

    def restore(self, label: str) -> Changes:
        """Go back to a snapshot, all documents together; nothing is embedded.

        Raises:
            IndexProblem: there is none of this label, or the index cannot be written.
        """
        return self._index.restore(label)

    def discard(self, label: str) -> None:
        """Forget a snapshot, and free what only it held.

        Raises:
            IndexProblem: there is none of this label, or the index cannot be written.
        """
        self._index.discard(label)

    def documents(self) -> list[DocumentInfo]:
        """What is indexed."""
        return self._index.documents()

    def document(self, key: str) -> Document:
        """One document with its text.

        Raises:
            IndexProblem: no document has this key.
        """
        return self._index.document(key)

    def passage_text(self, passage: Passage) -> str:
        """The text of a passage, as it stands in its document."""
        return passage.span.of(self.document(passage.document).text)

    def status(self) -> IndexStatus:
        """The state of the index in figures."""
        return self._index.status()

    def verify(self) -> list[str]:
        """What is damaged in the index, as sentences; empty when all is well."""
        return self._index.verify()

    def close(self) -> None:
        """Release the files of the index. Closing twice is allowed."""
        self._index.close()
