from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import split
from index.text import blocks
from index.types import BlockKind, Document, Passage

SENTENCE = "The pump that the town had borrowed ran all night and moved very little water. "


def document(text: str) -> Document:
    return Document("key", "title", text, "source", tuple(blocks(text)))


def split_text(text: str, **sizes: int) -> list[str]:
    return [passage.span.of(text) for passage in split(document(text), **sizes)]


def paragraphs(count: int, sentences: int) -> str:
    return "\n\n".join(
        f"Paragraph {i} begins. {SENTENCE * sentences}".strip() for i in range(count)
    )


def words(text: str) -> int:
    return len(text.split())


texts = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(["\n\n", "\n", "\r\n", SENTENCE, "Read more:", "A heading", "x" * 3000]),
        st.builds(paragraphs, st.integers(1, 8), st.integers(1, 12)),
    ),
    max_size=12,
).map("".join)


@given(texts, st.integers(1, 200))
def test_passages_hold_every_solid_character_and_their_sentences(text: str, target: int) -> None:
    found = split(document(text), target=target)
    inside: set[int] = set()
    for passage in found:
        assert_is_sound(passage, text)
        inside.update(range(passage.span.start, passage.span.end))
    assert all(i in inside for i, c in enumerate(text) if not c.isspace())
    starts = [passage.span.start for passage in found]
    assert starts == sorted(set(starts))
    assert found == split(document(text), target=target)


def assert_is_sound(passage: Passage, text: str) -> None:
    assert passage.document == "key"
    assert passage.id == 0
    assert passage.sentences
    assert passage.span.start == passage.sentences[0].start
    assert passage.span.end == passage.sentences[-1].end
    assert all(a.end <= b.start for a, b in pairwise(passage.sentences))
    between = list(passage.span.of(text))
    for sentence in passage.sentences:
        for i in range(sentence.start, sentence.end):
            between[i - passage.span.start] = " "
    assert "".join(between).isspace()


@given(st.builds(paragraphs, st.integers(1, 30), st.integers(1, 30)))
def test_passages_of_prose_have_about_the_wanted_length(text: str) -> None:
    sizes = [words(passage) for passage in split_text(text)]
    assert max(sizes) <= 180
    assert all(size > 75 for size in sizes[:-1])


def test_neighbouring_passages_share_whole_blocks() -> None:
    text = paragraphs(8, 2)
    found = split_text(text)
    whole = text.split("\n\n")
    for first, second in pairwise(found):
        assert first.split("\n\n")[-1] == second.split("\n\n")[0]
    assert [
        block for passage in found for block in passage.split("\n\n") if block not in whole
    ] == []


def test_a_paragraph_of_usual_length_is_one_passage() -> None:
    text = paragraphs(3, 9)
    assert 120 < words(text.split("\n\n")[0]) < 150
    assert split_text(text) == text.split("\n\n")


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = paragraphs(1, 30)
    found = split(document(text))
    assert len(found) > 2
    assert all(passage.span.of(text).endswith(".") for passage in found)
    assert all(a.span.overlaps(b.span) for a, b in pairwise(found))


def test_headings_go_with_what_follows_and_small_print_stands_alone() -> None:
    body = SENTENCE.strip()
    caption = "The mill at dusk. (Ida Holm/Valley Press)"
    text = f"Dam leaks\n\n{body}\n\n{caption}\n\n{body}\n\nPumps arrive\n\n{body}\n\nRead more:"
    assert split_text(text) == [
        f"Dam leaks\n\n{body}",
        caption,
        body,
        f"Pumps arrive\n\n{body}",
        "Read more:",
    ]


def test_blocks_are_found_for_a_document_without_them() -> None:
    text = f"Dam leaks\n\n{SENTENCE}"
    bare = Document("key", "title", text, "source")
    assert split(bare) == split(document(text))
    assert document(text).blocks[0].kind is BlockKind.HEADING


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("x" * 1_000_000, 960),
        ("word " * 5_000, 960),
        ("漢字を読む。" * 2_000, 1_200),
        ("a\n" * 2_000, 1_200),
    ],
)
def test_degenerate_texts_are_cut_all_the_same(text: str, longest: int) -> None:
    found = split_text(text)
    assert len(found) > 5
    assert max(map(len, found)) <= longest


@pytest.mark.parametrize("text", ["", "\n\n\n", " \t "])
def test_nothing_gives_no_passage(text: str) -> None:
    assert split_text(text) == []


def test_one_word_is_a_passage() -> None:
    assert split_text(" word\n") == ["word"]


@pytest.mark.parametrize("sizes", [{"target": 0}, {"target": 10, "overlap": 10}, {"overlap": -1}])
def test_impossible_sizes_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="make no windows"):
        split_text("word", **sizes)
