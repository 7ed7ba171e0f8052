from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from qa.fitting import fit
from tests.qa.texts import document

TEXT = (
    "On March 3, 2019, the yard asked for $4 million and 12% of the 340 tickets. "
    "Moor called it “a gift to the rich” and left."
)
FIRST = TEXT.index("Moor") - 1


def fitted(part: str, question: str) -> str:
    start = TEXT.index(part)
    sentence = Span(0, FIRST) if start < FIRST else Span(FIRST + 1, len(TEXT))
    return fit(document(TEXT), sentence, Span(start, start + len(part)), question).of(TEXT)


@pytest.mark.parametrize(
    ("part", "question", "whole"),
    [
        ("4", "How much did the yard ask for?", "$4 million"),
        ("12", "What percentage of the tickets did it want?", "12%"),
        ("340", "How many tickets were there?", "340"),
        ("March", "When did the yard ask?", "March 3, 2019"),
        ("2019", "Who asked in 2019?", "2019"),
        ("gift", "What did Moor call it?", "“a gift to the rich”"),
        ("gift", "Who got a gift?", "gift"),
        ("rich", "Did Moor like it?", TEXT[FIRST + 1 :]),
        ("yard", "Who asked for money?", "yard"),
    ],
)
def test_a_span_becomes_what_the_question_asks_for(part: str, question: str, whole: str) -> None:
    assert fitted(part, question) == whole


def test_a_date_is_answered_as_written() -> None:
    text = "The yard opens on Feb. 20, 2019, or so."
    span = Span(text.index("Feb"), text.index("Feb") + 3)
    found = fit(document(text), Span(0, len(text)), span, "When does it open?")
    assert found.of(text) == "Feb. 20, 2019"


def test_what_is_told_according_to_someone_keeps_its_marks() -> None:
    assert fitted("gift", "What was it, according to Moor?") == "“a gift to the rich”"


def test_a_reason_keeps_the_word_that_gives_it() -> None:
    text = "The boat was sold because of its rust."
    span = Span(text.index("its"), text.index("rust") + 4)
    found = fit(document(text), Span(0, len(text)), span, "Why was it sold?")
    assert found.of(text) == "because of its rust"


@pytest.mark.parametrize(
    ("text", "part", "question", "whole"),
    [
        ("“Rust wins,” said Ada Finch, who mends nets in Marlow.", "Rust", "Who is Ada Finch?",
         "who mends nets in Marlow"),
        ("Ada Finch, the mayor of Marlow, opened it.", "Marlow", "Who is Finch?", "Marlow"),
        ("Bo saw Ada Finch, a baker’s daughter, at sea.", "sea", "Who was Ada Finch?",
         "a baker’s daughter"),
        ("Ada Finch, Moor and Bo opened it.", "Moor", "Who is Ada Finch?", "Moor"),
        ("Ada Finch, the mayor, opened it.", "opened", "Who is the mayor?", "opened"),
    ],
)  # fmt: skip
def test_who_someone_is_stands_beside_the_name(
    text: str, part: str, question: str, whole: str
) -> None:
    span = Span(text.index(part), text.index(part) + len(part))
    assert fit(document(text), Span(0, len(text)), span, question).of(text) == whole


def test_a_long_quote_is_not_answered_whole() -> None:
    text = f"Moor said “the boat {'is late and ' * 20}is lost” and left."
    span = Span(text.index("boat"), text.index("boat") + 4)
    assert fit(document(text), Span(0, len(text)), span, "What did Moor say?") == span


@given(
    st.data(), st.sampled_from(["How much?", "When?", "Did it?", "What did X say?", "Who?", "Why?"])
)
def test_a_fitted_span_holds_the_span_and_stays_in_the_sentence(
    data: st.DataObject, question: str
) -> None:
    text = data.draw(st.text(alphabet='a1$%“”" .,é\n', min_size=1, max_size=60))
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    whole = Span(0, len(text))
    found = fit(document(text), whole, span, question)
    assert found.contains(span)
    assert whole.contains(found)
