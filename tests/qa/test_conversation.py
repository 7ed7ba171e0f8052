"""A conversation in turns: understood from what was said before, kept, and opened again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.settings import Settings
from qa.assistant import Assistant
from qa.conversation import Conversation
from qa.conversations import ConversationProblem, Conversations
from qa.evidence import is_sound
from qa.types import Answered, Earlier, Retrieved, Step, Turn, Understood, Verdict
from tests.qa.texts import FERRY, document

FIRST = "Why will the ferry be repaired?"
REASON = "The ferry will be repaired in March because its hull has begun to rust."


class Echo:
    """Says what it was told, so that a test can see it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, list[Earlier]]] = []

    def understand(self, question: str, earlier: Sequence[Earlier]) -> str:
        self.told.append((question, list(earlier)))
        return question.replace("it", "the ferry")


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "conversations.db")


def test_earlier_turns_go_to_the_rewriter_and_its_word_to_the_texts(ferry: Assistant) -> None:
    rewriter = Echo()
    talk = Conversation(ferry, rewriter=rewriter)
    talk.answer(FIRST)
    assert rewriter.told == []  # nothing was said before
    first, *_ = talk.ask('When will it be "repaired"? in:ferry')
    assert rewriter.told == [("When will it be repaired?", [Earlier(FIRST, REASON)])]
    assert isinstance(first, Understood)
    assert first.understood == "When will the ferry be repaired?"
    assert len(first.restrictions) == 2
    assert [turn.question for turn in talk.turns] == [FIRST, 'When will it be "repaired"? in:ferry']


def test_a_question_can_be_asked_as_it_is(ferry: Assistant) -> None:
    rewriter = Echo()
    talk = Conversation(ferry, rewriter=rewriter)
    talk.answer(FIRST)
    assert talk.answer("When will it be repaired?", as_is=True).understood == (
        "When will it be repaired?"
    )
    assert rewriter.told == []


def test_steps_are_those_of_the_assistant(ferry: Assistant) -> None:
    talk = Conversation(ferry)
    steps = list(talk.ask(FIRST))
    assert [type(step) for step in steps] == [Understood, Retrieved, Answered]
    last = steps[-1]
    assert isinstance(last, Answered)
    assert talk.turns == (Turn(FIRST, last.answer),)
    assert talk.records[0].text == last.answer.text


def test_a_question_that_was_given_up_is_no_turn(ferry: Assistant, store: Conversations) -> None:
    talk = Conversation(ferry, store=store)
    assert [type(step) for step in talk.ask(FIRST, cancelled=lambda: True)][-1] is Retrieved
    assert talk.turns == ()
    assert store.overview() == []


def test_a_conversation_is_kept_from_its_first_answer_on(
    ferry: Assistant, store: Conversations
) -> None:
    assert Conversation(ferry, store=store).id is None
    talk = Conversation(ferry, store=store)
    talk.answer(FIRST)
    talk.answer("Which volcano erupted?")
    assert talk.id is not None
    info = store.info(talk.id)
    assert (info.title, info.texts, info.turns) == (FIRST, ("ferry.txt",), 2)
    assert store.load(talk.id) == list(talk.records)
    assert talk.trouble is None


def test_an_answer_is_kept_before_anyone_can_stop_listening(
    ferry: Assistant, store: Conversations
) -> None:
    talk = Conversation(ferry, store=store)
    for step in talk.ask(FIRST):
        if isinstance(step, Answered):
            break
    assert len(store.overview()) == 1


def test_the_answer_comes_even_if_it_cannot_be_kept(ferry: Assistant, store: Conversations) -> None:
    talk = Conversation(ferry, store=store)
    talk.answer(FIRST)
    assert talk.id is not None
    store.delete(talk.id)
    assert talk.answer(FIRST).text == REASON
    assert isinstance(talk.trouble, ConversationProblem)
    assert len(talk.turns) == 2


def opened(talk: Conversation, assistant: Assistant, store: Conversations) -> Conversation:
    assert talk.id is not None
    return Conversation.restored(assistant, store, talk.id)


def test_a_conversation_is_opened_again_and_gone_on_with(
    ferry: Assistant, store: Conversations
) -> None:
    talk = Conversation(ferry, store=store)
    answer = talk.answer(FIRST)
    again = opened(talk, ferry, store)
    restored = again.turns[0].answer
    assert restored is not None
    assert restored.evidence[0].quote == answer.text
    assert restored.evidence[0].document == ferry.document("ferry.txt")
    assert restored.verdict is Verdict.ANSWERED
    again.answer("Who chairs the council?")
    assert talk.id is not None
    assert [record.question for record in store.load(talk.id)] == [
        FIRST,
        "Who chairs the council?",
    ]


def test_quotes_that_moved_are_shown_where_they_stand_now(
    ferry: Assistant, store: Conversations
) -> None:
    talk = Conversation(ferry, store=store)
    before = talk.answer(FIRST)
    ferry.add([document("A new first line.\n\n" + FERRY.replace("Tomas Brandt", "T. B."))])
    restored = opened(talk, ferry, store).turns[0].answer
    assert restored is not None
    assert restored.text == before.text
    assert restored.evidence[0].line == before.evidence[0].line + 2
    assert all(is_sound(piece) for piece in restored.evidence)


@pytest.mark.parametrize("change", ["removed", "rewritten"])
def test_an_answer_whose_quote_is_gone_is_left_to_its_record(
    ferry: Assistant, store: Conversations, change: str
) -> None:
    talk = Conversation(ferry, store=store)
    talk.answer(FIRST)
    if change == "removed":
        ferry.remove(["ferry.txt"])
    else:
        ferry.add([document(FERRY.replace("has begun to rust", "rusts"))])
    again = opened(talk, ferry, store)
    assert again.turns == (Turn(FIRST, None),)
    assert again.records[0].text == REASON
    assert again.records[0].evidence[0].title == "Harbour council keeps the night ferry"
    assert again.records[0].earlier == Earlier(FIRST, REASON)


def test_answers_of_a_text_that_changed_or_went_are_known_as_old(settings: Settings) -> None:
    other = document("The gate was shut at noon.", key="gate")
    with Assistant.over([document(), other], settings=settings) as texts:
        talk = Conversation(texts)
        talk.answer(FIRST + " in:ferry")
        talk.answer("When was the gate shut? in:gate")
        assert talk.outdated() == ()
        texts.add([document(FERRY + "\nIt rained.\n")])
        assert talk.outdated() == (1,)
        kept = talk.turns[0].answer
        assert kept is not None
        assert all(is_sound(piece) for piece in kept.evidence)
        texts.remove(["gate"])
        assert talk.outdated() == (1, 2)
        talk.answer(FIRST + " in:ferry")
        assert talk.outdated() == (1, 2)


def test_near_misses_are_opened_again_too(settings: Settings, store: Conversations) -> None:
    from dataclasses import replace

    with Assistant.over([document()], settings=replace(settings, threshold=1.0)) as strict:
        talk = Conversation(strict, store=store)
        answer = talk.answer(FIRST)
        restored = opened(talk, strict, store).turns[0].answer
    assert restored is not None
    assert restored.verdict is answer.verdict
    assert [p.quote for p in restored.near_misses] == [p.quote for p in answer.near_misses]
    assert restored.text is None


def test_an_answer_of_nothing_is_opened_again(ferry: Assistant, store: Conversations) -> None:
    ferry.remove(["ferry.txt"])
    talk = Conversation(ferry, store=store)
    answer = talk.answer(FIRST)
    restored = opened(talk, ferry, store).turns[0].answer
    assert restored is not None
    assert (restored.verdict, restored.near_misses) == (answer.verdict, ())


# Async twins


async def test_steps_can_be_awaited(ferry: Assistant) -> None:
    talk = Conversation(ferry)
    steps = [step async for step in talk.ask_async(FIRST)]
    assert [type(step) for step in steps] == [Understood, Retrieved, Answered]
    assert (await talk.answer_async(FIRST)).text == REASON
    assert len(talk.turns) == 2
    assert (await ferry.ask_async(FIRST)).text == REASON
    assert [type(step) async for step in ferry.steps_async(FIRST)][-1] is Answered


async def test_leaving_the_loop_gives_the_question_up(ferry: Assistant) -> None:
    talk = Conversation(ferry)
    steps = talk.ask_async(FIRST)
    first: Step = await anext(steps)
    assert isinstance(first, Understood)
    await steps.aclose()
    assert talk.turns == ()


async def test_questions_are_answered_at_the_same_time(ferry: Assistant) -> None:
    talk = Conversation(ferry)
    answers = await asyncio.gather(*(talk.answer_async(FIRST) for _ in range(4)))
    assert {answer.text for answer in answers} == {REASON}
    assert len(talk.turns) == 4
