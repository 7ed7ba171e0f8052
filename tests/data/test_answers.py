"""What the installed models make of the hand-made questions: a floor that may only rise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from index.settings import Settings
from qa import Assistant, samples
from qa.evidence import is_sound
from qa.types import Answer, Evidence
from tests.data.test_data import rows

SENTENCE_AT_1 = 0.68
SENTENCE_AT_3 = 0.80
"""Shares of the 60 questions whose first sentence, or one of the first three, holds an answer."""

Asked = tuple[dict[str, Any], Answer]


@pytest.fixture(scope="module")
def assistants() -> Iterator[dict[str, Assistant]]:
    """One for each article, with the models as they come."""
    opened = {
        f"{name}.txt": Assistant.over([samples.path(name)], settings=Settings())
        for name in samples.names()
    }
    yield opened
    for assistant in opened.values():
        assistant.close()


@pytest.fixture(scope="module")
def asked(assistants: dict[str, Assistant]) -> list[Asked]:
    """Every question with its answer."""
    questions = rows("questions.jsonl")
    return [(row, assistants[row["document"]].ask(row["question"])) for row in questions]


def found(answer: Answer) -> tuple[Evidence, ...]:
    """What was found, whether it was enough for an answer or not."""
    return answer.evidence or answer.near_misses


def share(asked: list[Asked], depth: int) -> float:
    """The part of the questions whose answer begins in one of the first ``depth`` sentences."""
    return sum(holds(row, found(answer)[:depth]) for row, answer in asked) / len(asked)


def holds(row: dict[str, Any], pieces: tuple[Evidence, ...]) -> bool:
    starts = [answer["start"] for answer in row["answers"]]
    return any(p.sentence.start <= start < p.sentence.end for p in pieces for start in starts)


def test_the_right_sentence_comes_first(asked: list[Asked]) -> None:
    assert share(asked, 1) >= SENTENCE_AT_1


def test_the_right_sentence_is_among_the_first_three(asked: list[Asked]) -> None:
    assert share(asked, 3) >= SENTENCE_AT_3


def test_all_that_is_found_slices_its_document(asked: list[Asked]) -> None:
    assert all(is_sound(piece) for _, answer in asked for piece in found(answer))


def test_an_answer_is_a_slice_of_the_article(asked: list[Asked]) -> None:
    for row, answer in asked:
        text = samples.path(row["document"].removesuffix(".txt")).read_text(encoding="utf-8")
        assert answer.text is None or answer.text in text
