"""Restricted questions: only what is demanded is shown, and nothing that fits is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from index.ports import Ids
from index.problems import UsageProblem
from index.settings import Settings
from index.types import Document, Match, Passage, Span
from qa.assistant import Assistant
from qa.query import parse
from qa.retrieval import HybridRetriever
from qa.scope import EVERYTHING, Scope, scope
from qa.types import Answer, Understood, Verdict
from tests.qa.texts import FERRY, document

MILL = """\
The old mill will be sold

The mill will be sold in March because its roof has begun to leak. The buyer is Lena Moor.

“We will miss the higher fare of the ferry,” joked the miller.
"""


def dated(text: str, key: str, day: str) -> Document:
    return replace(document(text, key), date=day)


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Assistant]:
    texts = [dated(FERRY, "news/ferry.txt", "2021-11-02"), dated(MILL, "mill.txt", "2022-03-01")]
    with Assistant.over(texts, settings=replace(settings, threshold=0.0)) as assistant:
        yield assistant


def keys(answer: Answer) -> set[str]:
    return {piece.document.key for piece in answer.evidence}


def sentences(answer: Answer) -> str:
    return " ".join(piece.sentence.of(piece.document.text) for piece in answer.evidence)


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        ("", {"news/ferry.txt", "mill.txt"}),
        ("in:mill", {"mill.txt"}),
        ("in:MILL.txt", {"mill.txt"}),
        ("in:news/", {"news/ferry.txt"}),
        ('in:"harbour council"', {"news/ferry.txt"}),
        ("in:mill in:ferry", {"news/ferry.txt", "mill.txt"}),
        ("after:2022", {"mill.txt"}),
        ("before:2022", {"news/ferry.txt"}),
        ("after:2021-11-02 before:2021-11-03", {"news/ferry.txt"}),
    ],
)
def test_texts_are_chosen_by_name_and_by_day(
    shelf: Assistant, demand: str, expected: set[str]
) -> None:
    assert keys(shelf.ask(f"What will be done in March? {demand}")) == expected


def test_what_was_understood_is_told_in_every_step(shelf: Assistant) -> None:
    question = 'What will be done in March? in:mill after:2022 -roof "will be"'
    first, *_ = shelf.steps(question)
    said = (
        "in “The old mill will be sold”",
        "dated from 2022-01-01 on",
        "with “will be”",
        "without “roof”",
    )
    assert first == Understood(question, "What will be done in March? will be", said)
    answer = shelf.ask(question)
    assert (answer.question, answer.restrictions) == (question, said)


@pytest.mark.parametrize(
    ("demand", "summary", "remedy"),
    [
        ("in:mil.txt", "No text is called mil.txt.", "Did you mean in:mill.txt?"),
        ("in:zeppelin", "No text is called zeppelin.", "pullquote index list"),
        ("after:2023", "No text is dated from 2023-01-01 on.", "from 2021-11-02 to 2022-03-01"),
    ],
)
def test_a_restriction_to_no_text_at_all_is_a_mistake(
    shelf: Assistant, demand: str, summary: str, remedy: str
) -> None:
    with pytest.raises(UsageProblem) as problem:
        shelf.ask(f"Who won? {demand}")
    assert problem.value.summary == summary
    assert remedy in problem.value.remedy


def test_a_question_of_demands_alone_asks_nothing(shelf: Assistant) -> None:
    with pytest.raises(UsageProblem, match="empty"):
        shelf.ask("in:mill -roof")


def test_a_phrase_must_stand_in_the_passage(shelf: Assistant) -> None:
    assert keys(shelf.ask('What has "begun to leak" in March?')) == {"mill.txt"}
    absent = shelf.ask('What has "started to leak" in March?')
    assert (absent.verdict, absent.near_misses) == (Verdict.NOT_IN_TEXT, ())
    assert absent.restrictions == ("“started to leak” stands nowhere in the texts",)


def test_a_quoted_name_is_demanded_of_the_text_and_only_if_it_stands_there(
    shelf: Assistant,
) -> None:
    brandt = shelf.ask('What did "Tomas Brandt" ask for?')
    assert keys(brandt) == {"news/ferry.txt"}
    assert "He asked for a higher fare" in sentences(brandt)
    other = shelf.ask('What did "Thomas Brandt" ask for?')
    assert other.text is not None
    assert other.restrictions == ("“Thomas Brandt” stands nowhere in the texts",)


def test_sentences_with_an_excluded_word_are_not_shown(shelf: Assistant) -> None:
    question = "What will be done in March because something has begun?"
    assert "leak" in sentences(shelf.ask(question))
    left = shelf.ask(f"{question} -leaking -rusts")
    assert left.evidence
    assert "leak" not in sentences(left)
    assert "rust" not in sentences(left)
    assert 'the "higher fare' not in sentences(shelf.ask(f'{question} -"higher fare"'))


def test_hits_are_restricted_likewise(shelf: Assistant) -> None:
    assert {hit.passage.document for hit in shelf.retrieve("March in:mill")} == {"mill.txt"}


def ids(*numbers: int) -> Ids:
    return np.array(numbers, dtype=np.int64)


# Against an index of a thousand passages, one of which is asked for


class Long:
    """Passages 1 to 1000 in this order on both sides; every tenth is in the text ``rare``."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def dense(self, question: str, k: int, allowed: Ids | None = None) -> list[Match]:  # noqa: ARG002
        self.asked.append(k)
        there = range(1, 1001) if allowed is None else set(range(1, 1001)) & set(allowed.tolist())
        return [Match(id_, 1.0 / id_) for id_ in sorted(there)][:k]

    lexical = dense

    def closeness(self, question: str, passages: Sequence[Passage]) -> list[tuple[float, ...]]:  # noqa: ARG002
        return []

    def nearer(self, question: str, ids: Sequence[int]) -> list[int]:  # noqa: ARG002
        return [*ids]

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        return [Passage(id_, "text", Span(0, 1), (Span(0, 1),)) for id_ in ids]

    def document(self, key: str) -> Document:
        return document("x", key)


def test_the_best_allowed_passages_are_found_however_deep_they_lie() -> None:
    allowed = Scope(ids(7, 900, 950, 2000))
    hits = HybridRetriever(Long()).retrieve("?", 8, allowed)
    assert [(hit.passage.id, hit.dense_rank) for hit in hits] == [(7, 1), (900, 2), (950, 3)]


def test_an_unrestricted_question_asks_once_and_an_impossible_one_never() -> None:
    index = Long()
    assert len(HybridRetriever(index).retrieve("?", 8)) == 8
    assert index.asked == [50, 50]
    index.asked.clear()
    assert HybridRetriever(index).retrieve("?", 8, Scope(ids())) == []
    assert index.asked == []


def test_avoided_passages_come_last() -> None:
    hits = HybridRetriever(Long()).retrieve("?", 4, Scope(ids(1, 2, 3), ids(1, 2)))
    assert [hit.passage.id for hit in hits] == [3, 1, 2]
    many = HybridRetriever(Long()).retrieve("?", 4, Scope(None, ids(*range(1, 100))))
    assert [hit.passage.id for hit in many] == [100, 101, 102, 103]


def test_a_question_without_demands_costs_no_look_at_the_index() -> None:
    nothing: Assistant = None  # type: ignore[assignment]  # it is not looked at
    assert scope(parse("Who won?"), nothing) is EVERYTHING  # type: ignore[arg-type]
