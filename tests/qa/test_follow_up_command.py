"""``pullquote ask --after``: earlier questions, and what the last one is taken to mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.cli import main
from qa.exits import Exit
from qa.render import to_markdown, to_text
from qa.types import Answer, Verdict
from tests.qa.texts import FERRY

EARLIER, FOLLOWING, MEANT = (
    "Who is Tomas Brandt?", "What did he warn about?", "What did Tomas Brandt warn about?"
)  # fmt: skip


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, embedder: Path) -> None:
    """An empty directory with the text, the tiny model, and none of the user's settings."""
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PULLQUOTE_MODEL", str(embedder))
    monkeypatch.setenv("PULLQUOTE_READER", "lexical")
    monkeypatch.chdir(tmp_path)
    Path("ferry.txt").write_text(FERRY, encoding="utf-8")


def understood(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """What the question was taken to mean, as the JSON output says."""
    main(["ask", FOLLOWING, "ferry.txt", "--json", *options])
    told = json.loads(capsys.readouterr().out)
    assert told["question"] == FOLLOWING
    return str(told["understood"])


def test_a_question_is_understood_after_an_earlier_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert understood(capsys, "--after", EARLIER) == MEANT


def test_a_conversation_may_be_longer(capsys: pytest.CaptureFixture[str]) -> None:
    between = ("--after", "When did he ask for a higher fare?")
    assert understood(capsys, "--after", EARLIER, *between) == MEANT


@pytest.mark.parametrize("options", [(), ("--as-is",), ("--after", EARLIER, "--as-is")])
def test_a_question_may_be_taken_as_it_is(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    assert understood(capsys, *options) == FOLLOWING


def test_an_empty_earlier_question_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", FOLLOWING, "ferry.txt", "--after", " "]) == Exit.USAGE
    assert "empty" in capsys.readouterr().err


def test_what_was_understood_is_shown_if_it_is_not_what_was_asked() -> None:
    answer = Answer(FOLLOWING, MEANT, Verdict.NOT_IN_TEXT, 0.0, 0.4, (), ())
    assert f"Understood: {MEANT}\n" in to_text(answer)
    assert f"\nUnderstood: {MEANT}\n" in to_markdown(answer)


@pytest.mark.parametrize("question", [MEANT, f" {MEANT} ", f"{MEANT} in:ferry -fare"])
def test_restrictions_and_spaces_are_no_other_question(question: str) -> None:
    answer = Answer(question, MEANT, Verdict.NOT_IN_TEXT, 0.0, 0.4, (), ())
    assert "Understood" not in to_text(answer)
