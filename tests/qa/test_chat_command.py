"""``pullquote chat`` line by line, as a user meets it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from index.settings import Settings
from qa.cli import main
from qa.conversations import Conversations
from qa.exits import Exit
from qa.types import Verdict
from tests.qa.texts import FERRY

WHO, WHAT, MEANT = (
    "Who is Tomas Brandt?", "What did he warn about?", "What did Tomas Brandt warn about?"
)  # fmt: skip


class Chat:
    """Runs ``pullquote chat`` with lines on its standard input."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *lines: str, options: tuple[str, ...] = ("ferry.txt",)) -> tuple[str, str]:
        code, out, err = self.outcome(*lines, options=options)
        assert code == Exit.ANSWERED
        return out, err

    def outcome(self, *lines: str, options: tuple[str, ...]) -> tuple[int, str, str]:
        self._patch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        code = main(["chat", *options])
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def chat(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
) -> Chat:
    """In a directory with the text, the tiny model, and none of the user's settings."""
    monkeypatch.setenv("PULLQUOTE_HOME", str(settings.home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PULLQUOTE_MODEL", str(settings.model))
    monkeypatch.setenv("PULLQUOTE_READER", "lexical")
    monkeypatch.chdir(tmp_path)
    Path("ferry.txt").write_text(FERRY, encoding="utf-8")
    return Chat(capsys, monkeypatch)


def understood(settings: Settings, id_: int = 1) -> list[str]:
    """How the questions of a kept conversation were understood."""
    with Conversations.of(settings) as store:
        return [kept.understood for kept in store.load(id_)]


def test_a_follow_up_is_understood_shown_and_kept(chat: Chat, settings: Settings) -> None:
    out, err = chat(WHO, WHAT)
    assert f"? {WHAT}\n" in out
    assert f"Understood: {MEANT}\n" in out
    assert err == ""
    assert understood(settings) == [WHO, MEANT]


def test_a_question_may_be_asked_as_it_is(chat: Chat, settings: Settings) -> None:
    out, _ = chat(WHO, f":as-is {WHAT}")
    assert "Understood:" not in out
    assert understood(settings) == [WHO, WHAT]
    assert "Write the question behind it" in chat(":as-is")[0]


def test_nothing_is_kept_if_not_wanted(chat: Chat, settings: Settings) -> None:
    out, _ = chat(WHO, WHAT, ":conversations", ":resume 1", options=("--no-keep", "ferry.txt"))
    assert f"Understood: {MEANT}\n" in out
    assert out.count("Conversations are not kept here.") == 2
    assert not (settings.home / "conversations.db").exists()


@pytest.mark.parametrize(
    "options", [("--resume",), ("--resume", "ferry.txt"), ("--resume", "1"), ("--resume=1",)]
)
def test_the_last_conversation_is_gone_on_with(
    chat: Chat, settings: Settings, options: tuple[str, ...]
) -> None:
    chat(WHO)
    out, err = chat(WHAT, options=options)
    assert err.startswith(f"Going on with “{WHO}”, 1 turn. The last one: {WHO} – ")
    assert f"Understood: {MEANT}\n" in out
    assert understood(settings) == [WHO, MEANT]


def test_a_certain_conversation_is_gone_on_with(chat: Chat, settings: Settings) -> None:
    chat(WHO)
    chat("When will the ferry be repaired?")
    chat(WHAT, options=("--resume", "1", "ferry.txt"))
    assert understood(settings, 1) == [WHO, MEANT]
    assert len(understood(settings, 2)) == 1


@pytest.mark.parametrize("options", [("--resume",), ("--resume", "7"), ("--resume", "9" * 30)])
def test_what_is_not_there_cannot_be_gone_on_with(chat: Chat, options: tuple[str, ...]) -> None:
    code, _, err = chat.outcome(WHAT, options=(*options, "ferry.txt"))
    assert code == Exit.OTHER
    assert "o conversation" in err
    assert "Traceback" not in err


def test_going_on_without_keeping_makes_no_sense(chat: Chat) -> None:
    assert chat.outcome(options=("--resume", "--no-keep"))[0] == Exit.USAGE


def test_the_last_answer_of_a_text_that_is_gone(chat: Chat) -> None:
    chat(WHO)
    Path("other.txt").write_text("Nothing of that kind stands here.\n", encoding="utf-8")
    Path("ferry.txt").unlink()
    out, _ = chat(":1", options=("--resume", "other.txt"))
    assert "The text of the last answer is not there any more." in out
    code, _, err = chat.outcome(":1", options=("--resume",))
    assert code == Exit.USAGE
    assert "no text to ask" in err


def test_conversations_are_begun_listed_and_reopened(chat: Chat, settings: Settings) -> None:
    out, err = chat(WHO, ":new", WHAT, ":conversations", ":resume 1", WHAT, ":resume", ":resume 7")
    assert "A new conversation." in out
    rows = [line for line in out.splitlines() if " UTC  " in line]
    assert [(row[0], row.split("  ", 2)[2]) for row in rows] == [
        ("2", f"1 turn  {WHAT}"),
        ("1", f"1 turn  {WHO}"),
    ]
    assert understood(settings, 1) == [WHO, MEANT]
    assert understood(settings, 2) == [WHAT]
    assert "Write its number behind it" in out
    assert "There is no conversation 7." in err


def test_it_is_exported_in_the_form_of_the_suffix(chat: Chat) -> None:
    out, err = chat(":export talk.md", WHO, ":export talk.json", ":export talk.md", ":export")
    assert err.startswith("There is nothing to export yet.")
    assert "Written to talk.json.\n" in out
    assert "Write where to" in out
    assert json.loads(Path("talk.json").read_text("utf-8"))["turns"][0]["question"] == WHO
    assert Path("talk.md").read_text("utf-8").startswith("# ")
    assert main(["verify", "talk.md"]) == Exit.ANSWERED


def test_an_export_replaces_an_export_but_no_text(chat: Chat) -> None:
    Path("notes.md").write_text("My own notes.\n", encoding="utf-8")
    out, err = chat(WHO, ":export a.html", ":export a.html", ":export notes.md", ":export a.pdf")
    assert out.count("Written to a.html.") == 2
    assert "notes.md is there already. Choose another name." in err
    assert "End its name with .md, .html or .json." in err
    assert Path("notes.md").read_text("utf-8") == "My own notes.\n"


def test_trouble_in_keeping_is_told_once_and_the_chat_goes_on(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.conversations import ConversationProblem

    def full(*_: object) -> int:
        raise ConversationProblem("The disk is full.", "Make room.")

    monkeypatch.setattr(Conversations, "create", full)
    out, err = chat(WHO, WHAT)
    assert err == "This conversation is not kept. The disk is full. Make room.\n"
    assert f"Understood: {MEANT}\n" in out


def test_a_damaged_file_of_conversations_stops_no_chat(chat: Chat, settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    damaged = settings.home / "conversations.db"
    damaged.write_bytes(b"no database" * 500)
    out, err = chat(WHO)
    assert err.count("This conversation is not kept.") == 1
    assert "Traceback" not in err
    assert "confidence" in out.lower() or Verdict.NOT_IN_TEXT.value in out.lower()
    assert damaged.read_bytes() == b"no database" * 500


def test_questions_piped_to_the_sample_stay_independent(
    chat: Chat,  # noqa: ARG001 - for its home
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Who is Sergei Ryabkov?\nWhat did he say?\n"))
    assert main(["sample"]) == Exit.ANSWERED
    assert "Understood:" not in capsys.readouterr().out
    assert not (settings.home / "conversations.db").exists()
