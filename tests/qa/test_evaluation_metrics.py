from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.metrics import (
    auroc,
    calibration_error,
    coverage_at,
    exact_match,
    f1,
    normalised,
    risk_coverage_area,
)

CONFIDENCES = st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0])
JUDGED = st.lists(st.tuples(CONFIDENCES, st.booleans()), min_size=1, max_size=6)


class TestSquadMeasures:
    @pytest.mark.parametrize(
        ("text", "bare"),
        [
            ("The Night-Ferry!", "nightferry"),
            ("  an  apple a\tday ", "apple day"),
            ("12,000 crowns", "12000 crowns"),
            ("A", ""),
            ("theatre", "theatre"),
        ],
    )
    def test_normalised(self, text: str, bare: str) -> None:
        assert normalised(text) == bare

    def test_exact_match_takes_any_gold(self) -> None:
        assert exact_match("the Council.", ["a council", "harbour"]) == 1.0
        assert exact_match("council house", ["council"]) == 0.0
        assert exact_match("council", []) == 0.0

    def test_f1_by_hand(self) -> None:
        # Shared: night, ferry; 3 words predicted, 4 in the gold: 2 * 2 / 7.
        assert f1("the last night ferry", ["night ferry of Marlow"]) == pytest.approx(4 / 7)
        assert f1("ferry ferry", ["ferry"]) == pytest.approx(2 / 3)
        assert f1("boat", ["ferry", "boat"]) == 1.0
        assert f1("boat", ["ferry"]) == 0.0
        assert f1("the", ["a"]) == 1.0
        assert f1("the", ["ferry"]) == 0.0
        assert f1("boat", []) == 0.0


class TestAuroc:
    def test_by_hand(self) -> None:
        assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
        assert auroc([0.1], [0.9]) == 0.0
        assert auroc([0.9, 0.3], [0.5]) == 0.5

    def test_a_tie_counts_half(self) -> None:
        assert auroc([0.5, 0.9], [0.5]) == 0.75
        assert auroc([0.5], [0.5, 0.5]) == 0.5

    def test_needs_both_kinds(self) -> None:
        assert auroc([], [0.5]) is None
        assert auroc([0.5], []) is None

    @given(
        st.lists(CONFIDENCES, min_size=1, max_size=8), st.lists(CONFIDENCES, min_size=1, max_size=8)
    )
    def test_is_the_share_of_pairs_in_order(self, ups: list[float], downs: list[float]) -> None:
        pairs = [1.0 if up > down else 0.5 if up == down else 0.0 for up in ups for down in downs]
        assert auroc(ups, downs) == pytest.approx(sum(pairs) / len(pairs))


class TestRiskCoverage:
    def test_by_hand(self) -> None:
        # Right, wrong, right: risks 0, 1/2, 1/3.
        assert risk_coverage_area([0.9, 0.8, 0.7], [1, 0, 1]) == pytest.approx((1 / 2 + 1 / 3) / 3)
        assert risk_coverage_area([0.7, 0.9, 0.8], [1, 1, 0]) == pytest.approx((1 / 2 + 1 / 3) / 3)
        assert risk_coverage_area([0.5, 0.4], [1, 1]) == 0.0
        assert risk_coverage_area([], []) is None

    @given(JUDGED)
    def test_ties_stand_in_every_order_alike(self, given: list[tuple[float, bool]]) -> None:
        areas = []
        for order in permutations(given):
            if all(a[0] >= b[0] for a, b in pairwise(order)):
                wrong = [not right for _, right in order]
                areas.append(np.mean([np.mean(wrong[: i + 1]) for i in range(len(wrong))]))
        confidences, correct = zip(*given, strict=True)
        assert risk_coverage_area(confidences, correct) == pytest.approx(np.mean(areas))

    def test_coverage_by_hand(self) -> None:
        confidences, correct = [0.9, 0.8, 0.7, 0.6, 0.5], [1, 1, 0, 1, 1]
        assert coverage_at(0.8, confidences, correct) == 1.0
        assert coverage_at(0.9, confidences, correct) == 0.4
        assert coverage_at(0.9, [0.9, 0.1], [0, 1]) == 0.0
        assert coverage_at(0.9, [], []) is None

    def test_a_threshold_cannot_part_a_tie(self) -> None:
        assert coverage_at(0.9, [0.9, 0.5, 0.5], [1, 1, 0]) == pytest.approx(1 / 3)

    @given(JUDGED, st.sampled_from([0.5, 0.8, 0.9]))
    def test_coverage_is_that_of_the_best_threshold(
        self, given: list[tuple[float, bool]], precision: float
    ) -> None:
        coverages = [0.0]
        for threshold, _ in given:
            right = [correct for confidence, correct in given if confidence >= threshold]
            if sum(right) >= precision * len(right) - 1e-9:
                coverages.append(len(right) / len(given))
        confidences, correct = zip(*given, strict=True)
        assert coverage_at(precision, confidences, correct) == pytest.approx(max(coverages))


class TestCalibrationError:
    def test_by_hand(self) -> None:
        # Two bins of two: |1 - 0.85| and |0.5 - 0.3|, each of weight one half.
        found = calibration_error([0.9, 0.8, 0.4, 0.2], [1, 1, 0, 1], bins=2)
        assert found == pytest.approx((0.15 + 0.2) / 2)

    def test_a_perfect_forecast(self) -> None:
        assert calibration_error([0.75] * 4, [1, 1, 0, 1]) == pytest.approx(0.0)
        assert calibration_error([], []) is None

    @given(st.permutations([(0.5, True), (0.5, False), (0.5, True), (0.1, False), (0.9, True)]))
    def test_order_does_not_matter(self, given: list[tuple[float, bool]]) -> None:
        confidences, correct = zip(*given, strict=True)
        expected = calibration_error([0.9, 0.5, 0.5, 0.5, 0.1], [1, 1, 1, 0, 0], bins=3)
        assert calibration_error(confidences, correct, bins=3) == pytest.approx(expected)
