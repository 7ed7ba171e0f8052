"""What a question demands besides its answer, and what is left to ask."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.problems import UsageProblem
from qa.query import Query, holds, is_name, mentions, parse


@pytest.mark.parametrize(
    "question",
    [
        "Who led the talks?",
        "  What  about\tspaces ? ",
        "A well-known, so-called half-price fare - why?",
        "Was it -5 degrees at 10:30 in: the harbor?",
        'Is a 6" pipe wider than an 8" one?',
        'What is "?',
        'Who said ""?',
        "Who is O'Brien's 'friend'?",
        "What happens after:lunch or before:noon?",
        "https://example.org/in:x",
    ],
)
def test_a_question_without_demands_comes_back_character_for_character(question: str) -> None:
    assert parse(question) == Query(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            'Who said "a port is a promise"?',
            Query("Who said a port is a promise?", phrases=("a port is a promise",)),
        ),
        ("Who said “no  way”?", Query("Who said no way?", phrases=("no way",))),
        ("Wer sagte „nein“ und «non»?", Query("Wer sagte nein und non?", phrases=("nein", "non"))),
        (
            'Who called it "a promise?"',
            Query("Who called it a promise?", phrases=("a promise",)),
        ),
        ("Who won? -Trump", Query("Who won?", excluded=("Trump",))),
        ('Who won -"a higher fare"?', Query("Who won?", excluded=("a higher fare",))),
        ("Who won in:harbor.txt?", Query("Who won?", within=("harbor.txt",))),
        ("in:“two words” IN:b Who won?", Query("Who won?", within=("two words", "b"))),
        ("Who won after:2022-01-31", Query("Who won", after=date(2022, 1, 31))),
        (
            "Who won after:2022 before:2023-4?",
            Query("Who won?", after=date(2022, 1, 1), before=date(2023, 4, 1)),
        ),
        ("in:harbor -fare", Query("", excluded=("fare",), within=("harbor",))),
    ],
)
def test_a_question_is_taken_apart(question: str, expected: Query) -> None:
    assert parse(question) == expected
    assert parse(question).is_restricted


@pytest.mark.parametrize("day", ["2022-13-01", "2022-02-30", "22", "2022-01-01-01", "2022/01"])
def test_a_date_that_is_none_is_told(day: str) -> None:
    with pytest.raises(UsageProblem, match="is no date") as problem:
        parse(f"Who won after:{day}?")
    assert "after:2022-01-31" in problem.value.remedy


@given(st.text())
def test_any_text_can_be_asked(question: str) -> None:
    try:
        query = parse(question)
    except UsageProblem:
        return
    assert query.is_restricted or query.question == question


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Ines Okafor", True),
        ("The Port of Marlow", True),
        ("Apollo 11", True),
        ("NATO", True),
        ("a port is a promise", False),
        ("Port is a promise", False),
        ("11", False),
        ("of the", False),
    ],
)
def test_names_are_told_from_other_phrases(phrase: str, expected: bool) -> None:
    assert is_name(phrase) is expected


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("“A port is\n  a promise.”", "a PORT is a promise", True),
        ("Brandt’s demands", "brandt's", True),
        ("He said “dark” twice", 'said "dark"', True),
        ("night–ferry", "night-ferry", True),
        ("cafe\u0301 noir", "CAF\u00c9", True),
        ("a supporter", "port", False),
        ("ports", "port", False),
        ("a port was a promise", "port is a promise", False),
    ],
)
def test_a_phrase_is_met_literally(text: str, phrase: str, expected: bool) -> None:
    assert holds(text, phrase) is expected


def test_a_word_is_met_in_any_form_and_a_phrase_as_it_is() -> None:
    assert mentions("Two ferries left.", "Ferry")
    assert not mentions("He refers to it.", "ferry")
    assert mentions("a higher  fare", "Higher fare")
    assert not mentions("higher fares", "higher fare")
    assert not mentions("anything", "")


def test_days_are_from_the_first_to_before_the_last() -> None:
    query = Query("?", after=date(2022, 1, 1), before=date(2022, 2, 1))
    days = (date(2021, 12, 31), date(2022, 1, 1), date(2022, 1, 31), date(2022, 2, 1))
    assert [query.admits(day) for day in days] == [False, True, True, False]
    assert query.is_dated
    assert Query("?").admits(date.min)
