"""The pure parts: phrases, pace, memory, paths, finding, suggestions."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Block, BlockKind, Document, Progress, Span
from index.watching import OnDisk
from terminal import pace, phrasing
from terminal.adding import pasted_document
from terminal.finding import matches
from terminal.keys import key_name
from terminal.memory import MOST_QUESTIONS, Memory, Notebook
from terminal.outline import headings
from terminal.paths import completion, dropped
from tests.terminal.fake import (
    ANSWERS,
    HARBOUR,
    VOTE,
    WALL,
    WHAT,
    WHEN,
)

# --- phrases -------------------------------------------------------------------------------


def test_sureness_in_words() -> None:
    assert phrasing.sureness(ANSWERS[WHAT]) == "sure"
    assert phrasing.sureness(ANSWERS[WHEN]) == "less sure"


@pytest.mark.parametrize(
    ("confidence", "bar"), [(0.0, "▱▱▱▱▱▱▱▱▱▱"), (0.44, "▰▰▰▰▱▱▱▱▱▱"), (1.0, "▰▰▰▰▰▰▰▰▰▰")]
)
def test_bar(confidence: float, bar: str) -> None:
    assert phrasing.bar(confidence) == bar


def test_an_excerpt_is_cut_around_its_answer() -> None:
    part = phrasing.excerpt(VOTE, 60)
    assert part.quote == "seven to six"
    assert part.before.startswith("…")
    assert part.after.endswith("…")
    assert len(part.before + part.quote + part.after) <= 60


@given(st.integers(min_value=1, max_value=300))
def test_an_excerpt_keeps_its_limit(limit: int) -> None:
    part = phrasing.excerpt(WALL, limit)
    assert len(part.before + part.quote + part.after) <= limit


def test_a_whole_excerpt_is_the_sentence() -> None:
    part = phrasing.excerpt(WALL)
    assert part.before + part.quote + part.after == WALL.sentence.of(HARBOUR.text)


def test_a_citation_has_the_exact_sentence_and_its_place() -> None:
    assert phrasing.citation(WALL) == (
        "“We asked for one thing, a wall that holds until 2100,” the mayor, Ingrid Dahl, told "
        "reporters.\n"
        "— Harbour barrier wins a narrow vote (/texts/harbour.txt), line 7, characters "
        f"{WALL.span.start}–{WALL.span.end}\n"
    )


@pytest.mark.parametrize(
    ("source", "name"), [("/a/b/c.txt", "c.txt"), ("C:\\x\\y.md", "y.md"), ("-", "T"), ("", "T")]
)
def test_the_short_name_of_a_document(source: str, name: str) -> None:
    assert phrasing.name(Document("k", "T", "text", source)) == name


# --- pace ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("progress", "seconds", "words"),
    [
        (Progress("reading", 3, 0, "files"), 1, "reading 3 files"),
        (Progress("embedding", 1200, 4000), 1, "embedding 1,200 of 4,000 passages"),
        (
            Progress("embedding", 1000, 4000),
            2,
            "embedding 1,000 of 4,000 passages · 500 a second · 6 s left",
        ),
        (
            Progress("embedding", 100, 100_000),
            10,
            "embedding 100 of 100,000 passages · 10 a second · 166 min left",
        ),
    ],
)
def test_pace(progress: Progress, seconds: float, words: str) -> None:
    assert pace.words(progress, seconds) == words


# --- memory --------------------------------------------------------------------------------


def test_what_is_kept_is_there_the_next_day(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "terminal.json"
    kept = Memory(theme="nord", share=40).with_question("Who?").with_question("When?")
    Notebook(path).keep(kept)
    assert Notebook(path).memory == kept
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "[]", "{", '{"theme": 3, "share": "wide"}', "\x00"])
def test_a_damaged_memory_is_as_on_the_first_day(tmp_path: Path, content: str) -> None:
    path = tmp_path / "terminal.json"
    path.write_text(content)
    assert Notebook(path).memory == Memory()


def test_a_memory_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    notebook = Notebook(blocked / "terminal.json")
    notebook.keep(Memory(theme="nord"))
    assert notebook.memory.theme == "nord"


def test_questions_are_kept_once_and_not_for_ever() -> None:
    memory = Memory()
    for number in range(MOST_QUESTIONS + 5):
        memory = memory.with_question(f"q{number}")
    memory = memory.with_question("q10")
    assert len(memory.questions) == MOST_QUESTIONS
    assert memory.questions[-1] == "q10"
    assert memory.questions.count("q10") == 1


# --- paths ---------------------------------------------------------------------------------


def test_dropped_files(tmp_path: Path) -> None:
    plain, spaced = tmp_path / "a.txt", tmp_path / "b c.txt"
    plain.write_text("a")
    spaced.write_text("b")
    assert dropped(f"{plain}\n") == [plain]
    assert dropped(f"'{spaced}' {plain}") == [spaced, plain]
    assert dropped(str(spaced).replace(" ", "\\ ")) == [spaced]
    assert dropped(str(spaced)) == [spaced]
    assert dropped(f"file://{tmp_path}/b%20c.txt") == [spaced]


@pytest.mark.parametrize(
    "text", ["", "What did he say?", "/no/such/file", "a\nb", "x" * 20_000, "it's", "\x00", "tests"]
)
def test_other_pastes_are_no_files(text: str) -> None:
    assert dropped(text) == []


def test_completion(tmp_path: Path) -> None:
    (tmp_path / "harbour.txt").write_text("x")
    (tmp_path / "letters").mkdir()
    (tmp_path / ".hidden").write_text("x")
    assert completion(f"{tmp_path}/har") == f"{tmp_path}/harbour.txt"
    assert completion(f"{tmp_path}/l") == f"{tmp_path}/letters/"
    assert completion(f"{tmp_path}/") == f"{tmp_path}/harbour.txt"
    assert completion(f"{tmp_path}/nothing") is None
    assert completion("/no/such/folder/x") is None
    assert completion("") is None


# --- finding -------------------------------------------------------------------------------


def test_a_phrase_is_found_whatever_its_case_and_white_space() -> None:
    text = "The harbour. THE\nHARBOUR, the  harbours. (the.harbour)"
    assert [span.of(text) for span in matches(text, "the harbour")] == [
        "The harbour",
        "THE\nHARBOUR",
        "the  harbour",
    ]


@pytest.mark.parametrize("phrase", ["", "  ", "absent"])
def test_nothing_is_found(phrase: str) -> None:
    assert matches("some text", phrase) == ()


def test_a_phrase_is_no_pattern() -> None:
    assert [span.start for span in matches("a.c abc a.c (x)", "a.c")] == [0, 8]
    assert len(matches("(x) [", "(x) [")) == 1


@given(st.text(max_size=200), st.text(min_size=1, max_size=5))
def test_matches_are_in_order_and_apart(text: str, phrase: str) -> None:
    found = matches(text, phrase)
    assert all(a.end <= b.start for a, b in pairwise(found))


# --- texts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (OnDisk(), ""),
        (OnDisk(changed=("/a", "/b")), "2 changed · F5"),
        (OnDisk(("/a",), ("/b",), (Path("/c"),)), "1 changed, 1 new, 1 gone · F5"),
        (OnDisk(gone=("/b",)), "1 gone"),
    ],
)
def test_what_is_not_as_it_was_read(seen: OnDisk, words: str) -> None:
    assert phrasing.on_disk(seen) == words


def test_a_moment_is_told_in_the_time_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XXX-02:00")
    time.tzset()
    assert phrasing.when("2022-01-10T23:30:00+00:00") == "2022-01-11 01:30"
    assert phrasing.when("some day") == "some day"


def test_a_pasted_text_is_the_same_document_when_pasted_again() -> None:
    first, again = pasted_document("\n  Title \nBody"), pasted_document("\n  Title \nBody")
    assert first == again
    assert (first.title, first.text) == ("Title", "\n  Title \nBody")
    assert pasted_document("x" * 200).title == "x" * 79 + "…"


def test_headings() -> None:
    blocks = (
        Block(BlockKind.HEADING, Span(0, 34)),
        Block(BlockKind.PARAGRAPH, Span(36, 54)),
    )
    assert headings(Document("k", "t", HARBOUR.text, "s", blocks)) == [Span(0, 34)]


@pytest.mark.parametrize(
    ("key", "name"),
    [("ctrl+o", "^O"), ("question_mark", "?"), ("f1", "F1"), ("alt+n", "Alt n"), ("n", "n")],
)
def test_names_of_keys(key: str, name: str) -> None:
    assert key_name(key) == name


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((2,), "Answer 2 quotes a text as it was before."),
        ((1, 3, 4), "Answers 1, 3 and 4 quote texts as they were before."),
    ],
)
def test_old_answers_are_told_by_their_numbers(numbers: tuple[int, ...], told: str) -> None:
    assert phrasing.outdated(numbers) == told
