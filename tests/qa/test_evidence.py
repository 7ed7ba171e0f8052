from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import split
from index.types import Document, Span
from qa.combining import Candidate
from qa.evidence import fitted, gather, is_sound
from qa.wording import quotations
from tests.qa.texts import FERRY, document


def span_of(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part))


def fit(sentence: str, part: str, text: str = FERRY) -> str:
    """What is left of ``part`` as a span of ``sentence``."""
    source = document(text)
    return fitted(source, span_of(text, sentence), span_of(text, part)).of(text)


def candidate(source: Document, sentence: str, part: str | None = None) -> Candidate:
    text = source.text
    whole = Span(0, len(text))
    span = span_of(text, part or sentence)
    return Candidate(source, whole, span_of(text, sentence), span, {})


QUOTE = "“We heard from 340 people who would lose their way to work,”"
QUOTED_SENTENCE = QUOTE + " said Ines Okafor, who chairs the council."


@pytest.mark.parametrize(
    ("part", "left"),
    [
        ("340 people who ", "340 people who"),
        ("work,” said", f"{QUOTE} said"),
        ("“We heard from 340", "We heard from 340"),
        ("lose their way to work,”", "lose their way to work"),
        ("eople who wou", "people who would"),
        (QUOTE, QUOTE),
        (", who chairs the council.", "who chairs the council."),
    ],
)
def test_a_span_ends_at_whole_words_without_stray_marks(part: str, left: str) -> None:
    assert fit(QUOTED_SENTENCE, part) == left


def test_a_span_stays_in_its_sentence() -> None:
    sentence = "He asked for a higher fare and was voted down."
    assert fit(sentence, sentence + "\n\n“Brandt’s demands") == sentence


def test_a_quotation_may_run_over_sentences_of_its_block() -> None:
    part = "A port is a promise. You do not cancel a promise because it is dark.”"
    assert fit("“A port is a promise.", part) == part.removesuffix("”")
    assert fit("“A port is a promise.", "“" + part) == "“" + part


def test_a_quotation_is_not_glued_to_the_next_paragraph() -> None:
    text = "“It was late.\n\n“We left,” she said."
    assert fit("“It was late.", "It was late.\n\n“We left", text) == "It was late."


@pytest.mark.parametrize(
    ("text", "part", "left"),
    [
        ("He (the mayor) left.", "(the mayor", "the mayor"),
        ("He (the mayor) left.", "(the mayor)", "(the mayor)"),
        ('She said "no way" twice.', '"no way', "no way"),
        ('She said "no way" twice.', '"no way"', '"no way"'),
        ("Er sagte „nie wieder“ und ging.", "„nie wieder“", "„nie wieder“"),
        ("Er sagte „nie wieder“ und ging.", "nie wieder“", "nie wieder"),
        ("The officials’ plan failed.", "The officials’", "The officials’"),
    ],
)
def test_half_of_a_pair_is_left_out(text: str, part: str, left: str) -> None:
    assert fit(text, part, text) == left


def test_an_empty_span_becomes_the_sentence() -> None:
    sentence = span_of(FERRY, "A port is a promise.")
    assert fitted(document(), sentence, Span(sentence.start, sentence.start)) == sentence


def test_a_sentence_met_twice_counts_once_by_its_better_reading() -> None:
    ferry = document()
    sentence = "He asked for a higher fare and was voted down."
    found = gather(
        [
            candidate(ferry, sentence),
            candidate(ferry, sentence, "a higher fare"),
            candidate(ferry, QUOTED_SENTENCE),
        ],
        [0.2, 0.9, 0.7],
        5,
    )
    assert [piece.quote for piece in found] == ["a higher fare", QUOTED_SENTENCE]
    assert [piece.score for piece in found] == [0.9, 0.7]


def test_near_duplicates_of_other_documents_are_folded() -> None:
    one = document("Rust has eaten the hull of the ferry, engineers found on Monday.", "a")
    two = document("Rust has eaten the hull of the ferry, engineers found on Monday!", "b")
    other = document("The treasurer resigned.", "c")
    found = gather(
        [
            candidate(one, one.text),
            candidate(two, two.text),
            candidate(other, other.text),
        ],
        [0.7, 0.9, 0.5],
        5,
    )
    assert [piece.document.key for piece in found] == ["b", "c"]


def test_equal_scores_come_in_the_order_of_the_text() -> None:
    ferry = document()
    later = candidate(ferry, "He asked for a higher fare and was voted down.")
    earlier = candidate(ferry, "“A port is a promise.")
    assert [p.sentence for p in gather([later, earlier], [0.7, 0.7], 2)] == [
        earlier.sentence,
        later.sentence,
    ]


@given(
    st.text(alphabet='ab ,.“”"„«»()’\n\u0301é😀', min_size=1, max_size=80),
    st.integers(0, 80),
    st.integers(0, 80),
)
def test_whatever_the_reader_says_the_evidence_is_sound(text: str, one: int, two: int) -> None:
    source = document(text)
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    for passage in split(source):
        for sentence in passage.sentences:
            made = Candidate(source, passage.span, sentence, Span(start, end), {})
            for piece in gather([made], [0.7], 1):
                assert is_sound(piece)
                assert piece.span.end <= len(text)


TERM = st.sampled_from(["salt", "tide", "gate", "is", "late"])
WORDS = st.lists(TERM, min_size=1, max_size=4).map(" ".join)
PIECES = st.one_of(
    WORDS, WORDS.map("“{}”".format), st.tuples(WORDS, WORDS).map("“{0[0]}. {0[1]}.”".format)
)
PARAGRAPHS = st.lists(
    st.lists(PIECES, min_size=1, max_size=5).map(lambda pieces: f"He {' said '.join(pieces)}."),
    min_size=1,
    max_size=3,
)


@given(PARAGRAPHS, st.data())
def test_no_quote_is_cut_in_the_middle_or_glued_over_paragraphs(
    paragraphs: list[str], data: st.DataObject
) -> None:
    source = document("\n\n".join(paragraphs))
    text = source.text
    passage = data.draw(st.sampled_from(split(source)))
    sentence = data.draw(st.sampled_from(passage.sentences))
    start = data.draw(st.integers(sentence.start, sentence.end - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = fitted(source, sentence, Span(start, end))
    assert "\n\n" not in found.of(text)
    for quote in quotations(text):
        inner = Span(quote.start + 1, quote.end - 1)
        cut = found.overlaps(inner) and not (found.contains(inner) or inner.contains(found))
        assert not cut or not sentence.contains(quote), (found.of(text), quote.of(text))
