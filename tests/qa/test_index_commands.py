"""Indexes looked after from the command line: refreshed, verified, repaired."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from index.opening import take_back
from qa.cli import main
from qa.exits import Exit


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: Path) -> Path:
    """An index ``news`` of a folder with two texts, in an empty home."""
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PULLQUOTE_MODEL", str(embedder))
    texts = tmp_path / "texts"
    texts.mkdir()
    for name in ("ferry", "envoy"):
        (texts / f"{name}.txt").write_text(f"The {name} stayed in port until noon.")
        os.utime(texts / f"{name}.txt", (1_600_000_000, 1_600_000_000))
    assert main(["index", "build", "news", str(texts)]) == Exit.ANSWERED
    return texts


def test_refresh_says_in_a_line_what_became_of_the_files(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["index", "refresh", "news"]) == Exit.ANSWERED
    assert capsys.readouterr() == ("", "2 unchanged\n")
    (folder / "ferry.txt").rename(folder / "boat.txt")
    (folder / "new.txt").write_text("Snow fell on the pier.")
    (folder / "envoy.txt").write_text("The envoy left.")
    assert main(["index", "refresh", "news"]) == Exit.ANSWERED
    assert capsys.readouterr() == ("", "1 added, 1 changed, 1 moved\n")
    (folder / "new.txt").unlink()
    assert main(["index", "refresh", "news"]) == Exit.ANSWERED
    assert capsys.readouterr() == ("", "2 unchanged, 1 removed\n")


def test_refresh_tells_what_cannot_be_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty.txt").touch()
    capsys.readouterr()
    assert main(["index", "refresh", "news"]) == Exit.SOURCE
    said = capsys.readouterr().err.splitlines()
    assert said[0].endswith("empty.txt is empty.")
    assert said[1:] == ["2 unchanged"]


def test_damage_is_found_repaired_and_remembered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (store,) = (folder.parent / "home").rglob("store.sqlite")
    connection = sqlite3.connect(store)
    connection.execute("UPDATE passages SET first = 4 WHERE id = 1")
    connection.commit()
    connection.close()
    capsys.readouterr()
    assert main(["index", "verify", "news"]) == Exit.INDEX
    out, err = capsys.readouterr()
    assert out == "Damaged passages: 1.\n"
    assert "pullquote index repair news" in err
    assert main(["index", "repair", "news"]) == Exit.ANSWERED
    assert capsys.readouterr().err == "Repaired.\n"
    assert main(["index", "verify", "news"]) == Exit.ANSWERED
    assert main(["index", "status", "news"]) == Exit.ANSWERED
    told = capsys.readouterr()
    assert "was repaired on" in told.err
    assert "search    exact\n" in told.out
    assert main(["index", "repair", "news"]) == Exit.ANSWERED
    assert capsys.readouterr().err == "Nothing was damaged.\n"


def test_snapshots_are_taken_listed_restored_and_discarded(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", "snapshot", "news", "before"]) == Exit.ANSWERED
    (folder / "envoy.txt").write_text("The envoy left.")
    (folder / "new.txt").write_text("Snow fell on the pier.")
    assert main(["index", "refresh", "news"]) == Exit.ANSWERED
    capsys.readouterr()
    assert main(["index", "snapshots", "news"]) == Exit.ANSWERED
    label, texts, own, made = capsys.readouterr().out.rstrip().split("\t")
    assert (label, texts, own, made[-6:]) == ("before", "2", "1", "+00:00")
    assert main(["index", "restore", "news", "before"]) == Exit.ANSWERED
    assert capsys.readouterr() == ("", "1 changed, 1 unchanged, 1 removed\n")
    assert main(["index", "refresh", "news"]) == Exit.ANSWERED
    assert capsys.readouterr() == ("", "1 added, 1 changed, 1 unchanged\n")
    assert main(["index", "discard", "news", "before"]) == Exit.ANSWERED
    assert main(["index", "snapshots", "news"]) == Exit.ANSWERED
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("restore", "news", "none"), Exit.INDEX, "There is no snapshot 'none'"),
        (("discard", "news", "none"), Exit.INDEX, "There is no snapshot 'none'"),
        (("snapshot", "news", "\x1b[31m"), Exit.USAGE, "cannot name a snapshot"),
        (("snapshot", "nothing", "a"), Exit.INDEX, "There is no index at"),
    ],
)
def test_what_cannot_be_done_with_a_snapshot_is_told(
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    capsys.readouterr()
    assert main(["index", *arguments]) == code
    said = capsys.readouterr().err
    assert told in said
    assert "\x1b" not in said


def test_a_bad_text_leaves_no_index_and_none_of_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "zebra.txt").touch()
    assert main(["index", "build", "other", str(folder)]) == Exit.SOURCE
    assert "zebra.txt is empty" in capsys.readouterr().err
    assert main(["index", "list"]) == Exit.ANSWERED
    assert capsys.readouterr().out == "news\n"
    assert main(["index", "add", "news", str(folder / "zebra.txt")]) == Exit.SOURCE
    (folder / "boat.txt").write_text("A boat came in.")
    assert main(["index", "add", "news", str(folder)]) == Exit.SOURCE
    capsys.readouterr()
    assert main(["index", "list", "news"]) == Exit.ANSWERED
    listed = capsys.readouterr().out
    assert len(listed.splitlines()) == 2
    assert "boat" not in listed


def test_an_index_that_has_texts_is_never_taken_back(folder: Path) -> None:
    home = folder.parent / "home" / "indexes" / "news"
    take_back(home)
    assert main(["index", "verify", "news"]) == Exit.ANSWERED
    take_back(folder)  # is none
    assert len([*folder.iterdir()]) == 2


def test_the_first_refresh_reads_no_file_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("index.sources.read", None)
    capsys.readouterr()
    assert main(["index", "refresh", "news"]) == Exit.ANSWERED
    assert capsys.readouterr().err == "2 unchanged\n"
    assert len([*folder.iterdir()]) == 2
