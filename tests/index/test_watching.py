"""Files that differ from the index are noticed; those that only look so are not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index import sources
from index.library import Index
from index.types import Document
from index.watching import OnDisk, Watch

HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."
LONG_AGO = 1_600_000_000
LATER = 4_000_000_000


def write(path: Path, text: str, when: int = LONG_AGO) -> Path:
    path.write_text(text)
    os.utime(path, (when, when))
    return path


class Reading:
    """Reads files and remembers which."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, path: Path) -> Document:
        self.names.append(path.name)
        return sources.read(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    write(folder / "harbour.txt", HARBOUR)
    write(folder / "envoy.txt", ENVOY)
    return folder


@pytest.fixture
def index(folder: Path, embedder: Any) -> Iterator[Index]:
    opened = Index.open(None, embedder=embedder)
    opened.add([sources.read(path) for path in sources.expand([folder])])
    opened.follow([folder])
    yield opened
    opened.close()


@pytest.fixture
def reading() -> Reading:
    return Reading()


@pytest.fixture
def watch(reading: Reading) -> Watch:
    return Watch(reading)


def test_files_that_stayed_the_same_are_not_even_read(
    index: Index, watch: Watch, reading: Reading
) -> None:
    assert index.on_disk(watch) == OnDisk()
    assert reading.names == []


def test_a_changed_file_is_read_once_and_told_until_it_is_taken_in(
    index: Index, watch: Watch, reading: Reading, folder: Path
) -> None:
    index.on_disk(watch)
    path = write(folder / "harbour.txt", "The harbour is open.", LONG_AGO + 5)
    assert index.on_disk(watch) == OnDisk(changed=(str(path),))
    assert index.on_disk(watch).readable == (path,)
    assert reading.names == ["harbour.txt"]
    index.add([sources.read(path)])
    assert index.on_disk(watch) == OnDisk()


def test_a_file_that_was_only_touched_is_not_changed(
    index: Index, watch: Watch, reading: Reading, folder: Path
) -> None:
    index.on_disk(watch)
    write(folder / "harbour.txt", HARBOUR, LONG_AGO + 5)
    assert index.on_disk(watch) == OnDisk()
    assert index.on_disk(watch) == OnDisk()
    assert reading.names == ["harbour.txt"]


def test_a_file_that_changed_before_the_first_look_is_told(
    index: Index, watch: Watch, folder: Path
) -> None:
    path = write(folder / "envoy.txt", "The envoy left.", LATER)
    assert index.on_disk(watch, patient=False) == OnDisk(changed=(str(path),))


def test_patience_waits_for_a_file_that_is_being_written(
    index: Index, watch: Watch, folder: Path
) -> None:
    index.on_disk(watch)
    now = int(time.time()) + 60
    path = write(folder / "envoy.txt", "The envoy left.", now)
    new = write(folder / "new.txt", "A lighthouse.", now)
    assert index.on_disk(watch) == OnDisk()
    assert index.on_disk(watch, patient=False) == OnDisk(changed=(str(path),), fresh=(new,))


def test_a_vanished_file_is_gone_and_may_come_back(
    index: Index, watch: Watch, folder: Path
) -> None:
    path = folder / "envoy.txt"
    path.unlink()
    assert index.on_disk(watch) == OnDisk(gone=(str(path),))
    write(path, ENVOY)
    assert index.on_disk(watch) == OnDisk()


def test_a_new_file_in_a_followed_folder_is_told_until_it_is_taken_in(
    index: Index, watch: Watch, folder: Path
) -> None:
    index.on_disk(watch)
    path = write(folder / "light.txt", "A lighthouse keeper counted ships.")
    assert index.on_disk(watch) == OnDisk(fresh=(path,))
    index.add([sources.read(path)])
    assert index.on_disk(watch) == OnDisk()


def test_a_text_that_was_removed_from_the_index_is_not_new(
    index: Index, watch: Watch, folder: Path
) -> None:
    index.remove([str(folder / "envoy.txt")])
    assert index.on_disk(watch) == OnDisk()
    index.remove([str(folder / "harbour.txt")])
    assert index.on_disk(watch) == OnDisk()


def test_a_file_that_cannot_be_read_any_more_is_not_changed(
    index: Index, watch: Watch, folder: Path
) -> None:
    index.on_disk(watch)
    (folder / "envoy.txt").write_bytes(b"\x00\x01\x02" * 100)
    os.utime(folder / "envoy.txt", (LONG_AGO + 5, LONG_AGO + 5))
    assert index.on_disk(watch) == OnDisk()


def test_texts_that_are_no_files_are_left_alone(embedder: Any, watch: Watch) -> None:
    index = Index.open(None, embedder=embedder)
    index.add([Document("pasted:1", "T", HARBOUR, "pasted text")])
    assert index.on_disk(watch) == OnDisk()
    index.close()
