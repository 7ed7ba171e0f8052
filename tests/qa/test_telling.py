from __future__ import annotations

import pytest

from index.passages import split
from index.types import Document
from qa.answering import answer
from qa.combining import Candidate, Combiner, Logistic, candidates, context
from qa.lexical_reader import LexicalReader
from qa.telling import lift, signs
from qa.types import Hit, Verdict
from tests.qa.texts import document


def read(question: str, source: Document) -> list[Candidate]:
    hits = [
        Hit(p, 1 / (60 + i), i, None, 1 / (1 + i)) for i, p in enumerate(split(source), start=1)
    ]
    readings = LexicalReader().read(question, [context(source, hit) for hit in hits])
    return candidates(question, hits, {source.key: source}, readings)


def told(question: str, text: str | None = None, best: int | None = None) -> dict[str, float]:
    """The signs when the reader's favourite, or sentence ``best``, is best."""
    found = read(question, document(text) if text else document())
    scores = [c.features["sentence_score"] for c in found]
    if best is not None:
        scores[best] = max(scores) + 1
    return signs(question, found, scores)


def test_a_name_that_was_not_read_is_missing_everywhere() -> None:
    here, nowhere = told("Who is Brandt?"), told("Who is Zebulon?")
    assert here["names missing read"] == 0
    assert [nowhere[f"names missing {where}"] for where in ("near", "read")] == [1, 1]
    assert here["words missing read"] == 0 < nowhere["words missing read"]


def test_a_word_of_another_passage_is_missing_near_but_was_read() -> None:
    text = "\n\n".join([f"Ships sail {'slowly and far ' * 40}.", f"Cows {'eat grass ' * 60}."])
    found = told("Do ships eat?", text)
    assert found["words missing read"] == 0
    assert 0 < found["plain missing near"] < 1


def test_a_number_that_stands_nowhere_counts_apart() -> None:
    assert told("What happened in 1871?")["numbers missing read"] == 1
    assert told("What happened at last?")["numbers missing read"] == 0


@pytest.mark.parametrize(
    ("question", "fits"),
    [("When do the ships sail?", 0.0), ("How many ships sail?", 0.0), ("What sails?", 1.0)],
)
def test_an_answer_of_another_kind_does_not_fit(question: str, fits: float) -> None:
    assert told(question, "The ships sail.")["span fits"] == fits


def test_an_answer_in_the_questions_own_words_is_an_echo() -> None:
    assert told("Do ships sail?", "Ships sail.")["echo"] == 1
    assert told("Do ships sail?", "Cows sleep.")["echo"] == 0


def test_the_lead_is_over_another_sentence() -> None:
    text = "Ships sail.\n\nCows sleep."
    found = read("Do ships sail?", document(text))
    assert signs("Do ships sail?", found, [2.0, 0.5])["lead"] == 1.5
    assert signs("Do ships sail?", found[:1], [2.0])["lead"] == 5


def test_signs_have_the_same_names_for_every_question() -> None:
    names = list(told("Who is Brandt?"))
    assert list(told("x", "One.")) == list(told("How many?", "Two 2.")) == names
    assert len(set(names)) == len(names)


def test_the_best_sentence_gets_the_log_odds_of_the_signs_and_the_others_move_along() -> None:
    found = read("Do ships sail?", document("Ships sail.\n\nCows sleep."))
    combiner = Combiner(Logistic({"share": 2.0}, 0.0), 0.5, 0.1, Logistic({"names": 0.0}, -3.0))
    assert lift("Do ships sail?", found, combiner) == pytest.approx(-5.0)
    given = answer("q", "Do ships sail?", found, combiner)
    assert given.verdict is Verdict.NOT_IN_TEXT
    assert given.confidence == pytest.approx(0.0474, abs=1e-4)
    assert given.near_misses[1].score == pytest.approx(0.0067, abs=1e-4)


def test_nothing_is_lifted_without_signs_or_candidates() -> None:
    plain = Combiner(Logistic({"share": 2.0}, 0.0), 0.5, 0.1)
    assert lift("Who?", read("Who?", document()), plain) == 0
    assert lift("Who?", [], Combiner(plain.ranking, 0.5, 0.1, Logistic({}, -3.0))) == 0
