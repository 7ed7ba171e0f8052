from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.fusion import Ranking, ranks, reciprocal_rank_fusion

IDS = st.lists(st.integers(1, 30), max_size=20)


def test_scores_are_those_of_the_paper() -> None:
    fused = reciprocal_rank_fusion([Ranking([7, 3]), Ranking([3, 9])])
    assert [id_ for id_, _ in fused] == [3, 7, 9]
    assert [score for _, score in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


def test_a_weight_scales_what_its_ranking_says() -> None:
    fused = reciprocal_rank_fusion([Ranking([1], 0.5), Ranking([2], 2.0)], constant=1)
    assert fused == [(2, 1.0), (1, 0.25)]


def test_ties_go_to_the_smaller_id() -> None:
    assert [id_ for id_, _ in reciprocal_rank_fusion([Ranking([9]), Ranking([4])])] == [4, 9]


def test_nothing_fused_is_nothing() -> None:
    assert reciprocal_rank_fusion([]) == []
    assert reciprocal_rank_fusion([Ranking([]), Ranking([])]) == []


def test_a_repeated_id_keeps_its_better_rank() -> None:
    assert ranks([5, 6, 5]) == {5: 1, 6: 2}


@given(IDS, IDS)
def test_every_id_comes_once_and_scores_fall(dense: list[int], lexical: list[int]) -> None:
    fused = reciprocal_rank_fusion([Ranking(dense), Ranking(lexical)])
    scores = [score for _, score in fused]
    assert sorted(id_ for id_, _ in fused) == sorted({*dense, *lexical})
    assert scores == sorted(scores, reverse=True)


@given(IDS, IDS)
def test_it_does_not_matter_which_engine_comes_first(one: list[int], two: list[int]) -> None:
    assert reciprocal_rank_fusion([Ranking(one), Ranking(two)]) == reciprocal_rank_fusion(
        [Ranking(two), Ranking(one)]
    )
