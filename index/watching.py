"""Which files differ from what an index holds of them, asked again and again at little cost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from index.passage_store import FileStamps
from index.problems import SourceProblem
from index.refreshing import path_of
from index.sources import expand, key_of
from index.stamps import Stamp
from index.store_rows import sha256
from index.types import Document, DocumentInfo


@dataclass(frozen=True, slots=True)
class OnDisk:
    """What is not on disk as it is in an index; by the keys of documents."""

    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    fresh: tuple[Path, ...] = ()
    """Files that came into a followed folder since it was looked at first."""

    @property
    def readable(self) -> tuple[Path, ...]:
        """What can be read to bring the index up to date."""
        return (*map(path_of, self.changed), *self.fresh)


class Watch:
    """Remembers the looks of files that were found to be as they are in the index.

    A look costs one stat for each file (3 µs) and a walk through each followed folder. A file is
    read only when its size or time of change is new, so that one which was touched or saved
    without a change is never taken for changed.
    """

    def __init__(self, read: Callable[[Path], Document]) -> None:
        """``read`` gives the document of a file, or raises SourceProblem."""
        self._read = read
        self._found: dict[str, tuple[Stamp, str, bool]] = {}
        """By key: stamp, hash of the indexed text, and whether the file has another text."""
        self._listed: dict[str, set[str]] = {}
        """By folder: the keys of files that are not new in it."""
        self._looking = threading.Lock()

    def look(
        self, documents: Sequence[DocumentInfo], files: FileStamps, *, patient: bool = True
    ) -> OnDisk:
        """Compare; from any thread.

        Args:
            documents: what is indexed; those that are no files are left alone.
            files: what the index knows of files.
            patient: leave out files that were changed a moment ago, and may be half written.
        """
        with self._looking:
            kept, changed, gone = files.all(), [], []
            for info in documents:
                try:
                    if self._differs(info, kept.get(info.key), patient=patient):
                        changed.append(info.key)
                except FileNotFoundError:
                    gone.append(info.key)
                except (OSError, ValueError):  # may not be looked at now; told when it is read
                    continue
            known = {info.key for info in documents}
            fresh = tuple(self._fresh(files.folders(), known, patient=patient))
        return OnDisk(tuple(changed), tuple(gone), fresh)

    def _differs(self, info: DocumentInfo, kept: Stamp | None, *, patient: bool) -> bool:
        path = path_of(info.key)
        if not path.is_absolute():
            return False
        stamp = Stamp.of(path)
        if patient and not stamp.is_settled():
            return False
        found = self._found.get(info.key)
        if found is None or found[:2] != (stamp, info.sha256):
            untouched = found is None and (stamp == kept or stamp.modified < _added(info))
            found = stamp, info.sha256, not untouched and self._is_other(path, info)
            if stamp.is_settled():
                self._found[info.key] = found
        return found[2]

    def _is_other(self, path: Path, info: DocumentInfo) -> bool:
        try:
            return sha256(self._read(path).text) != info.sha256
        except SourceProblem:
            return False

    def _fresh(self, folders: Iterable[str], known: set[str], *, patient: bool) -> Iterator[Path]:
        for folder in folders:
            paths = {key_of(path): path for path in _files_in(folder)}
            listed = self._listed.setdefault(folder, set(paths))
            listed |= known & paths.keys()  # one that is removed from the index is not new
            for key in sorted(paths.keys() - listed):
                if not patient or _is_settled(paths[key]):
                    yield paths[key]


def _added(info: DocumentInfo) -> int:
    """When it was taken in, in nanoseconds; 0 if that is not known."""
    try:
        return int(datetime.fromisoformat(info.added).timestamp()) * 1_000_000_000
    except ValueError:
        return 0


def _files_in(folder: str) -> Sequence[Path]:
    try:
        return expand([folder])
    except SourceProblem:  # empty, away, or not to be listed
        return ()


def _is_settled(path: Path) -> bool:
    try:
        return Stamp.of(path).is_settled()
    except OSError:
        return False
