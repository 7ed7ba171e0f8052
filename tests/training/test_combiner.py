from __future__ import annotations

import numpy as np
import pytest

from index.text import blocks
from index.types import Document
from training.combiner.fit import Asked, Flags, fit_logistic, fit_ranking, fit_scale, sigmoids
from training.combiner.judges import Others, Signs, best_threshold, fit_fall, fit_judge
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


def all_of(these: Flags) -> Flags:
    return np.ones_like(these)


def test_a_sign_that_tells_makes_probabilities_that_are_shares() -> None:
    dice = np.random.default_rng(3)
    seen = Signs(["a", "b", "c"], dice.normal(size=(2_000, 3)))
    told = dice.random(2_000) < sigmoids(3 * seen.table[:, 0])
    judge = fit_judge(seen, told, all_of(told), np.arange(2_000.0) % 10)
    sure = judge.probability > 0.8
    assert told[sure].mean() == pytest.approx(judge.probability[sure].mean(), abs=0.05)
    assert abs(judge.weights[0]) > 10 * max(abs(judge.weights[1]), abs(judge.weights[2]))


def test_a_judge_learns_from_the_questions_that_it_is_for_alone() -> None:
    dice = np.random.default_rng(4)
    seen = Signs(["a", "b"], dice.normal(size=(2_000, 2)))
    told = np.arange(2_000) % 3 > 0
    right = np.where(told, seen.table[:, 0] > 0, seen.table[:, 1] > 0)
    judge = fit_judge(seen, right, told, np.arange(2_000.0) % 10)
    assert abs(judge.weights[0]) > 10 * abs(judge.weights[1])


def test_signs_can_be_left_out() -> None:
    seen = Signs(["a", "b", "c"], np.arange(6.0).reshape(2, 3)).without({"b"})
    assert seen.names == ["a", "c"]
    assert seen.table.tolist() == [[0, 2], [3, 5]]


def test_the_fall_is_the_one_by_which_others_hold_answers_as_often_as_they_do() -> None:
    dice = np.random.default_rng(6)
    behind, best = dice.exponential(size=20_000), dice.normal(size=20_000)
    gold = dice.random(20_000) < sigmoids(best - 2.0 * behind)
    assert fit_fall(Others(behind, best, gold)) == pytest.approx(2.0, abs=0.1)


def test_the_threshold_weighs_false_answers_more_than_refusals() -> None:
    confidence = np.array([0.1, 0.2, 0.3, 0.5, 0.6, 0.4, 0.7, 0.8])
    told = np.array([False, False, False, False, False, True, True, True])
    assert 0.6 < best_threshold(confidence, told, all_of(told)) <= 0.7


def test_the_threshold_leaves_out_questions_that_are_not_usual() -> None:
    confidence = np.array([0.1, 0.2, 0.7, 0.5, 0.8, 0.9])
    told = np.array([False, False, False, True, True, True])
    usual = np.array([True, True, False, True, True, True])
    assert best_threshold(confidence, told, all_of(told)) > 0.7
    assert 0.2 < best_threshold(confidence, told, usual) <= 0.5
