"""Questions offered about a fresh text: made from it, and answered by it in the right place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.types import Document, Span
from qa import samples
from qa.assistant import Assistant
from qa.suggesting import Candidate, Kind, candidates, suggestions
from qa.types import Answer, Answered, Evidence, Step, Verdict

TEXT = (
    "Twelve apprentices will work there from spring. Mayor Ingrid Dahl, who opened the gate, "
    "promised that no wall would fall. Pål Nygaard, the chairman of the union, spoke last.\n"
    "“We had gone dark for nine years,” said Ada Berg. It rained."
)
DOCUMENT = Document("k", "t", TEXT, "s")


def test_each_kind_of_question_knows_where_its_answer_stands() -> None:
    found = {one.question: one.answer.of(TEXT).strip() for one in candidates(DOCUMENT)}
    assert found == {
        "How many apprentices will work there from spring?": "Twelve",
        "What did Ingrid Dahl promise?": "that no wall would fall.",
        "Who is Pål Nygaard?": "the chairman of the union",
        "What did Ada Berg say?": "“We had gone dark for nine years,”",
        "Who opened the gate?": "Mayor Ingrid Dahl",
    }


def test_people_and_things_come_once_before_any_comes_twice() -> None:
    abouts = [one.about for one in candidates(DOCUMENT)]
    assert abouts[:4] == ["apprentices", "Dahl", "Nygaard", "Berg"]
    assert abouts[4:] == ["Dahl"]


def test_words_around_said_that_are_no_speech_are_not_what_was_said() -> None:
    text = "“We won,” Ada Berg said when the vote was read out."
    [candidate] = candidates(Document("k", "t", text, "s"))
    assert candidate.answer.of(text).strip() == "“We won,”"


@pytest.mark.parametrize("text", ["", "nothing happened today. it rained.", "Nobody. Nothing."])
def test_a_text_without_names_has_no_suggestions(text: str) -> None:
    assert candidates(Document("k", "t", text, "s")) == ()


def place(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize(
    ("kind", "answer", "span", "met"),
    [
        (Kind.WHO, "the chairman of the union", "the chairman", True),
        (Kind.WHO, "the chairman of the union", "chairman of the union", True),
        (Kind.WHO, "the chairman of the union", "union", False),
        (Kind.SAID, "that no wall would fall", "no wall would fall", True),
        (Kind.SAID, "that no wall would fall", "wall", False),
        (Kind.SAID, "that no wall would fall", "We had gone dark", False),
        (Kind.MANY, "Twelve", "Twelve apprentices", True),
        (Kind.DOES, "Mayor Ingrid Dahl", "Ingrid Dahl", True),
        (Kind.DOES, "Mayor Ingrid Dahl", "Ada Berg", False),
    ],
)
def test_an_answer_counts_only_in_its_place(kind: Kind, answer: str, span: str, met: bool) -> None:
    line = Span(0, len(TEXT))
    evidence = Evidence(DOCUMENT, line, line, place(span), 0.9)
    assert Candidate("?", kind, "a", place(answer)).is_met_by(evidence) is met


class Answers:
    """Answers every question with the same words."""

    def __init__(self, words: str, document: Document = DOCUMENT) -> None:
        line = Span(0, len(TEXT))
        self.evidence = Evidence(document, line, line, place(words), 0.9)
        self.asked: list[str] = []

    def steps(self, question: str, **_: object) -> Iterator[Step]:
        self.asked.append(question)
        evidence = (self.evidence,)
        yield Answered(Answer(question, question, Verdict.ANSWERED, 0.9, 0.5, evidence, (), 0.01))


def test_only_what_is_answered_in_its_place_is_offered() -> None:
    answers = Answers("Mayor Ingrid Dahl")
    assert suggestions(answers, DOCUMENT) == ["Who opened the gate?"]
    assert len(answers.asked) == len(candidates(DOCUMENT))


def test_an_answer_from_another_text_does_not_count() -> None:
    other = Document("other", "t", TEXT, "s")
    assert suggestions(Answers("Mayor Ingrid Dahl", other), DOCUMENT) == []


def test_it_stops_when_it_has_enough_or_is_told_to() -> None:
    answers = Answers("Twelve")
    assert suggestions(answers, DOCUMENT, many=1) == [candidates(DOCUMENT)[0].question]
    assert len(answers.asked) == 1
    assert suggestions(answers, DOCUMENT, cancelled=lambda: True) == []
    assert len(answers.asked) == 1


@pytest.mark.parametrize("name", samples.names())
def test_each_sample_is_met_with_questions_that_it_answers(name: str) -> None:
    with Assistant.over([samples.path(name)]) as assistant:
        document = assistant.document(assistant.documents()[0].key)
        offered = suggestions(assistant, document)
        assert 2 <= len(offered) <= 3
        by_question = {one.question: one for one in candidates(document)}
        for question in offered:
            answer = assistant.ask(question)
            assert answer.verdict is Verdict.ANSWERED
            assert by_question[question].is_met_by(answer.evidence[0])
