from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.problems import UsageProblem
from index.settings import Settings
from qa import calibration
from qa.calibration import Calibration
from qa.combining import Combiner, Logistic
from qa.evaluation import calibrating
from qa.evaluation.calibrating import Judged, Share


def settings(home: Path) -> Settings:
    return Settings(home=home, reader="lexical")


def made(home: Path) -> Calibration:
    return Calibration(calibration.fingerprint("lexical", settings(home)), 2.0, -1.0, 0.6, 50)


def test_what_is_kept_is_used_for_its_reader(tmp_path: Path) -> None:
    calibration.save("lexical", made(tmp_path), settings(tmp_path))
    shipped = Combiner.load("lexical")
    found, notice = calibration.combiner("lexical", settings(tmp_path))
    assert (found.threshold, notice) == (0.6, "")
    assert found == replace(shipped, scale=2.0, bias=-1.0, threshold=0.6, near=found.near)


def test_another_reader_keeps_its_own_weights_and_that_is_said(tmp_path: Path) -> None:
    calibration.save("lexical", made(tmp_path), settings(tmp_path))
    found, notice = calibration.combiner("some/model", settings(tmp_path))
    assert found == Combiner.load("some/model")
    assert notice == (
        "Your calibration is for the reader lexical, not for some/model, and is not used."
    )


def test_one_made_with_other_models_is_not_used_and_that_is_said(tmp_path: Path) -> None:
    old = replace(made(tmp_path), models="of last year")
    calibration.save("lexical", old, settings(tmp_path))
    found, notice = calibration.combiner("lexical", settings(tmp_path))
    assert found == Combiner.load("lexical")
    assert "other models" in notice
    assert "pullquote calibrate --reset" in notice


def test_those_of_two_readers_are_kept_side_by_side(tmp_path: Path) -> None:
    calibration.save("lexical", made(tmp_path), settings(tmp_path))
    calibration.save("other", made(tmp_path), settings(tmp_path))
    assert set(calibration.load(settings(tmp_path))) == {"lexical", "other"}
    assert calibration.reset(settings(tmp_path)) is True
    assert calibration.reset(settings(tmp_path)) is False
    assert calibration.load(settings(tmp_path)) == {}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"format": 9, "readers": {}}',
        '{"format": 1, "readers": {"lexical": {}}}',
        '{"format": 1, "readers": {"lexical": {"models": "x", "scale": 0, "bias": 0, '
        '"threshold": 0.5, "questions": 9}}}',
        '{"format": 1, "readers": {"lexical": {"models": "x", "scale": 1, "bias": NaN, '
        '"threshold": 0.5, "questions": 9}}}',
    ],
)
def test_a_damaged_file_is_a_problem_with_a_remedy(content: str, tmp_path: Path) -> None:
    (tmp_path / calibration.FILE).write_text(content)
    with pytest.raises(UsageProblem, match="cannot be used") as problem:
        calibration.combiner("lexical", settings(tmp_path))
    assert "--reset" in problem.value.remedy


def test_recalibrating_moves_probabilities_and_the_border_of_the_nearest() -> None:
    shipped = Combiner(Logistic({"a": 1.0}, 0.5), 0.4, 0.2)
    found = shipped.recalibrated(2.0, 1.0, 0.8)
    assert found.threshold == 0.8
    assert found.near == pytest.approx(0.4)
    assert found.confidence(2.0) == pytest.approx(1 / (1 + math.exp(-5.0)))


def judged(told: list[float], untold: list[float]) -> Judged:
    """Answerable questions, all with the right sentence first, and others."""
    kinds = np.array([True] * len(told) + [False] * len(untold))
    return Judged(np.array(told + untold), kinds, kinds)


def test_the_border_lies_where_errors_are_fewest() -> None:
    found = calibrating.fit(judged([1.0, 2.0, 3.0], [-1.0, 0.0, 1.5]), None, border=0.0)
    assert (found.scale, found.bias) == (1.0, 0.0)
    assert found.border == pytest.approx(0.5)
    assert found.threshold == pytest.approx(1 / (1 + math.exp(-0.5)))


def test_of_equally_good_borders_the_nearest_to_the_present_one_is_taken() -> None:
    sample = judged([4.0], [0.0])
    assert calibrating.fit(sample, None, border=9.0).border == 2.0
    sample = judged([1.0, 4.0], [0.0, 2.0])
    assert calibrating.fit(sample, None, border=0.6).border == 0.5
    assert calibrating.fit(sample, None, border=2.9).border == 3.0


@pytest.mark.parametrize(("wish", "border"), [(0.0, 2.5), (0.5, 0.0), (1.0, -1.5)])
def test_a_wish_lets_no_larger_share_through(wish: float, border: float) -> None:
    sample = judged([1.0, 3.0], [-1.0, 2.0])
    assert calibrating.fit(sample, wish, border=0.0).border == pytest.approx(border)


def test_scale_and_bias_are_fitted_only_with_questions_enough() -> None:
    few = judged([1.0] * 24, [-1.0] * 24)
    many = judged([1.0] * 60, [-1.0] * 60)
    assert calibrating.fit(few, None, 0.0).scale == 1.0
    fitted = calibrating.fit(many, None, 0.0)
    assert fitted.scale > 2.0
    assert abs(fitted.bias) < 0.1


def test_a_confidence_is_fitted_to_what_the_texts_tell_not_to_right_sentences() -> None:
    told = np.arange(120) % 2 == 0
    sample = Judged(np.where(told, 1.0, -1.0), told, told & (np.arange(120) % 4 == 0))
    fitted = calibrating.fit(sample, None, 0.0)
    assert abs(fitted.bias) < 0.1
    standing = calibrating.before(sample, 0.0)
    assert standing.error == pytest.approx(1 - 1 / (1 + math.exp(-1.0)))
    assert standing.right_answers.value == 0.5


def test_after_is_judged_by_fits_that_did_not_see_the_question() -> None:
    """One untold question far above all others: any fit of all 20 refuses it, none of the rest."""
    sample = judged([1.0 + i / 10 for i in range(10)], [-1.0 - i / 10 for i in range(9)] + [9.0])
    assert calibrating.fit(sample, 0.0, 0.0).border == 9.5
    held_out = calibrating.after(sample, 0.0, 0.0)
    assert (held_out.false_answers.count, held_out.false_answers.of) == (1, 10)


def test_folds_hold_both_kinds_evenly() -> None:
    fold = calibrating.folds([True] * 20 + [False] * 20, seed=3)
    assert np.bincount(fold[:20]).tolist() == np.bincount(fold[20:]).tolist() == [2] * 10


def test_wilsons_interval() -> None:
    found = Share(1, 10).interval
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    assert Share(0, 0).interval is None
    assert Share(0, 0).value is None
