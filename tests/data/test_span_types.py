"""Whether a span is of the kind that is asked for: a number, a name, a date, a quote, a clause."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import samples
from qa.assistant import Assistant
from qa.types import Answer, Evidence

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "span_types.jsonl").read_text("utf-8").splitlines()
]
LONGEST = {"number": 6, "name": 9, "date": 6, "quote": 14, "why": 30, "list": 40}
"""Words of a span of each kind; more is a sentence, not an answer."""
LEAST_RIGHT = 0.9
LEAST_ANSWERED = 0.8


def fits(row: dict[str, str], evidence: Evidence) -> bool:
    """Whether the span is of the kind asked for, and holds what it must."""
    text, kind = evidence.quote, row["kind"]
    if kind == "said":
        return evidence.speaker is not None and evidence.speaker.name == row["holds"]
    if kind == "whole":
        return evidence.span == evidence.sentence
    whole = text.count("“") == text.count("”")
    return row["holds"] in text and whole and len(text.split()) <= LONGEST[kind]


def asked() -> Iterator[tuple[dict[str, str], Answer]]:
    for document in sorted({row["document"] for row in ROWS}):
        with Assistant.over([samples.path(Path(document).stem)]) as assistant:
            for row in ROWS:
                if row["document"] == document:
                    yield row, assistant.ask(row["question"])


@pytest.fixture(scope="module")
def answers() -> list[tuple[dict[str, str], Answer]]:
    return list(asked())


def on_the_right_sentence(row: dict[str, str], answer: Answer) -> Evidence | None:
    """The first piece of evidence if its sentence holds what is asked for, else None."""
    first = answer.evidence[0] if answer.evidence else None
    if first is None or row["kind"] == "said":
        return first
    text = first.document.text
    end = max(first.sentence.end, first.span.end)
    return first if row["holds"] in text[first.sentence.start : end] else None


def test_most_are_answered_by_the_right_sentence(
    answers: list[tuple[dict[str, str], Answer]],
) -> None:
    found = [on_the_right_sentence(row, answer) for row, answer in answers]
    assert len(found) == 40
    assert sum(one is not None for one in found) >= LEAST_ANSWERED * len(found)


def test_a_span_is_of_the_kind_that_is_asked_for(
    answers: list[tuple[dict[str, str], Answer]],
) -> None:
    pieces = [(row, on_the_right_sentence(row, answer)) for row, answer in answers]
    told = [(row, piece) for row, piece in pieces if piece is not None]
    wrong = [(row["question"], piece.quote) for row, piece in told if not fits(row, piece)]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(told), wrong
