from __future__ import annotations

import json

import pytest

from index.passages import split
from index.types import Document
from qa.answering import answer
from qa.combining import (
    COMBINER,
    Candidate,
    Combiner,
    Judges,
    Logistic,
    candidates,
    context,
    sigmoid,
)
from qa.lexical_reader import LexicalReader
from qa.telling import OF_LEAD, Telling, signs, tell
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


def test_every_set_of_weights_names_signs_that_exist() -> None:
    known = set(told("Who is Brandt?"))
    assert known > OF_LEAD
    for row in json.loads(COMBINER.read_text("utf-8"))["readers"].values():
        if "told" in row:
            assert set(row["told"]["weights"]) == known - OF_LEAD
            assert set(row["right"]["weights"]) == known


SHARES = Logistic({"share": 2.0}, 0.0)
JUDGES = Judges(Logistic({}, 1.0), Logistic({"lead": 1.0}, 0.0), fall=2.0)


def test_the_confidence_is_that_of_the_texts_and_each_sentence_has_its_part_of_it() -> None:
    question, text = "Do ships sail?", "Ships sail.\n\nCows sleep."
    given = answer(
        "q", question, read(question, document(text)), Combiner(SHARES, 0.5, 0.1, JUDGES)
    )
    assert given.verdict is Verdict.ANSWERED
    assert given.confidence == pytest.approx(sigmoid(1))
    # The first shares all words of the question and the second none: a lead of 2.
    assert [piece.score for piece in given.evidence] == [pytest.approx(sigmoid(1) * sigmoid(2))]
    telling = tell(question, read(question, document(text)), Combiner(SHARES, 0.5, 0.1, JUDGES))
    assert telling.scores[1] == pytest.approx(sigmoid(1) * sigmoid(2 - 2.0 * 2))


def test_two_sentences_that_answer_alike_share_the_score_but_not_the_confidence() -> None:
    question, text = "Do ships sail?", "Ships sail.\n\nThere, ships sail far and wide."
    given = answer(
        "q", question, read(question, document(text)), Combiner(SHARES, 0.7, 0.1, JUDGES)
    )
    assert given.confidence == pytest.approx(sigmoid(1))
    assert [piece.score for piece in given.evidence] == [pytest.approx(sigmoid(1) / 2)] * 2


def test_a_users_calibration_moves_the_confidence_and_scores_in_proportion() -> None:
    question = "Do ships sail?"
    found = read(question, document("Ships sail.\n\nCows sleep."))
    shipped = Combiner(SHARES, 0.5, 0.1, JUDGES)
    before, after = (tell(question, found, c) for c in (shipped, shipped.recalibrated(1, -2, 0.4)))
    assert after.told == pytest.approx(sigmoid(-1))
    assert after.scores == pytest.approx([one * sigmoid(-1) / sigmoid(1) for one in before.scores])


def test_without_judges_the_best_sentence_stands_for_the_texts() -> None:
    found = read("Do ships sail?", document("Ships sail.\n\nCows sleep."))
    telling = tell("Do ships sail?", found, Combiner(SHARES, 0.5, 0.1))
    assert telling.scores == pytest.approx([sigmoid(2), 0.5])
    assert telling.told == telling.scores[0]


def test_nothing_read_tells_nothing() -> None:
    for judges in (None, JUDGES):
        assert tell("Who?", [], Combiner(SHARES, 0.5, 0.1, judges)) == Telling(0.0, ())
