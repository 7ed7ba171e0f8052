"""From scores of words to the span of a sentence."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.decoding import REACH, WordScores, central, read_sentence
from qa.features import Words

LOW = -9.0


def scored(count: int, spans: dict[tuple[int, int], float]) -> WordScores:
    """Scores of ``count`` words by which these spans, by first and last word, get these log-odds.

    The product of left and right has one place for each span.
    """
    rank = len(spans)
    left, right = np.zeros((count, rank), np.float32), np.zeros((count, rank), np.float32)
    for place, ((first, last), log_odds) in enumerate(spans.items()):
        left[first, place] = 1.0
        right[last, place] = (log_odds - 2 * LOW) * rank**0.5
    words = np.full(count, LOW, dtype=np.float32)
    return WordScores(words, words, left, right, np.arange(count, dtype=np.float32))


def words(count: int) -> Words:
    """Words of two characters, one blank between them."""
    starts = np.arange(count, dtype=np.int32) * 3
    return Words(starts, starts + 2, np.ones(count, dtype=np.int32))


def read(spans: dict[tuple[int, int], float], count: int = 12) -> tuple[int, int]:
    """The first and last word of the span that is taken."""
    span = read_sentence(scored(count, spans), words(count), 0, count).span
    return span.start // 3, (span.end - 2) // 3


def test_the_likeliest_span_is_taken_where_no_other_comes_near() -> None:
    assert read({(2, 5): 4.0, (8, 9): 0.0}) == (2, 5)


def test_of_many_that_differ_by_a_word_the_middle_one_is_taken() -> None:
    likeliest_alone = {(9, 9): 2.0, (2, 5): 1.9, (2, 6): 1.8, (1, 5): 1.8}
    assert read(likeliest_alone) == (2, 5)


def test_the_score_is_the_highest_and_the_sentence_that_of_its_best_word() -> None:
    scores = scored(12, {(9, 9): 2.0, (2, 5): 1.9, (2, 6): 1.8, (1, 5): 1.8})
    reading = read_sentence(scores, words(12), 0, 12)
    assert abs(reading.span_score - 2.0) < 1e-4
    assert reading.sentence_score == 11.0


def test_a_span_lies_in_its_sentence() -> None:
    scores = scored(12, {(1, 2): 5.0, (6, 7): 1.0, (3, 9): 4.0})
    span = read_sentence(scores, words(12), 5, 9).span
    assert (span.start // 3, (span.end - 2) // 3) == (6, 7)


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_any_scores_give_a_span_of_words_in_order(count: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    start, end, sentence = dice.normal(0, 5, (3, count)).astype(np.float32)
    left, right = dice.normal(0, 5, (2, count, 4)).astype(np.float32)
    scores = WordScores(start, end, left, right, sentence)
    span = read_sentence(scores, words(count), 0, count).span
    assert 0 <= span.start < span.end <= 3 * count - 1
    assert (span.end - span.start) // 3 < REACH


def test_equal_spans_are_taken_in_their_order() -> None:
    places = np.array([3, 7])
    assert central(places, places, np.zeros(2, dtype=np.float32)) == 0
