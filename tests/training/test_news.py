"""Questions made from attributions ask for what stands there."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from training.reader.news import BASE, questions

TEXT = (
    "The bridge stays shut. Mayor Anna Holt said on Monday that repairs of the northern pillar "
    "would take a decade. “Nobody warned the engineers,” she added."
)


def row(**changes: Any) -> dict[str, Any]:
    quote = "that repairs of the northern pillar would take a decade"
    speaker, cue = "Mayor Anna Holt", "said"
    start = TEXT.index(quote)
    return {
        "text": TEXT,
        "quote": {"start": start, "end": start + len(quote)},
        "speaker": {"text": speaker, "start": TEXT.index(speaker)},
        "cue": [[TEXT.index(cue), TEXT.index(cue) + len(cue)]],
        "pronoun": False,
        "split": "train",
        "doc": "bridge",
        **changes,
    }


def made(folder: Path, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    (folder / "attribution").mkdir()
    with gzip.open(folder / "attribution" / "polnear.jsonl.gz", "wt") as out:
        out.writelines(json.dumps(one) + "\n" for one in rows)
    return list(questions(folder))


def test_the_answers_stand_where_they_are_said_to(tmp_path: Path) -> None:
    rows = made(tmp_path, *(row() for _ in range(20)))
    assert rows
    for one in rows:
        for answer in one["answers"]:
            assert one["context"][answer["start"] :].startswith(answer["text"])


def test_what_was_said_and_who_said_it(tmp_path: Path) -> None:
    asked = {one["question"]: one["answers"][0]["text"] for one in made(tmp_path, *[row()] * 40)}
    said = "that repairs of the northern pillar would take a decade"
    assert {asked.get("What did Holt say?"), asked.get("What did Mayor Anna Holt say?")} == {said}
    assert {text for question, text in asked.items() if question.startswith("Who")} == {
        "Mayor Anna Holt"
    }


@pytest.mark.parametrize(
    "changes", [{"pronoun": True}, {"split": "dev"}, {"cue": []}, {"cue": [[0, 3]]}]
)
def test_others_are_left_out(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert made(tmp_path, *[row(**changes)] * 20) == []


@pytest.mark.parametrize(
    ("form", "base"),
    [
        ("told", "tell"),
        ("denies", "deny"),
        ("admitted", "admit"),
        ("urged", "urge"),
        ("says", "say"),
    ],
)
def test_forms_of_verbs(form: str, base: str) -> None:
    assert BASE[form] == base
