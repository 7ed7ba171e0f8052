"""The conversation without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from index.problems import UsageProblem
from qa.assistant import Assistant
from qa.commands.chat import talk
from qa.conversations import Conversations
from qa.plain_chat import PlainChat
from qa.types import Step
from tests.terminal.fake import HARBOUR, STRANGE, WHAT, WHY, FakeAssistant


class Asking(FakeAssistant):
    """The fake; some questions cannot be asked."""

    def steps(self, question: str, **options: Any) -> Iterator[Step]:
        if len(question) > 100:
            raise UsageProblem("The question is too long.", "Ask in fewer words.")
        return super().steps(question, **options)


@pytest.fixture
def asked() -> Assistant:
    fake = Asking()
    fake.add([HARBOUR.key])
    return cast(Assistant, fake)


def test_an_answer_and_the_passage_around_its_evidence(asked: Assistant) -> None:
    chat = PlainChat(asked)
    assert "‹a wall that holds until 2100›" in chat.reply(WHAT)
    around = chat.reply(":1")
    assert around.startswith("/texts/harbour.txt:7, characters ")
    assert "‹a wall that holds until 2100›" in around
    assert "She said work would begin in March." in around


def test_evidence_that_is_not_there(asked: Assistant) -> None:
    chat = PlainChat(asked)
    assert chat.reply(":1").startswith("There is no evidence 1.")
    chat.reply(WHY)
    assert "‹seven to six›" in chat.reply(":1")
    assert chat.reply(":2").startswith("There is no evidence 2.")


def test_commands(asked: Assistant) -> None:
    chat = PlainChat(asked)
    assert chat.reply(":texts") == (
        "Harbour barrier wins a narrow vote (/texts/harbour.txt), 6 passages\n"
    )
    assert ":quit" in chat.reply(":help")
    assert chat.reply(":nonsense") == (
        "There is no command :nonsense. Write :help for those there are.\n"
    )


def test_a_transcript_has_questions_and_answers_and_goes_on_after_a_problem(
    asked: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(
        PlainChat(asked),
        [f"{WHAT}\n", "\n", "x" * 101 + "\n", f"{WHY}\n", ":quit\n", "never asked\n"],
    )
    out, err = capsys.readouterr()
    assert out.index(f"? {WHAT}") < out.index("a wall that holds") < out.index(f"? {WHY}")
    assert "never asked" not in out
    assert err == "The question is too long. Ask in fewer words.\n"


def test_nothing_from_a_text_reaches_the_terminal_as_a_command(
    asked: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    asked.add([STRANGE.key])
    talk(PlainChat(asked), [":texts\n", "\x1b[2Jwhere?\n"])
    assert "\x1b" not in capsys.readouterr().out


def test_lines_are_broken_between_words(asked: Assistant) -> None:
    with Conversations() as store:
        chat = PlainChat(asked, store=store, columns=40)
        chat.reply(WHAT)
        lines = chat.reply(":resume 1").splitlines()
    assert max(map(len, lines)) <= 40
    assert " ".join(lines) == (
        f"Going on with “{WHAT}”, 1 turn. The last one: {WHAT} – a wall that holds until 2100"
    )


def test_how_answers_are_judged_is_said_once(
    asked: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    cast(Asking, asked).notice = "Your calibration was made with other models."
    talk(PlainChat(asked), [WHAT, WHY])
    assert capsys.readouterr().err.count("other models") == 1
