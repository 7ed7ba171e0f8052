from __future__ import annotations

import string
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text import blocks, sentences, words
from index.types import BlockKind, Span

_FIXTURE = Path(__file__).parent.parent / "fixtures" / "sentences.txt"
_BOUNDARY = " ‖ "
_PARAGRAPHS = [
    line for line in _FIXTURE.read_text("utf-8").splitlines() if line and not line.startswith("#")
]

PROSE = (
    "Rain had fallen on the upper valley for nine days before the old dam began to leak, and the "
    "mayor asked every family below the bridge to pack what they could carry."
)

texts = st.text(
    alphabet=st.one_of(
        st.sampled_from(" \n\r\t.?!…。“”\"'()[]—-#*>|=~`1Aa\u00a0\u200b\u0301"),
        st.sampled_from(string.ascii_letters),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=300,
)


def solid(text: str) -> list[int]:
    """Where the characters stand that are not white space."""
    return [i for i, c in enumerate(text) if not c.isspace()]


def covered(spans: list[Span], text: str) -> list[int]:
    return [i for span in spans for i in range(span.start, span.end) if not text[i].isspace()]


def kinds_of(text: str) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.span.of(text)) for block in blocks(text)]


@pytest.mark.parametrize("paragraph", _PARAGRAPHS)
def test_sentences_end_where_a_reader_ends_them(paragraph: str) -> None:
    text = paragraph.replace(_BOUNDARY, " ")
    assert [span.of(text) for span in sentences(text)] == paragraph.split(_BOUNDARY)


def test_there_are_hard_sentences_enough() -> None:
    assert sum(len(paragraph.split(_BOUNDARY)) for paragraph in _PARAGRAPHS) >= 150


@given(texts)
def test_every_solid_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentences(text)
    assert covered(spans, text) == solid(text)
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)


@given(texts, st.integers(0, 300), st.integers(0, 300))
def test_sentences_stay_within_their_bounds(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    spans = sentences(text, start, end)
    assert covered(spans, text) == [i for i in solid(text) if start <= i < end]


@given(texts)
def test_every_solid_character_is_in_exactly_one_block(text: str) -> None:
    spans = [block.span for block in blocks(text)]
    assert covered(spans, text) == solid(text)
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)


@given(texts)
def test_words_are_in_order_and_hold_no_white_space(text: str) -> None:
    spans = words(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert not any(c.isspace() for span in spans for c in span.of(text))
    letters = [i for i, c in enumerate(text) if c.isalnum()]
    assert set(letters) <= {i for span in spans for i in range(span.start, span.end)}


def test_words_keep_what_belongs_together() -> None:
    text = "Russia’s seven-hour U.S. talks cost 175,000 (3.5%)—don't_ask: cafe\u0301, हिन्दी, 北京."
    assert [span.of(text) for span in words(text)] == [
        "Russia’s", "seven-hour", "U.S.", "talks", "cost", "175,000", "3.5", "don't", "ask",
        "cafe\u0301", "हिन्दी", "北京",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left.\u00a0She stayed.", ["He left.", "She stayed."]),
        ("He left.\r\nShe stayed.", ["He left.", "She stayed."]),
        ("He left.\u200b\tShe stayed.", ["He left.\u200b", "She stayed."]),
        ("no stop\n\nanother", ["no stop", "another"]),
        ("no stop\r\n\r\nanother", ["no stop", "another"]),
        ("a line\nbroken in two.", ["a line\nbroken in two."]),
        ("他走了。她留下。", ["他走了。", "她留下。"]),
        ("「行くな！」彼は叫んだ。", ["「行くな！」", "彼は叫んだ。"]),
        ("円周率は３．１４です。次。", ["円周率は３．１４です。", "次。"]),
        ("", []),
        (" \n ", []),
        ("...", ["..."]),
    ],
)
def test_sentences_in_odd_white_space_and_scripts(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in sentences(text)] == expected


def test_an_article_falls_into_its_parts() -> None:
    text = "\n\n".join(
        [
            "Old dam above the valley leaks after nine days of rain",
            "By Nora Field and Sam Oake",
            "A farmer leads two cows over the bridge at Lower Mill. (Ida Holm/Valley Press)",
            PROSE,
            "Engineers warned of cracks three years ago",
            "“We asked for pumps and were sent a form,” the mayor said.",
            "Field reported from Lower Mill. Jon Reed in Ghent contributed to this report.",
            "Read more:",
            "Why small dams fail first",
            "The valley has flooded before. What did it learn?",
        ]
    )
    assert [kind for kind, _ in kinds_of(text)] == [
        BlockKind.HEADING, BlockKind.BYLINE, BlockKind.CAPTION, BlockKind.PARAGRAPH,
        BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.BYLINE, BlockKind.LINK, BlockKind.LINK,
        BlockKind.LINK,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("# Rain", BlockKind.HEADING),
        ("Rain\n====", BlockKind.HEADING),
        ("What did the mayor ask for?", BlockKind.HEADING),
        ("Key points:", BlockKind.HEADING),
        ("1. Introduction", BlockKind.HEADING),
        ("2.1 How it leaks", BlockKind.HEADING),
        ("1) one loaf", BlockKind.PARAGRAPH),
        ("“Why me?”", BlockKind.PARAGRAPH),
        ("It rained.", BlockKind.PARAGRAPH),
        ("and it rained", BlockKind.PARAGRAPH),
        ("- one loaf", BlockKind.PARAGRAPH),
        ("29,603", BlockKind.PARAGRAPH),
        ("Cases were reported from Texas.", BlockKind.PARAGRAPH),
        ("He can sleep (and/or eat) there.", BlockKind.PARAGRAPH),
        ("Related: Why dams fail", BlockKind.LINK),
        ("( PHOTOS: The flood of 1954)", BlockKind.LINK),
        ("https://example.org/rain", BlockKind.LINK),
        ("[The flood](https://example.org)", BlockKind.LINK),
        ("![A flooded street](street.png)", BlockKind.CAPTION),
        ("Photo: Ida Holm", BlockKind.CAPTION),
        ("The river at dusk. (Reuters)", BlockKind.CAPTION),
        ("By Nora Field", BlockKind.BYLINE),
        ("Jan. 9, 2022 at 5:30 p.m.", BlockKind.BYLINE),
        ("Reporting by Nora Field; Editing by Sam Oake", BlockKind.BYLINE),
    ],
)
def test_a_line_between_paragraphs_shows_its_kind(line: str, kind: BlockKind) -> None:
    text = f"{PROSE}\n\n{line}\n\n{PROSE}"
    assert kinds_of(text)[1] == (kind, line)


def test_headings_that_head_nothing_are_paragraphs() -> None:
    verse = "The rain came down\nThe river rose\nThe bridge went out\nThe mayor dozed"
    assert {kind for kind, _ in kinds_of(verse)} == {BlockKind.PARAGRAPH}
    assert kinds_of("Rain") == [(BlockKind.PARAGRAPH, "Rain")]
    with_prose = f"{verse}\n{PROSE}"
    assert {kind for kind, _ in kinds_of(with_prose)} == {BlockKind.PARAGRAPH}


def test_a_line_is_a_paragraph_where_lines_are_not_wrapped() -> None:
    text = f"Rain in the valley\n{PROSE}\nIt stopped.\n{PROSE}"
    assert [kind for kind, _ in kinds_of(text)] == [
        BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH,
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_hard_wrapped_lines_are_joined(end: str) -> None:
    from textwrap import wrap

    wrapped = end.join(wrap(f"{PROSE} {PROSE}", 70))
    text = f"Rain{end}{end}{wrapped}{end}{end}{wrapped}{end}- one{end}- two"
    assert [span for _, span in kinds_of(text)] == ["Rain", wrapped, wrapped, "- one", "- two"]


def test_indented_first_lines_begin_paragraphs_of_a_wrapped_text() -> None:
    from textwrap import wrap

    first, second = ("\n".join(wrap(PROSE, 60, initial_indent="   ")) for _ in range(2))
    text = f"{first}\n{second}"
    assert [span for _, span in kinds_of(text)] == [first.strip(), second.strip()]


def test_markdown_lists_quotes_and_code_stay_apart() -> None:
    text = (
        "# Dam\n\nIt leaks.\n\n* one pump\n* two pumps\n  and a hose\n\n> Quoted words.\n\n"
        "```\n# no heading\n\nx = 1\n```\nIt leaks still."
    )
    assert kinds_of(text) == [
        (BlockKind.HEADING, "# Dam"),
        (BlockKind.PARAGRAPH, "It leaks."),
        (BlockKind.PARAGRAPH, "* one pump"),
        (BlockKind.PARAGRAPH, "* two pumps\n  and a hose"),
        (BlockKind.PARAGRAPH, "> Quoted words."),
        (BlockKind.PARAGRAPH, "```\n# no heading\n\nx = 1\n```"),
        (BlockKind.PARAGRAPH, "It leaks still."),
    ]
