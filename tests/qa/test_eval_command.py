from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from tests.qa.questions import row, written

TIDES = "The tide rose before dawn. Fishermen of Marlow moved their boats to the upper quay."
WINDS = "A storm from the west broke the old lighthouse lamp. Nobody was hurt by the glass."
FERRY = "The ferry to Brandt Island was cancelled. Travellers slept in the town hall overnight."


def squad() -> dict[str, Any]:
    def asked(context: str, question: str, answer: str) -> dict[str, Any]:
        start = context.find(answer)
        answers = [{"text": answer, "answer_start": start}] if answer else []
        return {"question": question, "answers": answers, "is_impossible": not answer}

    paragraphs = [
        {
            "context": TIDES,
            "qas": [
                asked(TIDES, "When did the tide rise?", "before dawn"),
                asked(TIDES, "Where were the boats moved?", "the upper quay"),
            ],
        },
        {
            "context": WINDS,
            "qas": [
                asked(WINDS, "What did the storm break?", "the old lighthouse lamp"),
                asked(WINDS, "Who painted the chapel ceiling?", ""),
            ],
        },
        {
            "context": FERRY,
            "qas": [asked(FERRY, "Where did travellers sleep?", "in the town hall")],
        },
    ]
    return {"version": "v2.0", "data": [{"title": "Storm", "paragraphs": paragraphs}]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "storm.json"
    path.write_text(json.dumps(squad()), "utf-8")
    return path


@pytest.fixture
def run(embedder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PULLQUOTE_MODEL", str(embedder))
    monkeypatch.setenv("PULLQUOTE_READER", "lexical")
    return lambda *arguments: main(["eval", *map(str, arguments)])


def test_json(run: Callable[..., int], file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, "--json", "--passages", "context", "--resamples", 50) == 0
    printed = capsys.readouterr()
    data = json.loads(printed.out)
    assert [data[name] for name in ("articles", "questions", "answerable")] == [1, 5, 4]
    assert [data[name] for name in ("reader", "passages", "k")] == ["lexical", "context", 8]
    assert list(data["methods"]) == ["BM25", "dense", "hybrid", "full"]
    bm25, full = data["methods"]["BM25"], data["methods"]["full"]
    # Every answerable question shares a word with its own sentence and with no other.
    for name in ("passage@1", "passage@3", "passage@10", "MRR", "sentence@1", "sentence@3"):
        assert bm25[name] == 1.0
    # "Who painted the chapel ceiling?" shares no word with the article.
    assert bm25["AUROC"] == 1.0
    assert bm25["coverage@90"] == pytest.approx(0.8)
    assert full["gold EM"] == 0.0
    # The lexical reader answers with whole sentences; "the" is no word for SQuAD.
    words = [(2, 4), (2, 9), (3, 7), (3, 6)]
    overlaps = [2 * shared / (shared + size) for shared, size in words]
    assert full["gold F1"] == pytest.approx(sum(overlaps) / 4)
    assert bm25["intervals"]["sentence@1"] == [1.0, 1.0]
    assert full["lead"]["sentence@1"]["value"] == full["sentence@1"] - 1.0
    assert "errors" not in data
    assert "5 questions asked in" in printed.err


def test_table(run: Callable[..., int], file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, "--resamples", 0) == 0
    parts = capsys.readouterr().out.split("\n\n")
    head, sentences, answers, refusing, ranking, threshold, latency = parts
    assert "reader      lexical\npassages    windows\nk           8\n" in head
    rows = [line.split() for line in sentences.splitlines()[2:]]
    assert [row[0] for row in rows] == ["BM25", "dense", "–", "hybrid", "–", "full", "–"]
    assert rows[0][1:] == ["100.0"] * 6
    assert answers.splitlines()[2].split()[0] == "full"
    assert refusing.splitlines()[1].split() == ["AUROC", "told", "ECE"]
    assert ranking.splitlines()[1].split() == ["AURC", "coverage@80", "coverage@90", "ECE"]
    assert "refused" in threshold
    assert "p95 ms" in latency


def test_errors_are_shown_and_harmless(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    context = "The tide\x1b[2J rose. The boats sank."
    asked = row(
        title="A\x1b]0;b",
        context=context,
        question="What of the tide?",
        answers=[{"text": "boats", "start": context.index("boats")}],
    )
    path = written(tmp_path / "q.jsonl", [asked])
    assert run(path, "--errors", 3, "--resamples", 0) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    shown = out[out.index("wrong sentence") :].splitlines()
    assert shown[1:5] == [
        "  question    What of the tide?",
        "  gold        boats (sentence 2)",
        "  predicted   The tide␛[2J rose.",
        "  sentence    The tide␛[2J rose.",
    ]
    assert run(path, "--errors", 3, "--resamples", 0, "--json") == 0
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert error["kind"] == "wrong sentence"
    assert error["gold"] == ["boats"]
    assert error["sentence"] == "The tide\x1b[2J rose."


def test_limit_and_seed(
    run: Callable[..., int], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def data() -> Any:
        assert run(file, "--json", "--limit", 2, "--seed", 3, "--resamples", 20) == 0
        found = json.loads(capsys.readouterr().out)
        for method in found["methods"].values():
            del method["p50 ms"], method["p95 ms"]
        return found

    first = data()
    assert first["questions"] == 2
    assert first == data()


def test_misplaced_answers_are_told(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        row(context=TIDES, answers=[{"text": "dawn", "start": 0}]),
        row(context=TIDES, answers=[{"text": "The tide", "start": 0}]),
    ]
    assert run(written(tmp_path / "q.jsonl", rows), "--json", "--resamples", 0) == 0
    printed = capsys.readouterr()
    assert "1 questions are left out" in printed.err
    assert json.loads(printed.out)["questions"] == 1


def test_bad_input(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{", "utf-8")
    only_bad = written(
        tmp_path / "bad.jsonl", [row(context="x", answers=[{"text": "y", "start": 0}])]
    )
    for arguments, code, told in (
        ([tmp_path / "none.json"], 3, "There is no file"),
        ([broken], 3, "line 1 is not JSON"),
        ([only_bad], 3, "No question is left"),
        ([written(tmp_path / "q.jsonl", [row(context="x")]), "--split", "dev"], 2, "split"),
        ([broken, "--limit", "0"], 2, "--limit"),
        ([], 2, "FILE"),
    ):
        assert run(*arguments) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        assert told in printed.err
        assert "Traceback" not in printed.err
