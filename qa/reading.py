"""From what a user names to documents: files, folders, standard input."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from index.settings import Settings
from index.types import Document

if TYPE_CHECKING:
    from index.dask_cluster import Cluster
    from index.stamps import Stamp


def expanded(sources: Sequence[str | Path | Document], settings: Settings) -> list[Path | Document]:
    """Files and documents, in their order; folders give their files.

    Standard input, which only this process can read, is read at once.

    Raises:
        SourceProblem: standard input is no text, or a folder has none.
    """
    from index.sources import expand, read

    found: list[Path | Document] = []
    for source in sources:
        if isinstance(source, Document):
            found.append(source)
        elif str(source) == "-":
            found.append(read("-", max_bytes=settings.max_bytes))
        else:
            found += expand([source])
    return found


def read_all(
    items: Iterable[Path | Document], settings: Settings, cluster: Cluster | None = None
) -> Iterator[Document]:
    """The documents of ``items`` in their order, each key once, read as they are drawn.

    With a ``cluster``, files are read there.

    Raises:
        SourceProblem: a file cannot be read.
    """
    seen: set[str] = set()
    most = settings.max_bytes
    for document in cluster.read(items, most) if cluster else map(_reader(most), items):
        if document.key not in seen:
            seen.add(document.key)
            yield document


def _reader(max_bytes: int) -> Callable[[Path | Document], Document]:
    from index.sources import read

    return lambda item: item if isinstance(item, Document) else read(item, max_bytes=max_bytes)


def characters(items: Iterable[Path | Document]) -> int:
    """About how many all have, before they are read; 0 if one is not plain text."""
    from index.sources import is_plain

    total = 0
    for item in items:
        if isinstance(item, Document):
            total += len(item.text)
        elif is_plain(item):
            with suppress(OSError):  # told when it is read
                total += os.stat(item).st_size  # noqa: PTH116 - half the time of Path.stat
        else:
            return 0
    return total


class Stamping:
    """How files look, by the keys of their documents."""

    def __init__(self) -> None:
        self.found: dict[str, Stamp] = {}

    def before(self, items: Iterable[Path | Document]) -> Iterator[Path | Document]:
        """The same items, each file looked at before it is drawn."""
        from index.sources import key_of
        from index.stamps import Stamp

        for item in items:
            if isinstance(item, Path):
                with suppress(OSError, ValueError):  # told when it is read
                    self.found[key_of(item)] = Stamp.of(item)
            yield item
