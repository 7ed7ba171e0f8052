"""When a text is from: as its format states it, else as its file says; kept by every index."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from index.database import INDEX, Database, Kind
from index.problems import IndexProblem
from index.sources import read
from index.sources.dates import day, of_page
from index.store import Store
from index.types import Document
from tests.index import source_files as make


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2022-01-31T10:00:00+01:00", "2022-01-31"),
        (" 20220131", "2022-01-31"),
        ("D:20220131100000+01'00'", "2022-01-31"),
        ("2022-02-31", ""),
        ("0000-01-01", ""),
        ("January 31, 2022", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_day_as_formats_write_it(stated: str | None, expected: str) -> None:
    assert day(stated) == expected


@pytest.mark.parametrize(
    "page",
    [
        '<meta property="article:published_time" content="2022-01-31T08:00Z">',
        "<META content='2022-01-31' name='Date' />",
        '<meta name="date" content="soon"><meta itemprop="datePublished" content="2022-01-31">',
        '<script type="application/ld+json">{"datePublished" : "2022-01-31T08:00"}</script>',
    ],
)
def test_a_page_says_when_it_was_published(page: str) -> None:
    assert of_page(f"<html><head>{page}</head><p>Rain.</p></html>") == "2022-01-31"


def test_a_page_that_says_nothing_has_no_date() -> None:
    assert of_page('<meta name="viewport" content="2022-01-31"><p>datePublished 2022-01-31') == ""


def test_what_a_format_states_goes_before_the_day_of_the_file(tmp_path: Path) -> None:
    written = {
        "dam.html": b'<meta name="date" content="2022-01-31"><p>The dam leaks.</p>',
        "dam.docx": make.zipped(
            {
                "word/document.xml": f'<w:document xmlns:w="{make.WORD}"><w:body><w:p><w:r>'
                "<w:t>Rain.</w:t></w:r></w:p></w:body></w:document>",
                "docProps/core.xml": '<c xmlns:t="http://purl.org/dc/terms/">'
                "<t:created>2022-01-31T08:00:00Z</t:created></c>",
            }
        ),
        "dam.txt": b"Rain. 2022-01-31",
    }
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)
        moment = datetime(2021, 5, 4, 12).timestamp()  # noqa: DTZ001 - local, as files are
        os.utime(tmp_path / name, (moment, moment))
    found = {name: read(tmp_path / name).date for name in written}
    assert found == {
        "dam.html": "2022-01-31",
        "dam.docx": "2022-01-31",
        "dam.txt": "2021-05-04",
    }


def test_the_store_keeps_dates() -> None:
    store = Store()
    store.stage(Document("k", "T", "Rain.", "k", date="2022-01-31"), 0)
    store.stage(Document("j", "T", "Snow.", "j"), 0)
    store.publish()
    assert [info.date for info in store.documents()] == ["2022-01-31", ""]
    row = store.row("k")
    assert row is not None
    assert store.document(row).date == "2022-01-31"


OLD = Kind(INDEX.noun, INDEX.application, INDEX.schemas[:1])


def test_a_file_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    old = Database(tmp_path / "s", kind=OLD)
    with old.writing() as connection:
        connection.execute("INSERT INTO documents VALUES (1, 'k', 'T', 'k', 5, 0, '', 'then', 1)")
    old.close()
    with pytest.raises(IndexProblem, match="older version"):
        Store(tmp_path / "s", readonly=True)
    store = Store(tmp_path / "s")
    assert [(info.key, info.date) for info in store.documents()] == [("k", "")]
    store.close()
    with sqlite3.connect(tmp_path / "s") as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (INDEX.schema,)
    Store(tmp_path / "s", readonly=True).close()
