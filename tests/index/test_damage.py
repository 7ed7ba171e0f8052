"""Files of an index that are not what was written: found, and never quoted."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from index import database, layout
from index.library import Index
from index.ports import Embedder
from index.problems import IndexProblem
from index.types import Document

Making = Callable[[str, str], Document]
HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."
TRIES = 25
"""Bytes flipped in each file."""


@pytest.fixture
def place(tmp_path: Path, embedder: Embedder, document: Making) -> Path:
    path = tmp_path / "index"
    made = Index.open(path, embedder=embedder)
    made.add([document("harbour", HARBOUR), document("envoy", ENVOY)])
    made.close()
    return path


@pytest.fixture
def kept(place: Path, embedder: Embedder, document: Making) -> Path:
    """With a snapshot too that holds an older version of a document."""
    made = Index.open(place, embedder=embedder)
    made.add([document("envoy", HARBOUR), document("gone", HARBOUR)])
    made.snapshot("before")
    made.add([document("envoy", ENVOY)])
    made.remove(["gone"])
    made.close()
    return place


def contents(index: Index) -> dict[str, tuple[str, list[str]]]:
    """Every document with its text and the texts of its passages, as a user would see them."""
    shown = {info.key: index.document(info.key).text for info in index.documents()}
    passages = index.passages(index.passages_of(shown))
    quoted: dict[str, list[str]] = {key: [] for key in shown}
    for passage in passages:
        text = shown[passage.document]
        quoted[passage.document] += [s.of(text) for s in (passage.span, *passage.sentences)]
    return {key: (text, quoted[key]) for key, text in shown.items()}


def files_of(place: Path) -> list[str]:
    return sorted(
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.is_file() and path.stat().st_size
    )


def harmed(place: Path, to: Path, name: str, harm: Callable[[bytearray], object]) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(place, to)
    data = bytearray((to / name).read_bytes())
    harm(data)
    (to / name).write_bytes(data)
    return to


State = tuple[dict[str, tuple[str, list[str]]], ...]


def states(index: Index) -> State:
    """What an index shows, and what it shows after each of its snapshots is restored."""
    shown = [contents(index)]
    for snapshot in index.snapshots():
        index.restore(snapshot.label)
        shown.append(contents(index))
    return tuple(shown)


def whole(place: Path, to: Path, embedder: Embedder) -> State:
    index = Index.open(harmed(place, to, "current", lambda _: None), embedder=embedder)
    shown = states(index)
    index.close()
    return shown


def is_found_or_harmless(place: Path, embedder: Embedder, expected: State) -> bool:
    """Whether the index refuses, warns, finds it by verify, or is as it was for all it shows."""
    try:
        index = Index.open(place, embedder=embedder, create=False)
    except IndexProblem:
        return True
    try:
        found = [*index.status().warnings, *index.verify()]
        return bool(found) or states(index) == expected
    except IndexProblem:
        return True
    finally:
        index.close()


def test_a_flipped_byte_never_becomes_a_wrong_quote(
    kept: Path, embedder: Embedder, tmp_path: Path
) -> None:
    expected = whole(kept, tmp_path / "copy", embedder)
    dice = random.Random(7)
    missed = []
    for name in files_of(kept):
        size = (kept / name).stat().st_size
        for at in sorted(dice.sample(range(size), min(TRIES, size))):
            bit = 1 << dice.randrange(8)
            copy = harmed(kept, tmp_path / "copy", name, partial(_flip, at=at, bit=bit))
            if not is_found_or_harmless(copy, embedder, expected):
                missed.append((name, at, bit))
    assert missed == []


def _flip(data: bytearray, at: int, bit: int) -> None:
    data[at] ^= bit


@pytest.mark.parametrize("rest", [0, 0.5, 0.97])
def test_a_cut_file_never_becomes_a_wrong_quote(
    kept: Path, embedder: Embedder, tmp_path: Path, rest: float
) -> None:
    expected = whole(kept, tmp_path / "copy", embedder)
    for name in files_of(kept):
        copy = harmed(
            kept, tmp_path / "copy", name, lambda d: d.__delitem__(slice(int(len(d) * rest), None))
        )
        assert is_found_or_harmless(copy, embedder, expected), name


def change(place: Path, sql: str) -> None:
    generation = layout.current(place)
    assert generation is not None
    connection = sqlite3.connect(generation.store)
    connection.execute(sql)
    connection.commit()
    connection.close()


CHANGES = {
    "a text": (
        "UPDATE texts SET text = CAST(replace(text, 'froze', 'melts') AS BLOB) WHERE document = 1",
        "text of 'harbour'",
    ),
    "a title": ("UPDATE documents SET title = 'x' WHERE key = 'envoy'", "text of 'envoy'"),
    "blocks": ("UPDATE texts SET blocks = '[1]' WHERE document = 1", "text of 'harbour'"),
    "a border": ("UPDATE passages SET first = 4 WHERE id = 1", "Damaged passages: 1"),
    "sentences": ("UPDATE passages SET sentences = x'00' WHERE id = 2", "Damaged passages: 1"),
    "a vector": ("UPDATE vectors SET half = zeroblob(32) WHERE passage = 1", "Damaged vectors: 1"),
    "vectors in each other's place": (
        "UPDATE vectors SET half = (SELECT half FROM vectors v WHERE v.passage != vectors.passage)",
        "Damaged vectors",
    ),
    "a lost passage": ("DELETE FROM passages WHERE id = 2", "lost passages"),
}


@pytest.mark.parametrize(("sql", "told"), CHANGES.values(), ids=CHANGES)
def test_a_changed_row_is_found_and_repaired(
    place: Path, embedder: Embedder, sql: str, told: str
) -> None:
    change(place, sql)
    index = Index.open(place, embedder=embedder)
    found = index.repair()
    assert any(told in damage for damage in found), found
    assert index.verify() == []
    assert any("was repaired on" in warning for warning in index.status().warnings)
    whole = {"harbour": HARBOUR, "envoy": ENVOY}
    shown = {key: text for key, (text, _) in contents(index).items()}
    assert shown.items() <= whole.items()
    assert len(shown) == (1 if "text of" in told else 2)
    index.close()
    again = Index.open(place, embedder=embedder)
    assert (again.verify(), again.repair()) == ([], [])


@pytest.mark.parametrize("name", ["a text", "a border", "sentences"])
def test_a_changed_row_is_never_quoted(place: Path, embedder: Embedder, name: str) -> None:
    change(place, CHANGES[name][0])
    index = Index.open(place, embedder=embedder)
    with pytest.raises(IndexProblem, match="is damaged in the index") as problem:
        contents(index)
    assert "pullquote index repair" in problem.value.remedy


def test_nothing_is_repaired_where_nothing_is_damaged(place: Path, embedder: Any) -> None:
    index = Index.open(place, embedder=embedder)
    embedder.embedded.clear()
    names = sorted(path.name for path in place.iterdir())
    assert index.repair() == []
    assert sorted(path.name for path in place.iterdir()) == names
    assert index.status().warnings == ()


@pytest.mark.parametrize("schema", range(1, database.SCHEMA))
def test_an_index_of_every_older_schema_is_brought_up_to_date(
    place: Path, embedder: Any, document: Making, schema: int
) -> None:
    index = Index.open(place, embedder=embedder)
    expected = contents(index), index.lexical("envoy", 5)
    index.close()
    for number in range(database.SCHEMA, schema, -1):
        for statement in BACK[number]:
            change(place, statement)
    change(place, f"PRAGMA user_version = {schema}")
    embedder.embedded.clear()
    old = Index.open(place, embedder=embedder)
    assert (contents(old), old.lexical("envoy", 5)) == expected
    assert (old.verify(), old.status().schema) == ([], database.SCHEMA)
    assert embedder.embedded[2:] == []  # two are looked at by verify
    old.snapshot("as it was")
    old.add([document("envoy", HARBOUR)])
    old.restore("as it was")
    assert (old.verify(), contents(old)) == ([], expected[0])


BACK = {
    2: ["ALTER TABLE documents DROP COLUMN date"],
    3: [
        "DROP TABLE stamps",
        "DROP TABLE folders",
        *(f"ALTER TABLE {t} DROP COLUMN checksum" for t in ("documents", "passages", "vectors")),
    ],
    4: ["DROP TABLE kept", "DROP TABLE snapshots", "DROP INDEX versions"],
    5: ["ALTER TABLE passages DROP COLUMN words"],
}
"""From each schema to the one before it."""
