"""Files and folders as they are now, against what an index knows of them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.passage_store import FileStamps
from index.problems import SourceProblem
from index.sources import expand, key_of
from index.stamps import Stamp
from index.types import Document, DocumentInfo

_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
Read = Callable[[Path], Document]


@dataclass(slots=True)
class Survey:
    """What was found on disk, without reading a file that looks as it did."""

    gone: list[DocumentInfo] = field(default_factory=list)
    same: list[DocumentInfo] = field(default_factory=list)
    """Unread: their size and time of change are as they were."""
    doubtful: list[Path] = field(default_factory=list)
    """New or touched: to be read."""
    problems: list[str] = field(default_factory=list)
    """What could not be looked at, as sentences; the texts there are kept as they are."""
    stamps: dict[str, Stamp] = field(default_factory=dict)
    """How the doubtful ones looked before they were read, by key."""

    def documents(self, read: Read) -> Iterator[Document]:
        """Read the doubtful files; one that cannot be read is told, and kept as it was."""
        for path in self.doubtful:
            try:
                yield read(path)
            except SourceProblem as problem:
                self.stamps.pop(key_of(path), None)
                self.problems.append(problem.summary)


def survey(
    documents: Sequence[DocumentInfo], files: FileStamps, more: Iterable[Path] = ()
) -> Survey:
    """Compare the files of ``documents``, those in the followed folders, and ``more``.

    Documents that are no files (standard input, texts by other keys) are left alone.
    """
    found = Survey()
    known = {info.key: info for info in documents if os.path.isabs(info.key)}  # noqa: PTH117
    folders = [Path(folder) for folder in files.folders()]
    lost = [folder for folder in folders if not folder.is_dir()]
    found.problems += [f"The folder {folder} is not there; its texts are kept." for folder in lost]
    paths = {key_of(path): path for path in _listed(found, folders, lost, more)}
    stamps = files.all()
    for key, path in ({key: paths.get(key) or path_of(key) for key in known} | paths).items():
        info = known.get(key)
        if any(folder in path.parents for folder in lost):
            continue
        try:
            stamp = Stamp.of(path)
        except FileNotFoundError:
            if info:
                found.gone.append(info)
            continue
        except (OSError, ValueError) as error:
            found.problems.append(f"{path} cannot be looked at: {error}.")
            continue
        if info and stamps.get(key) == stamp:
            found.same.append(info)
        else:
            found.doubtful.append(path)
            found.stamps[key] = stamp
    return found


def path_of(key: str) -> Path:
    """The file that a document was read from; bytes that are no UTF-8 are escaped in its key."""
    if "\\x" not in key or os.path.lexists(key):
        return Path(key)
    name = _ESCAPED.sub(lambda byte: bytes.fromhex(byte[1].decode()), key.encode())
    return Path(os.fsdecode(name))


def _listed(
    found: Survey, folders: Sequence[Path], lost: Sequence[Path], more: Iterable[Path]
) -> Iterator[Path]:
    for folder in (*(f for f in folders if f not in lost), *more):
        try:
            yield from expand([folder])
        except SourceProblem as problem:  # an empty folder, or one that may not be listed
            found.problems.append(problem.summary)
