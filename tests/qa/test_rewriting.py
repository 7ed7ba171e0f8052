"""Follow-up questions: what they lean on is named, what stands alone is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.problems import ModelProblem
from index.text import words
from qa.ports import Rewriter
from qa.rewriting import AsIs, load
from qa.rewriting.ellipsis import complete
from qa.rewriting.slots import Words
from qa.rewriting.weights import FORMAT, Linear, Weights
from qa.types import Earlier

MINISTER = Earlier(
    "Who is Anna Lindholm?",
    "Anna Lindholm, the minister of fisheries, opened the talks in Tromso on Monday.",
)
BRIDGE = Earlier(
    "Where was the Carver Bridge built?",
    "The Carver Bridge was built in Halden by two thousand workers.",
)


@pytest.fixture(scope="module")
def rewriter() -> Rewriter:
    return load()


def test_a_person_is_no_word_of_a_team_or_a_place(rewriter: Rewriter) -> None:
    led = "The deputy minister Jonas Roy, who led the Norland team, said they wanted a promise."
    turn = Earlier("Who led the Norland team?", led)
    assert "Jonas Roy" in rewriter.understand("What did he demand?", [turn])
    turn = Earlier("Who represents the Uplands?", "Marsh represents the Uplands, a dry district.")
    assert rewriter.understand("What did she propose?", [turn]) == "What did Marsh propose?"


@pytest.mark.parametrize(
    ("question", "earlier", "understood"),
    [
        ("What did she promise?", MINISTER, "What did Anna Lindholm promise?"),
        ("what is her job", MINISTER, "what is Anna Lindholm’s job"),
        ("When was that?", BRIDGE, "When was the Carver Bridge built?"),
        ("Why?", BRIDGE, "Why was the Carver Bridge built?"),
        (
            "What did she say?",
            Earlier("Who chairs the council?", None),
            "What did the council say?",
        ),
        ("And when did it happen?", BRIDGE, "When was the Carver Bridge built?"),
    ],
)
def test_what_a_word_stands_for_is_named(
    rewriter: Rewriter, question: str, earlier: Earlier, understood: str
) -> None:
    assert rewriter.understand(question, [earlier]) == understood


@pytest.mark.parametrize(
    "question",
    [
        "Who is Anna Lindholm?",
        "How many ships left the port of Bergen in 1911?",
        "  which minister opened the talks in Tromso ??",
        "Is it true that the port of Bergen closed in 1911?",
        "What did Henrik Dahl say after he lost the vote?",
        "",
        "???",
        "なぜですか",
    ],
)
def test_a_question_that_stands_alone_is_untouched(rewriter: Rewriter, question: str) -> None:
    assert rewriter.understand(question, [BRIDGE]) == question


@pytest.mark.parametrize("question", ["What did she promise?", "Why?", "And the port?"])
def test_without_earlier_turns_nothing_changes(rewriter: Rewriter, question: str) -> None:
    assert rewriter.understand(question, []) == question


def test_the_topic_is_remembered_over_turns(rewriter: Rewriter) -> None:
    earlier = [MINISTER]
    for question in ("What did she promise?", "Why did she leave?", "When did she return?"):
        understood = rewriter.understand(question, earlier)
        assert "Anna Lindholm" in understood
        earlier.append(Earlier(understood))


def test_as_it_is() -> None:
    assert AsIs().understand("What did she promise?", [MINISTER]) == "What did she promise?"


texts = st.text(max_size=80)
SAMPLE = """
    he she they that Why and what about Anna Oslo’s the port in did how many of them ? “ ( \x1b[1m
    7,000 é
"""
phrases = st.lists(st.sampled_from(SAMPLE.split()), max_size=12).map(" ".join)
turns = st.tuples(phrases | texts, st.none() | phrases)


@given(question=phrases | texts, said=st.lists(turns, max_size=4))
def test_every_added_word_was_said(question: str, said: list[tuple[str, str | None]]) -> None:
    earlier = [Earlier(before, answer) for before, answer in said]
    understood = load().understand(question, earlier)
    known = forms(" ".join([question, *(f"{e.question} {e.answer or ''}" for e in earlier)]))
    assert forms(understood) <= known | {"the", "it", "in"}


def forms(text: str) -> set[str]:
    """The words in lower case, without possessive endings."""
    low = (span.of(text).lower() for span in words(text))
    return {word.removesuffix("’s").removesuffix("'s") for word in low}


@pytest.mark.parametrize(
    ("part", "before", "whole"),
    [
        ("Why?", "Did Dahl refuse the offer?", "Why did Dahl refuse the offer?"),
        ("From when?", "How much does the toll rise?", "From when does the toll rise?"),
        ("By whom?", "What prize is offered for it?", "By whom is the prize offered for it?"),
        ("And in Bergen?", "When is the vote in Oslo?", "When is the vote in Bergen?"),
        ("What about Dahl?", "What did Lindholm say?", "What did Dahl say?"),
        ("And the Danes?", "What did the Swedes want?", "What did the Danes want?"),
        ("For how long?", "Where did Dahl live?", "For how long did Dahl live?"),
        ("When did it happen?", "What was stolen from the museum?",
         "When was it stolen from the museum?"),
        ("And for one of them?", "What is paid for the maps?", "What is paid for one of the maps?"),
    ],
)  # fmt: skip
def test_a_part_is_made_whole(part: str, before: str, whole: str) -> None:
    assert complete(Words.of(part), [Words.of(before)]) == whole


@pytest.mark.parametrize("question", ["Who won?", "What changed?", "And who led the Danes?", "?"])
def test_a_whole_question_is_no_part(question: str) -> None:
    assert complete(Words.of(question), [Words.of("What did Dahl say?")]) is None


def test_what_happened_is_looked_for_among_earlier_questions() -> None:
    before = [Words.of("How much are the maps worth?"), Words.of("What did the thieves steal?")]
    assert complete(Words.of("When did that happen?"), before) == "When did the thieves steal?"


def test_a_score_is_the_sum_of_known_weights() -> None:
    model = Linear({"a": 1.5, "b": -0.5}, threshold=1.0)
    assert model.score(["a", "b", "unknown"]) == 1.0
    assert model.says(["a", "b"])
    assert not model.says(["b"])


@pytest.mark.parametrize("content", [None, "{", "{}", json.dumps({"format": FORMAT + 1})])
def test_bad_weights_are_a_problem(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "rewriter.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelProblem, match="Reinstall"):
        Weights.load(path)
