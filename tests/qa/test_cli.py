"""The command line as a user meets it: output, exit codes, and one sentence when it goes wrong."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from index.settings import Settings
from qa.cli import COMMANDS, main
from qa.exits import MEANINGS, Exit
from tests.qa.models import static_model
from tests.qa.texts import FERRY


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    embedder: Path,
) -> Run:
    """Runs ``pullquote`` in an empty directory with the tiny model."""
    for name in ("PULLQUOTE_CONFIG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PULLQUOTE_MODEL", str(embedder))
    monkeypatch.setenv("PULLQUOTE_READER", "lexical")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str | bytes | None = None) -> Outcome:
        if stdin is not None:
            data = stdin.encode() if isinstance(stdin, str) else stdin
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))
        code = main(arguments)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def ferry_file(tmp_path: Path) -> str:
    path = tmp_path / "ferry.txt"
    path.write_bytes(FERRY.encode())
    return path.name


QUESTION = "Why will the ferry be repaired in March?"
ANSWER = "The ferry will be repaired in March because its hull has begun to rust."


def refused(outcome: Outcome, code: Exit, *parts: str) -> None:
    """The outcome is nothing on stdout, and on stderr a sentence or two without a traceback."""
    assert (outcome.code, outcome.out) == (code, "")
    for part in parts:
        assert part in outcome.err
    assert "Traceback" not in outcome.err
    assert len(outcome.err.strip().splitlines()) <= 2


# Asking


def test_the_answer_is_on_stdout_and_nothing_on_stderr(run: Run, ferry_file: str) -> None:
    given = run("ask", QUESTION, ferry_file)
    assert (given.code, given.err) == (Exit.ANSWERED, "")
    assert given.out.splitlines()[0] == ANSWER
    assert f"‹{ANSWER}›" in given.out
    assert "ferry.txt:11, characters 604–675" in given.out


def test_json_holds_slices_of_the_file(run: Run, ferry_file: str) -> None:
    given = run("ask", "--json", QUESTION, ferry_file)
    data = json.loads(given.out)
    assert {"question", "text", "confidence", "threshold", "evidence", "near_misses"} <= set(data)
    assert (data["question"], data["text"]) == (QUESTION, ANSWER)
    best = data["evidence"][0]
    assert (best["document"], best["line"]) == (ferry_file, 11)
    for level in ("passage", "sentence", "span"):
        assert FERRY[best[level]["start"] : best[level]["end"]] == best[level]["text"]
    scores = [piece["score"] for piece in data["evidence"]]
    assert scores == sorted(scores, reverse=True)
    assert data["confidence"] == scores[0] >= data["threshold"]


def test_markdown(run: Run, ferry_file: str) -> None:
    given = run("ask", "--format", "markdown", QUESTION, ferry_file)
    assert f"> {ANSWER}" in given.out


def test_what_the_text_does_not_tell_has_an_exit_code(run: Run, ferry_file: str) -> None:
    given = run("ask", "Which volcano erupted near Reykjavik?", ferry_file)
    assert given.code == Exit.NOT_IN_TEXT
    assert given.out.startswith("Not in the text")


def test_a_threshold_of_one_refuses_everything(run: Run, ferry_file: str) -> None:
    given = run("ask", "--threshold", "1", "--json", QUESTION, ferry_file)
    assert given.code == Exit.NOT_IN_TEXT
    assert json.loads(given.out)["near_misses"][0]["sentence"]["text"] == ANSWER


def test_a_text_from_standard_input(run: Run) -> None:
    given = run("ask", QUESTION, "-", stdin=FERRY)
    assert given.code == Exit.ANSWERED
    assert "-:11, characters 604–675" in given.out


def test_colour_only_when_told_or_at_a_terminal(
    run: Run, ferry_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in run("ask", QUESTION, ferry_file).out
    assert "\x1b[1m" in run("ask", "--color", QUESTION, ferry_file).out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert "\x1b" not in run("ask", "--no-color", QUESTION, ferry_file).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("ask", QUESTION, ferry_file).out


def test_escape_sequences_of_a_text_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    name = "evil\x1b[2J.txt"
    (tmp_path / name).write_text(FERRY.replace("its hull", "\x1b]0;owned\x07its hull"))
    given = run("ask", QUESTION, name)
    assert "hull" in given.out
    assert "\x1b" not in given.out + given.err
    assert "\x07" not in given.out


def test_a_windows_file_keeps_its_offsets(run: Run, tmp_path: Path) -> None:
    text = FERRY.replace("\n", "\r\n")
    (tmp_path / "dos.txt").write_bytes(text.encode())
    data = json.loads(run("ask", "--json", QUESTION, "dos.txt").out)
    span = data["evidence"][0]["span"]
    assert text[span["start"] : span["end"]] == span["text"] == ANSWER


# Bad input


@pytest.mark.parametrize("question", ["", "   ", "???"])
def test_an_empty_question(run: Run, ferry_file: str, question: str) -> None:
    refused(run("ask", question, ferry_file), Exit.USAGE, "question", "Ask something")


def test_a_question_of_ten_thousand_characters(run: Run, ferry_file: str) -> None:
    refused(run("ask", "why " * 2500, ferry_file), Exit.USAGE, "9,999 characters", "sentence")


def test_a_question_without_a_text(run: Run) -> None:
    refused(run("ask", QUESTION), Exit.USAGE, "no text", "--index")


def test_articles_and_an_index_together(run: Run, ferry_file: str) -> None:
    refused(run("ask", QUESTION, ferry_file, "--index", "news"), Exit.USAGE, "index add news")


def test_a_missing_file(run: Run) -> None:
    refused(run("ask", QUESTION, "nowhere.txt"), Exit.SOURCE, "nowhere.txt")


@pytest.mark.parametrize(
    "content", [b"", b" \n\n ", b"\x7fELF\x02\x01\x00\x00" + bytes(range(256)) * 8]
)
def test_empty_and_binary_files(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.txt").write_bytes(content)
    refused(run("ask", QUESTION, "bad.txt"), Exit.SOURCE, "bad.txt")


def test_a_file_over_the_limit(run: Run, ferry_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLQUOTE_MAX_BYTES", "100")
    refused(run("ask", QUESTION, ferry_file), Exit.SOURCE, "ferry.txt")


def test_empty_standard_input(run: Run) -> None:
    refused(run("ask", QUESTION, "-", stdin=""), Exit.SOURCE)


def test_closed_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    refused(run("ask", QUESTION, "-"), Exit.SOURCE, "Standard input is closed")


def test_a_missing_model(run: Run, ferry_file: str) -> None:
    refused(run("ask", "--model", "/nowhere/model", QUESTION, ferry_file), Exit.MODEL, "/nowhere")


def test_a_missing_reader(run: Run, ferry_file: str) -> None:
    outcome = run("ask", "--reader", "/nowhere/reader", QUESTION, ferry_file)
    refused(outcome, Exit.MODEL, "/nowhere/reader", "--reader lexical")


def test_a_missing_reranker(run: Run, ferry_file: str) -> None:
    outcome = run("ask", "--reranker", "/nowhere/reranker", QUESTION, ferry_file)
    refused(outcome, Exit.MODEL, "/nowhere/reranker", "CrossEncoder")


def test_a_bad_setting(run: Run, ferry_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLQUOTE_THRESHOLD", "high")
    refused(run("ask", QUESTION, ferry_file), Exit.USAGE, "PULLQUOTE_THRESHOLD")


def test_a_threshold_that_is_no_probability(run: Run, ferry_file: str) -> None:
    outcome = run("ask", "--threshold", "7", QUESTION, ferry_file)
    assert (outcome.code, outcome.out) == (Exit.USAGE, "")
    assert "--threshold" in outcome.err


# Words


def test_help_names_every_exit_code_and_installed_command(run: Run) -> None:
    given = run("--help")
    assert given.code == 0
    for code in Exit:
        assert MEANINGS[code] in given.out
    for name in ("open", "ask", "index", "sample"):
        assert COMMANDS[name].help in " ".join(given.out.split())


@pytest.mark.parametrize("name", ["ask", "index", "open", "sample"])
def test_every_command_has_an_example(run: Run, name: str) -> None:
    given = run(name, "--help")
    assert given.code == 0
    assert f"pullquote {name}" in given.out
    assert "Examples:" in given.out


def test_version(run: Run) -> None:
    given = run("--version")
    assert given.out.startswith("pullquote ")


def test_a_group_without_a_command_shows_its_help_once(run: Run) -> None:
    given = run("index")
    assert (given.code, given.out) == (Exit.USAGE, "")
    assert given.err.count("Usage:") == 1


def test_a_misspelt_command(run: Run) -> None:
    refused(run("aks", QUESTION), Exit.USAGE, "Did you mean ask?")


def test_a_misspelt_file(run: Run, ferry_file: str) -> None:
    assert ferry_file == "ferry.txt"
    refused(run("fery"), Exit.USAGE, "Did you mean ferry.txt?")


def test_a_word_like_nothing(run: Run) -> None:
    refused(run("xyzzy"), Exit.USAGE, "pullquote --help")


def test_the_app_needs_a_terminal(run: Run, ferry_file: str) -> None:
    refused(run(ferry_file), Exit.USAGE, "terminal", "pullquote ask")
    refused(run(), Exit.USAGE, "terminal")


def test_where_nothing_can_be_drawn_the_plain_way_is_told(
    run: Run, ferry_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.commands.open.is_interactive", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    refused(run(ferry_file), Exit.USAGE, "TERM", "pullquote chat --plain")


def test_a_missing_article_is_told_before_the_app_opens(run: Run) -> None:
    refused(run("nowhere.txt"), Exit.SOURCE, "nowhere.txt")


def test_the_app_opens_on_the_articles(
    run: Run, ferry_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ask").write_text(FERRY)
    opened: list[object] = []

    def record(
        sources: list[str],
        index: str | None,
        settings: Settings,
        resume: int | None,
        keep: bool,
    ) -> int:
        opened.append((sources, index, settings.reader, resume, keep))
        return 0

    monkeypatch.setattr("qa.commands.open.is_interactive", lambda: True)
    monkeypatch.setattr("qa.commands.open.can_draw", lambda: True)
    monkeypatch.setitem(sys.modules, "tui", SimpleNamespace(run=record))
    assert run(ferry_file, "./ask").code == 0
    assert run("--index", "news").code == 0
    assert run("open", ferry_file, "--reader", "other").code == 0
    assert run("--resume").code == 0
    assert run("--resume", ferry_file, "--no-keep").code == 0
    assert run(ferry_file, "--resume", "7").code == 0
    assert opened == [
        ([ferry_file, "./ask"], None, "lexical", None, True),
        ([], "news", "lexical", None, True),
        ([ferry_file], None, "other", None, True),
        ([], None, "lexical", 0, True),
        ([ferry_file], None, "lexical", 0, False),
        ([ferry_file], None, "lexical", 7, True),
    ]


# The sample


def test_the_sample_answers_questions_one_a_line(run: Run) -> None:
    given = run("sample", stdin="Who is Sergei Ryabkov?\n\n???\nWhere were the talks held?\n")
    assert given.code == 0
    lines = given.out.splitlines()
    assert lines[0] == "Who is Sergei Ryabkov?"
    assert "Where were the talks held?" in lines
    assert "geneva.txt:" in given.out
    assert "Question 2" in given.err


def test_the_sample_without_questions(run: Run) -> None:
    given = run("sample", stdin="")
    assert (given.code, given.out) == (0, "")
    assert "Give one a line" in given.err


def test_an_unknown_sample(run: Run) -> None:
    refused(run("sample", "nothing", stdin=""), Exit.SOURCE, "geneva")


# Indexes


def test_an_index_lives_from_build_to_remove(run: Run, ferry_file: str, tmp_path: Path) -> None:
    assert run("index", "build", "news", ferry_file).err == "1 added\n"
    assert run("index", "list").out == "news\n"
    assert run("ask", QUESTION, "--index", "news").out.splitlines()[0] == ANSWER
    assert run("index", "add", "news", ferry_file).err == "1 unchanged\n"
    (tmp_path / ferry_file).write_text(FERRY.replace("March", "June"))
    assert run("index", "add", "news", ferry_file).err == "1 changed\n"
    assert "June" in run("ask", "When will the ferry be repaired?", "--index", "news").out
    assert run("index", "verify", "news").code == 0
    assert "passages  " in run("index", "status", "news").out
    assert run("index", "rebuild", "news").code == 0
    listed = run("index", "list", "news").out
    assert f"\t{ferry_file}\tHarbour council keeps the night ferry\n" in listed
    assert run("index", "remove", "news", ferry_file).err == "1 removed\n"
    assert run("index", "list", "news").out == ""
    assert run("ask", QUESTION, "--index", "news").code == Exit.NOT_IN_TEXT


def test_an_index_may_be_given_by_its_path(run: Run, ferry_file: str, tmp_path: Path) -> None:
    assert run("index", "build", "./kept", ferry_file).code == 0
    assert (tmp_path / "kept").is_dir()
    assert run("ask", QUESTION, "--index", "./kept").code == 0


def test_building_twice_is_refused_and_harms_nothing(run: Run, ferry_file: str) -> None:
    run("index", "build", "news", ferry_file)
    refused(run("index", "build", "news", ferry_file), Exit.INDEX, "index add news")
    assert run("ask", QUESTION, "--index", "news").code == 0


def test_a_bad_article_leaves_the_index_as_it_was(run: Run, ferry_file: str) -> None:
    run("index", "build", "news", ferry_file)
    refused(run("index", "add", "news", "nowhere.txt"), Exit.SOURCE, "nowhere.txt")
    assert run("ask", QUESTION, "--index", "news").code == 0


def test_a_failed_build_can_be_tried_again(run: Run, ferry_file: str) -> None:
    refused(run("index", "build", "news", "nowhere.txt"), Exit.SOURCE, "nowhere.txt")
    assert run("index", "build", "news", ferry_file).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", QUESTION, "--index", "nothing"),
        ("index", "add", "nothing", "ferry.txt"),
        ("index", "status", "nothing"),
        ("index", "verify", "nothing"),
        ("index", "rebuild", "nothing"),
        ("index", "list", "nothing"),
    ],
)
@pytest.mark.usefixtures("ferry_file")
def test_a_missing_index(run: Run, arguments: tuple[str, ...]) -> None:
    refused(run(*arguments), Exit.INDEX, "nothing", "index build")


def test_an_unknown_text_of_an_index(run: Run, ferry_file: str) -> None:
    run("index", "build", "news", ferry_file)
    refused(run("index", "remove", "news", "other.txt"), Exit.INDEX, "other.txt", "index list news")


def test_an_index_remembers_its_model(
    run: Run, ferry_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("index", "build", "news", ferry_file)
    monkeypatch.delenv("PULLQUOTE_MODEL")
    assert run("ask", QUESTION, "--index", "news").code == 0
    other = str(static_model(tmp_path / "other", [FERRY], dimension=16))
    outcome = run("ask", QUESTION, "--index", "news", "--model", other)
    refused(outcome, Exit.INDEX, "rebuild")
    assert run("index", "rebuild", "news", "--model", other).code == 0
    assert run("ask", QUESTION, "--index", "news").code == 0
    assert "16 dimensions" in run("index", "status", "news").out


def test_something_else_in_the_place_of_an_index(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("not an index")
    refused(run("ask", QUESTION, "--index", "./kept"), Exit.INDEX, "kept")
