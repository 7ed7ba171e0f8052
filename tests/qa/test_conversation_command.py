"""``pullquote conversation`` and ``pullquote verify`` as a user meets them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.settings import Settings
from qa.assistant import Assistant
from qa.cli import main
from qa.conversation import Conversation
from qa.conversations import Conversations
from qa.exits import Exit
from tests.qa.texts import FERRY

FIRST = "Why will the ferry be repaired?"
REASON = "The ferry will be repaired in March because its hull has begun to rust."


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(
    capsysbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
) -> Run:
    """Runs ``pullquote`` in the directory of the text, with the home of ``settings``."""
    monkeypatch.setenv("PULLQUOTE_HOME", str(settings.home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PULLQUOTE_MODEL", str(settings.model))
    monkeypatch.setenv("PULLQUOTE_READER", "lexical")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Outcome:
        code = main(arguments)
        captured = capsysbinary.readouterr()
        return Outcome(code, captured.out.decode(), captured.err.decode())

    return call


@pytest.fixture
def talked(settings: Settings, tmp_path: Path) -> Path:
    """A text about which a conversation of two turns is kept, as number 1."""
    path = tmp_path / "ferry.txt"
    path.write_bytes(FERRY.encode())
    with Assistant.over([path], settings=settings) as asked, Conversations.of(settings) as store:
        talk = Conversation(asked, store=store)
        talk.answer(FIRST)
        talk.answer("Which volcano erupted near Reykjavik?")
    return path


def test_nothing_is_kept_at_first(run: Run, settings: Settings) -> None:
    given = run("conversation", "list")
    assert (given.code, given.out) == (Exit.ANSWERED, "")
    assert "No conversation is kept yet" in given.err
    assert not settings.home.exists()


@pytest.mark.usefixtures("talked")
def test_conversations_are_listed_shown_and_found(run: Run) -> None:
    listed = run("conversation", "list").out.rstrip("\n").split("\t")
    assert (listed[0], listed[2], listed[3]) == ("1", "2", FIRST)
    shown = run("conversation", "show", "1")
    assert f"1. {FIRST}\n{REASON}\n" in shown.out
    assert "ferry.txt:11, characters 604–675" in shown.out
    assert "2. Which volcano erupted near Reykjavik?\nNot in the text" in shown.out
    found = run("conversation", "search", "hulls", "rusting")
    assert found.code == Exit.ANSWERED
    assert found.out.split("\t") == ["1", "1", FIRST, FIRST, f"{REASON}\n"]
    assert run("conversation", "search", "zeppelin").code == Exit.NOT_IN_TEXT


@pytest.mark.usefixtures("talked")
def test_conversations_are_renamed_and_deleted(run: Run) -> None:
    assert run("conversation", "rename", "1", "The boat").code == Exit.ANSWERED
    assert run("conversation", "list").out.endswith("\tThe boat\n")
    assert run("conversation", "delete", "1").err == "Deleted: The boat\n"
    gone = run("conversation", "show", "1")
    assert (gone.code, gone.out) == (Exit.OTHER, "")
    assert gone.err.startswith("There is no conversation 1. See them all:")


@pytest.mark.parametrize("arguments", [("show", "x"), ("show", "0"), ("show", "9" * 30), ("jump",)])
def test_a_wrong_call_is_told(run: Run, arguments: tuple[str, ...]) -> None:
    given = run("conversation", *arguments)
    assert (given.code, given.out) == (Exit.USAGE, "")
    assert "Traceback" not in given.err


@pytest.mark.usefixtures("talked")
def test_an_export_goes_to_standard_output_in_utf_8(run: Run) -> None:
    given = run("conversation", "export", "1")
    assert given.out.startswith(f"# {FIRST}\n")
    assert "characters 604–675" in given.out


@pytest.mark.usefixtures("talked")
@pytest.mark.parametrize(
    ("name", "begins"), [("t.html", "<!"), ("t.json", "{"), ("t.markdown", "#"), ("t.txt", "#")]
)
def test_an_export_has_the_form_that_its_name_ends_with(
    run: Run, tmp_path: Path, name: str, begins: str
) -> None:
    assert run("conversation", "export", "1", "-o", str(tmp_path / name)).code == Exit.ANSWERED
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


@pytest.mark.usefixtures("talked")
def test_an_export_that_cannot_be_written_is_told(run: Run) -> None:
    given = run("conversation", "export", "1", "-o", "no/such/place.md")
    assert (given.code, given.out) == (Exit.SOURCE, "")
    assert "cannot be written" in given.err


@pytest.fixture(params=["md", "html", "json"])
def exported(request: pytest.FixtureRequest, run: Run, talked: Path) -> str:  # noqa: ARG001
    """The name of an export of the conversation, in each form."""
    name = f"talk.{request.param}"
    assert run("conversation", "export", "1", "--format", request.param, "-o", name).out == ""
    return name


def states(given: Outcome) -> set[str]:
    return {line.split()[0] for line in given.out.splitlines()}


def test_what_was_exported_stands_in_the_file(run: Run, exported: str) -> None:
    given = run("verify", exported)
    assert given.code == Exit.ANSWERED
    assert states(given) == {"unchanged"}
    assert f"unchanged  ferry.txt:11  {REASON}\n" in given.out.replace(str(Path.cwd()) + "/", "")
    assert given.err.endswith(" unchanged.\n")


def test_what_moved_is_told_with_its_new_line(run: Run, talked: Path, exported: str) -> None:
    talked.write_bytes(b"New first line.\n\n" + FERRY.encode())
    given = run("verify", exported)
    assert given.code == Exit.ANSWERED
    assert states(given) == {"moved"}
    assert ":11 → 13  " in given.out


def test_what_is_gone_is_told(run: Run, talked: Path, exported: str) -> None:
    talked.write_bytes(FERRY.replace("has begun to rust", "rusts").encode())
    given = run("verify", exported)
    assert given.code == Exit.NOT_IN_TEXT
    assert states(given) == {"unchanged", "gone"}
    assert given.out.startswith("gone       ")


def test_a_file_that_went_away_is_missing_until_it_is_named(
    run: Run, talked: Path, exported: str, tmp_path: Path
) -> None:
    (tmp_path / "archive").mkdir()
    talked.rename(tmp_path / "archive" / "old.txt")
    given = run("verify", exported)
    assert given.code == Exit.SOURCE
    assert states(given) == {"missing"}
    assert given.err.count("There is no file") == 1
    assert run("verify", exported, "archive").code == Exit.ANSWERED


def test_an_edited_export_is_told(run: Run, exported: str, tmp_path: Path) -> None:
    if exported.endswith("json"):
        return
    path = tmp_path / exported
    path.write_text(path.read_text("utf-8").replace("hull", "keel", 1), "utf-8")
    given = run("verify", exported)
    assert given.code == Exit.ANSWERED
    assert "The export was edited" in given.err


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (None, Exit.SOURCE, "cannot be read"),
        (b"", Exit.USAGE, "no export of Pullquote"),
        (b"\xff\xfe\x00binary", Exit.USAGE, "no export of Pullquote"),
        (FERRY.encode(), Exit.USAGE, "no export of Pullquote"),
    ],
)
def test_what_is_no_export_is_told(
    run: Run, tmp_path: Path, data: bytes | None, code: Exit, said: str
) -> None:
    if data is not None:
        (tmp_path / "talk.md").write_bytes(data)
    given = run("verify", "talk.md")
    assert (given.code, given.out) == (code, "")
    assert said in given.err
    assert len(given.err.strip().splitlines()) == 1


def test_restrictions_work_on_the_command_line(
    run: Run, talked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    given = run("ask", f"{FIRST} -hull in:ferry", talked.name)
    assert REASON not in given.out
    assert "Restricted: in “Harbour council keeps the night ferry”; without “hull”." in given.out
    assert run("ask", f"{FIRST} in:fery", talked.name).err == (
        "No text is called fery. Did you mean in:ferry.txt?\n"
    )
