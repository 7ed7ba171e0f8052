from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index import refreshing, sources
from index.library import Index
from index.ports import Embedder
from index.stamps import Stamp
from index.types import Changes, Document

HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."
LIGHT = "A lighthouse keeper counted forty ships."
LONG_AGO = 1_600_000_000


def write(path: Path, text: str, when: int = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (when, when))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "texts" / "harbour.txt", HARBOUR)
    write(tmp_path / "texts" / "envoy.txt", ENVOY)
    return tmp_path / "texts"


@pytest.fixture
def index(tmp_path: Path, folder: Path, embedder: Any) -> Iterator[Index]:
    opened = Index.open(tmp_path / "index", embedder=embedder)
    opened.add([sources.read(path) for path in sources.expand([folder])])
    opened.follow([folder])
    opened.refresh(sources.read)
    embedder.embedded.clear()
    yield opened
    assert opened.verify() == []
    opened.close()


class Reading:
    """Reads files and remembers which."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, path: Path) -> Document:
        self.names.append(path.name)
        return sources.read(path)


def names(keys: tuple[str, ...]) -> list[str]:
    return sorted(Path(key).name for key in keys)


def test_files_that_look_the_same_are_not_read(index: Index, embedder: Any) -> None:
    reading = Reading()
    changes, problems = index.refresh(reading)
    assert (names(changes.unchanged), problems) == (["envoy.txt", "harbour.txt"], [])
    assert changes == Changes(unchanged=changes.unchanged)
    assert (reading.names, embedder.embedded) == ([], [])


def test_new_changed_and_deleted_files_are_taken_over_together(
    index: Index, folder: Path, embedder: Any
) -> None:
    write(folder / "envoy.txt", LIGHT, LONG_AGO + 9)
    write(folder / "below" / "new.txt", "Snow fell on the pier.")
    (folder / "harbour.txt").unlink()
    changes, problems = index.refresh(sources.read)
    assert problems == []
    assert names(changes.added) == ["new.txt"]
    assert names(changes.changed) == ["envoy.txt"]
    assert names(changes.removed) == ["harbour.txt"]
    assert sorted(embedder.embedded) == [LIGHT, "Snow fell on the pier."]
    assert index.lexical("ferries", 5) == []
    assert len(index.lexical("lighthouse snow", 5)) == 2
    assert index.refresh(sources.read)[0] == Changes(unchanged=_keys(index))


def _keys(index: Index) -> tuple[str, ...]:
    return tuple(info.key for info in index.documents())


def test_a_moved_file_is_known_by_its_text_and_not_embedded(
    index: Index, folder: Path, embedder: Any
) -> None:
    (folder / "harbour.txt").rename(folder / "port.txt")
    changes, _ = index.refresh(sources.read)
    assert names(changes.moved) == ["port.txt"]
    assert changes.added == changes.removed == ()
    assert embedder.embedded == []
    (passage,) = index.passages([index.lexical("ferries", 1)[0].id])
    assert Path(passage.document).name == "port.txt"


def test_of_a_long_text_only_the_changed_passage_is_embedded(
    index: Index, folder: Path, embedder: Any
) -> None:
    parts = [f"# Part {n}\n\n{HARBOUR} This is number {n}." for n in range(9)]
    path = write(folder / "long.txt", "\n\n".join(parts))
    index.refresh(sources.read)
    assert len(embedder.embedded) == 9
    embedder.embedded.clear()
    parts[4] = "# Part 4\n\nNothing is as it was."
    write(path, "\n\n".join(parts), LONG_AGO + 5)
    index.refresh(sources.read)
    assert embedder.embedded == [parts[4]]
    fresh = Index.open(None, embedder=embedder)
    fresh.add([sources.read(path)])
    (expected, *_), (found, *_) = (i.dense("Nothing is as it was.", 9) for i in (fresh, index))
    assert found.score == pytest.approx(expected.score, abs=1e-5)


def test_a_touched_file_is_read_once_and_not_embedded(
    index: Index, folder: Path, embedder: Any
) -> None:
    os.utime(folder / "envoy.txt", (LONG_AGO + 9, LONG_AGO + 9))
    reading = Reading()
    for _ in range(2):
        changes, _ = index.refresh(reading)
        assert names(changes.unchanged) == ["envoy.txt", "harbour.txt"]
    assert reading.names == ["envoy.txt"]
    assert embedder.embedded == []


def test_a_file_changed_this_moment_is_looked_at_again(index: Index, folder: Path) -> None:
    path = folder / "new.txt"
    path.write_text("one and two")
    index.refresh(sources.read)
    looks = Stamp.of(path)
    path.write_text("six and ten")  # as long, and within the grain of the clock
    os.utime(path, ns=(looks.modified, looks.modified))
    changes, _ = index.refresh(sources.read)
    assert names(changes.changed) == ["new.txt"]


def test_what_cannot_be_read_is_told_and_kept(index: Index, folder: Path) -> None:
    write(folder / "envoy.txt", "", LONG_AGO + 5)
    write(folder / "new.txt", LIGHT)
    changes, (problem,) = index.refresh(sources.read)
    assert "envoy.txt is empty" in problem
    assert names(changes.added) == ["new.txt"]
    assert len(index.lexical("envoy", 5)) == 1
    assert index.refresh(sources.read)[1] == [problem]


def test_texts_of_a_folder_that_is_not_there_are_kept(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    folder.rename(tmp_path / "away")
    changes, (problem,) = index.refresh(sources.read)
    assert f"{folder} is not there" in problem
    assert changes == Changes()
    assert len(_keys(index)) == 2


def test_texts_that_are_no_files_are_left_alone(index: Index, document: Any) -> None:
    index.add([document("stdin", LIGHT)])
    changes, _ = index.refresh(sources.read)
    assert changes.removed == ()
    assert "stdin" in _keys(index)


def test_a_cancelled_refresh_changes_nothing(index: Index, folder: Path) -> None:
    write(folder / "new.txt", LIGHT)
    (folder / "harbour.txt").unlink()
    before = _keys(index)
    assert index.refresh(sources.read, cancelled=lambda: True)[0] == Changes()
    assert _keys(index) == before
    assert names(index.refresh(sources.read)[0].removed) == ["harbour.txt"]


def test_a_rebuilt_index_still_follows_its_folders(
    index: Index, folder: Path, tmp_path: Path, embedder: Embedder
) -> None:
    index.rebuild()
    write(folder / "new.txt", LIGHT)
    reading = Reading()
    again = Index.open(tmp_path / "index", embedder=embedder)
    assert names(again.refresh(reading)[0].added) == ["new.txt"]
    assert reading.names == ["new.txt"]


def test_a_name_that_is_no_utf8_is_found_in_its_folder(
    index: Index, folder: Path, skip_without_raw_names: Callable[[Path], Path]
) -> None:
    path = skip_without_raw_names(folder)
    write(path, LIGHT)
    index.refresh(sources.read)
    changes, _ = index.refresh(sources.read)
    assert len(changes.unchanged) == 3
    path.unlink()
    assert len(index.refresh(sources.read)[0].removed) == 1


@pytest.fixture
def skip_without_raw_names() -> Callable[[Path], Path]:
    def named(folder: Path) -> Path:
        path = folder / os.fsdecode(b"caf\xe9.txt")
        try:
            path.touch()
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")
        return path

    return named


def test_a_survey_reads_nothing(index: Index, folder: Path, tmp_path: Path) -> None:
    write(folder / "new.txt", LIGHT)
    more = write(tmp_path / "other" / "more.txt", LIGHT)
    found = refreshing.survey(index.documents(), index._state.parts.store.files, [more.parent])
    assert {path.name for path in found.doubtful} == {"new.txt", "more.txt"}
    assert names(tuple(info.key for info in found.same)) == ["envoy.txt", "harbour.txt"]


def stamped(folder: Path) -> tuple[list[Path], dict[str, Stamp]]:
    paths = sources.expand([folder])
    return paths, {sources.key_of(path): Stamp.of(path) for path in paths}


def test_files_whose_looks_were_given_are_not_read_again(
    tmp_path: Path, folder: Path, embedder: Any
) -> None:
    paths, looks = stamped(folder)
    index = Index.open(tmp_path / "index", embedder=embedder)
    seen: dict[str, Stamp] = {}

    def documents() -> Iterator[Document]:
        for path in paths:
            seen[sources.key_of(path)] = Stamp.of(path)
            yield sources.read(path)

    index.add(documents(), stamps=seen)
    reading = Reading()
    assert names(index.refresh(reading)[0].unchanged) == ["envoy.txt", "harbour.txt"]
    assert reading.names == []
    write(folder / "envoy.txt", LIGHT, LONG_AGO + 9)
    assert names(index.refresh(reading)[0].changed) == ["envoy.txt"]
    assert reading.names == ["envoy.txt"]
    assert seen == looks
    index.close()


def test_looks_that_may_yet_change_are_not_remembered(
    tmp_path: Path, folder: Path, embedder: Any
) -> None:
    (path, *_), _ = stamped(folder)
    now = Stamp(path.stat().st_size, time.time_ns() + 3_600_000_000_000)
    index = Index.open(tmp_path / "index", embedder=embedder)
    index.add([sources.read(path)], stamps={sources.key_of(path): now})
    assert index._state.parts.store.files.all() == {}
    index.close()


def test_what_is_added_forgets_no_looks_of_others(index: Index, folder: Path) -> None:
    before = index._state.parts.store.files.all()
    path = write(folder / "new.txt", LIGHT)
    key = sources.key_of(path)
    index.add([sources.read(path)], stamps={key: Stamp.of(path)})
    assert index._state.parts.store.files.all() == before | {key: Stamp.of(path)}
