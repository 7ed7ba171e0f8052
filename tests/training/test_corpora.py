from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training import corpora

SECRET = (
    "The harbour master closed the northern lock for nine weeks because its old gates leaked. "
    "Barges had to wait at the weir below the tannery until the first week of June."
)
SENTENCE = SECRET.partition(". ")[0] + "."
OPEN = "Nobody had mended the roof of the mill since the flood carried its chimney into the river."


def row(context: str, split: str = "train", title: str = "") -> dict[str, object]:
    return {"context": context, "title": title, "split": split, "question": "Why?", "answers": []}


def held_title() -> str:
    return next(t for t in map(str, range(999)) if corpora.held_out(row("", title=t)))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(corpora, "QUESTIONS", {"articles": 1.0, "sentences": 1.0})
    sets = {
        "articles": [row(SECRET, title=held_title()), row(OPEN, split="dev")],
        "sentences": [
            row(SENTENCE.upper().replace(",", ""), title="a"),
            row(OPEN, title="a"),
            row("The mill stood still.", title="a"),
            row(OPEN + " " + "It rained on the looms and on the flour all winter. " * 9, title="a"),
        ],
    }
    (tmp_path / "qa").mkdir()
    for name, rows in sets.items():
        with gzip.open(tmp_path / "qa" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(one) + "\n" for one in rows)
    return tmp_path


def test_held_and_dev_rows_are_given_as_they_are_marked(data: Path) -> None:
    assert [r["context"] for r in corpora.question_rows(data, "articles", "held")] == [SECRET]
    assert [r["context"] for r in corpora.question_rows(data, "articles", "dev")] == [OPEN]
    assert list(corpora.question_rows(data, "articles")) == []


def test_training_rows_stand_in_no_held_or_dev_text_of_another_set(data: Path) -> None:
    found = [r["context"] for r in corpora.question_rows(data, "sentences")]
    assert [context[:20] for context in found] == ["The mill stood still", OPEN[:20]]
    assert len(found[1]) > len(OPEN)
