from __future__ import annotations

import numpy as np
import pytest

from index.text import blocks
from index.types import Document
from training.combiner.__main__ import best_threshold, fit_told
from training.combiner.fit import Asked, fit_logistic, fit_ranking, fit_scale, sigmoids
from training.combiner.questions import Article, Question, asked

HARBOUR = "Mayor Ada Finch opened the harbour in 1999. Later Ada Finch closed the old harbour gate."
SHIPS = "Captain Bo Moor sailed in 1871. In Marlow, Bo Moor sold every ship and the crew went home."


def article(name: str, text: str, *questions: str) -> Article:
    document = Document(f"selqa {name}", name, text, name, tuple(blocks(text)))
    return Article(document, tuple(Question(question, (0,)) for question in questions))


@pytest.fixture
def known() -> list[Article]:
    first = ["When did Ada Finch open the harbour in 1999?"] * 60
    second = ["Who saw Bo Moor sail, in 1871?"] * 60
    return [article("a", HARBOUR, *first), article("b", SHIPS, *second)]


def test_made_questions_are_untold_and_of_every_kind(known: list[Article]) -> None:
    for one, questions in asked(known, 3.0, seed=1):
        made = [question for question in questions if question.kind != "own"]
        assert {question.kind for question in made} == {
            "foreign",
            "near",
            "transplanted",
            "swapped",
        }
        assert not any(question.answers for question in made)
        own = {question.text for question in one.questions}
        assert all(question.text not in own for question in made)


def test_a_transplanted_question_has_a_name_of_the_article(known: list[Article]) -> None:
    (_, questions), _ = asked(known, 3.0, seed=1)
    texts = [question.text for question in questions if question.kind == "transplanted"]
    assert texts
    assert all("Moor" not in text and "Ada Finch" in text for text in texts)


def test_a_swapped_question_has_a_name_or_number_of_another(known: list[Article]) -> None:
    (_, questions), _ = asked(known, 3.0, seed=1)
    texts = [question.text for question in questions if question.kind == "swapped"]
    assert texts
    assert all("1871" in text and "harbour" in text for text in texts)


def test_the_same_seed_asks_the_same(known: list[Article]) -> None:
    assert list(asked(known, 1.0, seed=4)) == list(asked(known, 1.0, seed=4))


def test_ranking_finds_the_feature_that_marks_the_gold_sentence() -> None:
    dice = np.random.default_rng(0)
    questions = []
    for _ in range(60):
        features, gold = dice.normal(size=(5, 3)), np.zeros(5, bool)
        gold[int(features[:, 1].argmax())] = True
        questions.append(Asked(features, gold))
    weights = fit_ranking(questions)
    assert weights[1] > 1
    assert weights[1] > 5 * max(abs(weights[0]), abs(weights[2]))


def test_logistic_regression_finds_weights_on_their_own_scale() -> None:
    dice = np.random.default_rng(1)
    inputs = dice.normal(size=(20_000, 2)) * [1.0, 100.0] + [0.0, 30.0]
    right = dice.random(20_000) < sigmoids(inputs @ [1.5, 0.01] - 1.0)
    weights, bias = fit_logistic(inputs, right, l2=0.01)
    assert [*weights, bias] == pytest.approx([1.5, 0.01, -1.0], rel=0.15)


def test_a_constant_input_has_no_weight() -> None:
    inputs = np.stack([np.ones(50), np.arange(50.0)], axis=1)
    weights, _ = fit_logistic(inputs, np.arange(50) > 25)
    assert weights[0] == 0


def test_the_scale_makes_scores_probabilities() -> None:
    dice = np.random.default_rng(2)
    scores = dice.normal(size=20_000)
    right = dice.random(20_000) < sigmoids(2 * scores - 1)
    assert fit_scale(scores, right) == pytest.approx((2, -1), rel=0.1)


def test_a_sign_that_tells_makes_confidences_that_are_shares_of_right() -> None:
    dice = np.random.default_rng(3)
    table = dice.normal(size=(2_000, 3))
    right = dice.random(2_000) < sigmoids(3 * table[:, 0])
    fitted = fit_told(table, right, right, np.ones_like(right), np.arange(2_000.0) % 10)
    sure = fitted.confidence > 0.8
    assert right[sure].mean() == pytest.approx(fitted.confidence[sure].mean(), abs=0.05)
    assert abs(fitted.weights[0]) > 10 * max(abs(fitted.weights[1]), abs(fitted.weights[2]))


def test_the_threshold_weighs_false_answers_more_than_refusals() -> None:
    confidence = np.array([0.1, 0.2, 0.3, 0.5, 0.6, 0.4, 0.7, 0.8])
    told = np.array([False, False, False, False, False, True, True, True])
    assert 0.6 < best_threshold(confidence, told) <= 0.7


def test_the_threshold_leaves_out_questions_that_are_not_usual() -> None:
    dice = np.random.default_rng(5)
    told = np.arange(3_000) % 3 == 0
    misleading = np.arange(3_000) % 3 == 1
    table = (dice.normal(size=3_000) + 3.0 * told + 2.5 * misleading)[:, None]
    fold = np.arange(3_000.0) % 10
    every = fit_told(table, told, told, np.ones_like(told), fold)
    usual = fit_told(table, told, told, ~misleading, fold)
    assert usual.confidence == pytest.approx(every.confidence)
    assert usual.threshold < every.threshold - 0.05
