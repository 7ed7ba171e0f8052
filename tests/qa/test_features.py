from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.types import Span
from qa.features import PIECES, SHAPES, Lexicon, sentence_numbers, shape, word_spans
from qa.readers import EMBEDDED


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(Tokenizer.from_file(str(EMBEDDED / "tokenizer.json")), capacity=2)


@given(st.text())
def test_words_cover_every_visible_character_once_and_in_order(text: str) -> None:
    spans = word_spans(text)
    covered = [i for span in spans for i in range(span.start, span.end)]
    assert covered == sorted(set(covered))
    visible = {i for i, character in enumerate(text) if not character.isspace()}
    assert visible <= set(covered)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the U.S. said", ["the", "U.S.", "said"]),
        ("175,000 troops, or 3.5%", ["175,000", "troops", ",", "or", "3.5", "%"]),
        ("Russia’s short-range", ["Russia", "’s", "short", "-", "range"]),
        ("“Not now,” he said.", ["“", "Not", "now", ",", "”", "he", "said", "."]),
        ("  ", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [span.of(text) for span in word_spans(text)] == words


def test_writings_of_one_word_share_identities(lexicon: Lexicon) -> None:
    types = lexicon.words('Demands demands demanded Köln koln “ "').types
    written, lower, stem = lexicon.identities[types].T
    assert written[0] != written[1]
    assert lower[0] == lower[1] != lower[2]
    assert stem[0] == stem[1] == stem[2]
    assert lower[3] == lower[4]
    assert lower[5] == lower[6]


def test_no_word_is_padding(lexicon: Lexicon) -> None:
    types = lexicon.words("a \u0301 \u200b 中文 🙂").types
    assert (types > 0).all()
    assert (lexicon.identities[types] > 0).all()


def test_the_tables_grow_and_keep_what_they_hold(lexicon: Lexicon) -> None:
    before = lexicon.words("alpha").types[0]
    row = lexicon.pieces[before].copy()
    lexicon.words(" ".join(f"w{i}" for i in range(300)))
    assert lexicon.words("alpha").types[0] == before
    assert (lexicon.pieces[before] == row).all()
    assert lexicon.pieces.shape[1] == PIECES


def test_shapes() -> None:
    assert len(shape("x")) == SHAPES
    named = {"Sherman": 0, "NATO": 1, "G20": 2, "175,000": 3, "2014": 4, "?": 7, "”": 8, "—": 9}
    for form, feature in named.items():
        assert shape(form)[feature] == 1.0, form
    assert sum(shape("envoy")) == 0.0


def test_words_between_sentences_belong_to_the_one_before(lexicon: Lexicon) -> None:
    words = lexicon.words("x One two. y Three.")
    numbers = sentence_numbers(words, [Span(2, 10), Span(13, 19)])
    assert numbers.tolist() == [0, 0, 0, 0, 0, 1, 1]
    assert numbers.dtype == np.int32
