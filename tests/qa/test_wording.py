from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from qa.kinds import kind, offers
from qa.wording import asked_terms, name_terms, quotations, share, weights, without
from tests.qa.texts import FERRY


def offered(question: str, sentence: str) -> bool:
    return offers(kind(question), sentence, asked_terms(question))


@pytest.mark.parametrize(
    ("question", "fitting", "other"),
    [
        ("How many people wrote in?", "Some 340 people wrote.", "Many people wrote."),
        ("How many councillors agreed?", "All seven agreed.", "All agreed."),
        ("How long did the vote take?", "After nine hours they rose.", "This week 12 rose."),
        ("How long did the talks last?", "after the seven-hour talks", "five feet of talks"),
        ("How long is the pier?", "It is 340 feet long.", "It has 340 planks."),
        ("How often does it flood?", "It floods every 22 years.", "It flooded 22 houses."),
        ("What is the price of a gate?", "Each costs $2.3 million.", "Each weighs 23 tons."),
        ("How much did she pay?", "She gave 40 euros.", "She gave 40 reasons."),
        ("What share of them voted?", "Some 40 percent did.", "Some 40 did."),
        ("How old is the bridge?", "a bridge of 90 years", "a bridge of 90 arches"),
        ("When did it begin?", "It began on Sept. 4.", "It began slowly."),
        ("What year was it?", "It was 1987.", "It was long ago."),
        ("Who chairs the council?", "Ines Okafor chairs it.", "a woman chairs it."),
        ("Who is Brandt?", "Tomas Brandt is treasurer.", "Brandt is."),
        ("Where was it built?", "It was built in Marlow.", "It was built well."),
        ("Why was it closed?", "It closed because of rust.", "It closed."),
        ("What did she say?", "Anything at all.", ""),
    ],
)
def test_a_sentence_offers_what_a_kind_of_question_asks_for(
    question: str, fitting: str, other: str
) -> None:
    assert offered(question, fitting)
    assert offered(question, other) is (kind(question) is None)


def test_questions_are_about_their_matter_not_their_form() -> None:
    assert asked_terms("What did Okafor say about the ferries?") == asked_terms("okafor ferry")
    assert asked_terms("What did she say?") != []
    assert asked_terms("Who?") != []


def test_names_and_numbers_of_a_question() -> None:
    named = name_terms("What did Ines Okafor demand of NATO’s council in 2014?")
    assert named == set(asked_terms("Ines Okafor NATO 2014"))


def test_rare_terms_weigh_more() -> None:
    found = weights(["rare", "common", "absent"], {"rare": 1, "common": 9}, 10)
    assert found["absent"] > found["rare"] > found["common"] > 0


def test_shares() -> None:
    assert share({"a": 3.0, "b": 1.0}, ["a", "x"]) == 0.75
    assert share({}, ["a"]) == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("“One,” he said. “Two. Three.”", ["“One,”", "“Two. Three.”"]),
        ('She said "no" and "yes".', ['"no"', '"yes"']),
        ("«Oui» et „ja“", ["«Oui»", "„ja“"]),
        ("“First paragraph\n\n“goes on,” he said.", ["“First paragraph", "“goes on,”"]),
        ("Nothing said.", []),
        ("It’s John’s ‘thing’.", []),
    ],
)
def test_quotations(text: str, parts: list[str]) -> None:
    assert [span.of(text) for span in quotations(text)] == parts


@given(st.text(alphabet='ab“”„«»"\n ', max_size=60))
def test_quotations_are_in_order_and_apart(text: str) -> None:
    found = quotations(text)
    assert all(len(span) > 0 for span in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert without(text, Span(0, len(text)), []) == text


def test_what_is_left_without_the_quotations() -> None:
    start = FERRY.index("“We heard")
    sentence = Span(start, FERRY.index(" “A port"))
    left = without(FERRY, sentence, quotations(FERRY))
    assert left.split() == ["said", "Ines", "Okafor,", "who", "chairs", "the", "council."]
