from __future__ import annotations

import pytest

from index.types import Span
from qa.answering import Limits, answer
from qa.combining import Candidate, Combiner, Logistic
from qa.types import Answer, Verdict
from tests.qa.texts import document

TEXT = "\n\n".join(
    ["Ships sail.", "Trains stop.", "Birds sing.", "Dogs bark.", "Cows sleep.", "Bees hum."]
)
PLAIN = Combiner(Logistic({"score": 1.0}, 0.0), threshold=0.5, near=0.2)


def judged(*scores: float, threshold: float | None = None, limits: Limits | None = None) -> Answer:
    """The answer when the sentences of TEXT have these log-odds."""
    source = document(TEXT)
    candidates = [
        Candidate(source, Span(0, len(TEXT)), block.span, block.span, {"score": score})
        for block, score in zip(source.blocks, scores, strict=False)
    ]
    return answer("q", "q", candidates, PLAIN, threshold=threshold, limits=limits)


def test_above_the_threshold_it_is_answered_best_first() -> None:
    given = judged(0.1, 3.0)
    assert (given.verdict, given.text) == (Verdict.ANSWERED, "Trains stop.")
    assert [piece.quote for piece in given.evidence] == ["Trains stop.", "Ships sail."]
    assert given.confidence == pytest.approx(0.9526, abs=1e-4)
    assert given.near_misses == ()


def test_below_it_the_nearest_is_told_but_no_answer() -> None:
    given = judged(-0.5, -3.0)
    assert (given.verdict, given.text) == (Verdict.NEAREST, None)
    assert given.evidence == ()
    assert [piece.quote for piece in given.near_misses] == ["Ships sail.", "Trains stop."]


def test_far_below_it_is_not_in_the_text() -> None:
    given = judged(-3.0)
    assert (given.verdict, given.text) == (Verdict.NOT_IN_TEXT, None)
    assert len(given.near_misses) == 1


def test_nothing_read_is_not_in_the_text() -> None:
    given = judged()
    assert (given.verdict, given.confidence, given.near_misses) == (Verdict.NOT_IN_TEXT, 0.0, ())


def test_the_threshold_itself_is_enough() -> None:
    assert judged(0.0).verdict is Verdict.ANSWERED


def test_a_threshold_of_the_user_overrules_that_of_the_reader() -> None:
    assert judged(3.0, threshold=0.99).verdict is Verdict.NEAREST
    assert judged(-3.0, threshold=0.01).verdict is Verdict.ANSWERED
    assert judged(3.0, threshold=0.99).threshold == 0.99


def test_an_empty_text_is_not_answered_even_at_threshold_zero() -> None:
    assert judged(threshold=0.0).verdict is Verdict.NOT_IN_TEXT


def test_no_more_is_shown_than_the_limits_allow() -> None:
    assert len(judged(5, 5, 5, 5, 5, 5).evidence) == 5
    assert len(judged(-5, -5, -5, -5).near_misses) == 3
    assert len(judged(5, 5, 5, limits=Limits(evidence=1)).evidence) == 1


def test_evidence_far_weaker_than_the_best_is_left_out() -> None:
    assert [piece.quote for piece in judged(5.0, -2.0).evidence] == ["Ships sail."]


def test_only_what_would_be_an_answer_by_itself_has_a_narrow_span() -> None:
    source = document(TEXT)
    candidates = [
        Candidate(
            source,
            Span(0, len(TEXT)),
            block.span,
            Span(block.span.start, block.span.end - 6),
            {"score": score},
        )
        for block, score in zip(source.blocks, (3.0, -0.1), strict=False)
    ]
    given = answer("q", "q", candidates, PLAIN)
    assert [piece.quote for piece in given.evidence] == ["Ships", "Trains stop."]
