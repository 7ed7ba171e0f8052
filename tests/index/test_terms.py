from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index import terms

WORDS = st.text(st.sampled_from("aBdeGst0.,'’‘“”`´_-–é好U!?#\ufeff"), max_size=12)


@given(WORDS)
def test_a_plain_word_is_analysed_as_any_other(word: str) -> None:
    parts = terms._joined(word).split()
    assert terms.terms(word) == parts
    assert terms.joined_terms(f"{word} {word}").split() == parts * 2


def test_words_are_folded_and_stemmed() -> None:
    text = "“Demanded,” the Ministers’ U.S. envoys_said: Russia’s 175,000 café `Boats`."
    assert terms.joined_terms(text).split() == (
        ["demand", "the", "minist", "us", "envoy", "said", "russia", "175000", "cafe", "boat"]
    )
