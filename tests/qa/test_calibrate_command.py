from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.calibration import FILE
from qa.cli import main

NAMES = ["Ada", "Bo", "Cal", "Dee", "Eva", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea"]
SOLD = [
    "Carts",
    "Boats",
    "Nets",
    "Ropes",
    "Lamps",
    "Coats",
    "Drums",
    "Bells",
    "Combs",
    "Keys",
    "Maps",
    "Pens",
]
TEXT = "\n\n".join(f"{name} sold {thing}." for name, thing in zip(NAMES, SOLD, strict=True))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "market.txt").write_text(TEXT, "utf-8")
    rows = []
    for name, thing in zip(NAMES, SOLD, strict=True):
        answers = [{"text": thing, "start": TEXT.index(thing)}]
        rows.append({"question": f"What was sold by {name}?", "answers": answers})
        rows.append({"question": f"Which moon orbits Planet{name}?", "answers": []})
    path = tmp_path / "mine.jsonl"
    lines = [json.dumps(row | {"document": "market.txt"}) for row in rows]
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(embedder: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Callable[..., int]:
    monkeypatch.setenv("PULLQUOTE_HOME", str(home))
    monkeypatch.setenv("PULLQUOTE_MODEL", str(embedder))
    monkeypatch.setenv("PULLQUOTE_READER", "lexical")
    return lambda *arguments: main(list(map(str, arguments)))


def test_a_calibration_is_kept_used_and_dropped(
    run: Callable[..., int], file: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("calibrate", file) == 0
    printed = capsys.readouterr().out
    assert "24 (12 answerable)" in printed
    assert f"Kept in {home / FILE}" in printed
    kept = json.loads((home / FILE).read_text("utf-8"))["readers"]["lexical"]

    market = file.parent / "market.txt"
    assert run("ask", "--json", "What was sold by Ada?", market) == 0
    assert json.loads(capsys.readouterr().out)["threshold"] == kept["threshold"]
    assert run("ask", "--json", "--threshold", "0.01", "What was sold by Ada?", market) == 0
    assert json.loads(capsys.readouterr().out)["threshold"] == 0.01

    assert run("calibrate", "--reset") == 0
    assert not (home / FILE).exists()
    assert run("calibrate", "--reset") == 0
    assert capsys.readouterr().out == "The calibration is dropped.\nThere was no calibration.\n"


def test_a_dry_run_keeps_nothing(
    run: Callable[..., int], file: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("calibrate", file, "--dry-run", "--false-answers", "0.05") == 0
    assert "Nothing is kept" in capsys.readouterr().out
    assert not (home / FILE).exists()


def test_another_embedder_makes_it_of_no_use_and_that_is_said(
    run: Callable[..., int], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("calibrate", file) == 0
    market = file.parent / "market.txt"
    capsys.readouterr()
    environment = pytest.MonkeyPatch()
    with environment.context() as other:
        other.delenv("PULLQUOTE_MODEL")
        run("ask", "What was sold by Ada?", market)
    assert "made with other models" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["FILE", "--reset"]])
def test_without_sense_it_is_refused(
    run: Callable[..., int], file: Path, arguments: list[str]
) -> None:
    assert run("calibrate", *[file if a == "FILE" else a for a in arguments]) == 2


def test_too_few_questions_of_a_kind_are_refused(
    run: Callable[..., int], file: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(lines[::2]), "utf-8")
    assert run("calibrate", file) == 2
    assert "12 questions are answerable and 0 are not" in capsys.readouterr().err
    assert not (home / FILE).exists()
