from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Document, Span
from qa.render import clean, one_line, to_json, to_markdown, to_text
from qa.types import Answer, Evidence, Speaker, Verdict
from tests.qa.texts import FERRY, document

GOLDEN = Path(__file__).parent / "golden"
WRITES = os.environ.get("GOLDEN") == "write"
"""``GOLDEN=write pytest tests/qa/test_render.py`` writes the files anew; then read the diff."""

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def evidence(sentence: str, part: str, score: float, source: Document | None = None) -> Evidence:
    source = source or document()
    text = source.text
    start, at = text.index(sentence), text.index(part, text.index(sentence))
    return Evidence(
        source,
        Span(0, len(text)),
        Span(start, start + len(sentence)),
        Span(at, at + len(part)),
        score,
    )


REPAIR = "The ferry will be repaired in March because its hull has begun to rust."
FARE = "He asked for a higher fare and was voted down."
PROMISE = "“A port is a promise."


def okafor() -> Speaker:
    text = document().text
    name, cue = text.index("Ines Okafor"), text.index("said Ines")
    return Speaker(Span(name, name + 11), Span(cue, cue + 4), "Ines Okafor", direct=True)


def answered() -> Answer:
    whole = "A port is a promise. You do not cancel a promise because it is dark."
    found = (
        evidence(REPAIR, "because its hull has begun to rust", 0.91),
        evidence(FARE, "a higher fare", 0.42),
        replace(evidence(PROMISE, whole, 0.3), speaker=okafor()),
    )
    question = "Why will the *ferry* be repaired?"
    return Answer(question, question, Verdict.ANSWERED, 0.91, 0.4, found, (), 0.0214)


def nearest() -> Answer:
    missed = (evidence(FARE, FARE, 0.25),)
    question = "Who pays the fare?"
    return Answer(question, question, Verdict.NEAREST, 0.25, 0.4, (), missed, 0.0214)


def nothing() -> Answer:
    return Answer("Why?", "Why?", Verdict.NOT_IN_TEXT, 0.0, 0.4, (), (), 0.0214)


CASES = {"answered": answered, "nearest": nearest, "nothing": nothing}
FORMS = {"txt": to_text, "md": to_markdown, "json": to_json}


def check(name: str, written: str) -> None:
    path = GOLDEN / name
    if WRITES:
        path.write_bytes(written.encode())
    assert written == path.read_bytes().decode()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", FORMS)
def test_forms_are_as_the_golden_files_show(case: str, form: str) -> None:
    check(f"{case}.{form}", FORMS[form](CASES[case]()))


def test_a_terminal_gets_wrapped_lines_with_the_span_in_bold_on_each() -> None:
    check("answered.ansi", to_text(answered(), colour=True, width=48))


def test_no_line_is_wider_than_the_terminal() -> None:
    text = to_text(answered(), width=60)
    sentences = [line for line in text.splitlines() if "characters" not in line]
    assert max(map(len, sentences)) <= 60


def test_colour_changes_nothing_but_colour() -> None:
    plain = re.sub(r"\x1b\[\d?m", "", to_text(answered(), colour=True, width=48))
    assert plain == to_text(answered(), width=48)


def test_json_slices_the_document_exactly() -> None:
    data = json.loads(to_json(answered()))
    for piece in data["evidence"]:
        for level in ("passage", "sentence", "span"):
            span = piece[level]
            assert FERRY[span["start"] : span["end"]] == span["text"]
    assert data["text"] == data["evidence"][0]["span"]["text"]
    assert data["near_misses"] == []


def test_json_says_null_when_the_text_does_not_tell() -> None:
    data = json.loads(to_json(nearest()))
    assert data["text"] is None
    assert data["verdict"] == "nearest"
    assert data["near_misses"][0]["line"] == FERRY[: FERRY.index(FARE)].count("\n") + 1


HOSTILE = (
    "It\x1b[31m was\x1b]0;owned\x07 \u202eevil\u2066 \x9b2J and \ud800 \r\nsplit\ttext \u2028."
)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_in_a_text_can_steer_the_terminal(form: str) -> None:
    source = Document("k\x1b[2J", "t\u202e", HOSTILE, "f\x1b[31m\n.txt", ())
    piece = evidence(HOSTILE, "was\x1b]0;owned\x07", 0.5, source)
    answer = Answer(HOSTILE, HOSTILE, Verdict.ANSWERED, 0.5, 0.4, (piece,), (), 0.0)
    written = FORMS[form](answer)
    assert not STEERING.search(written)
    written.encode()
    if form == "json":
        assert json.loads(written)["question"] == HOSTILE


def test_what_was_removed_is_seen() -> None:
    assert clean("a\x1b[31mb\x7f\u202e\x85") == "a␛[31mb␡<U+202E><U+0085>"
    assert clean("one\r\ntwo\tthree") == "one\ntwo\tthree"
    assert one_line("  one\r\n two\u2028three ") == "one two three"


@given(st.text())
def test_clean_text_is_clean_and_stays_so(text: str) -> None:
    once = clean(text)
    assert not STEERING.search(once)
    assert clean(once) == once
    assert "\n" not in one_line(text)


@given(st.text(alphabet="ab*_`[]<>#|\\ \n", min_size=1))
def test_markdown_of_a_text_is_its_letters(text: str) -> None:
    answer = Answer(text, text, Verdict.NOT_IN_TEXT, 0, 0.4, (), (), 0)
    heading = to_markdown(answer).splitlines()[0]
    unescaped = re.sub(r"\\(.)", r"\1", heading.removeprefix("**").removesuffix("**"))
    assert unescaped == re.sub(r"\s+", " ", text).strip()


def test_ascii_json_for_an_output_that_cannot_say_more() -> None:
    written = to_json(answered(), ascii_only=True)
    assert written.isascii()
    assert json.loads(written) == json.loads(to_json(answered()))
