"""The hand-made question sets hold what they promise."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import Stemmer

from index.text import blocks, sentences
from qa import samples

HERE = Path(__file__).parent
STOPWORDS = frozenset((HERE / "stopwords.txt").read_text(encoding="utf-8").split())
ASKED = ("questions.jsonl", "unanswerable.jsonl", "unanswerable_fresh.jsonl")
OPENING, CLOSING = '“"', '”"'


def rows(name: str) -> list[dict[str, Any]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def text_of(document: str) -> str:
    folder = HERE / "quotes" if (HERE / "quotes" / document).exists() else samples.directory()
    return (folder / document).read_text(encoding="utf-8")


def answers() -> list[tuple[str, dict[str, Any]]]:
    asked = [row for name in ASKED for row in rows(name)]
    asked += [
        {"document": talk["document"], **turn}
        for talk in rows("conversations.jsonl")
        for turn in talk["turns"]
    ]
    return [(row["document"], answer) for row in asked for answer in row["answers"]]


def content_stems(text: str) -> set[str]:
    stem = Stemmer.Stemmer("english").stemWord
    words = re.findall(r"\w+", re.sub(r"['’]s\b", "", text.lower()))
    return {stem(word) for word in words if word not in STOPWORDS}


def sentence_at(text: str, start: int) -> str:
    for block in blocks(text):
        for sentence in sentences(text, block.span.start, block.span.end):
            if sentence.start <= start < sentence.end:
                return sentence.of(text)
    raise AssertionError(f"no sentence at {start}")


def test_every_answer_stands_where_it_says() -> None:
    wrong = [
        answer
        for document, answer in answers()
        if not text_of(document).startswith(answer["text"], answer["start"])
    ]
    assert wrong == []


def test_sixty_questions_twenty_an_article() -> None:
    questions = rows("questions.jsonl")
    assert Counter(row["document"] for row in questions) == dict.fromkeys(
        ("geneva.txt", "harbor.txt", "meteorites.txt"), 20
    )
    assert len({row["question"] for row in questions}) == 60
    assert all(row["answers"] for row in questions)


@pytest.mark.parametrize("row", rows("questions.jsonl"), ids=lambda row: row["question"][:40])
def test_half_lexical_is_what_the_stems_say(row: dict[str, Any]) -> None:
    text = text_of(row["document"])
    asked = content_stems(row["question"])
    shared = [asked & content_stems(sentence_at(text, a["start"])) for a in row["answers"]]
    assert row["half_lexical"] == all(len(stems) <= 1 for stems in shared)


def test_a_third_of_the_questions_hardly_shares_words() -> None:
    assert sum(row["half_lexical"] for row in rows("questions.jsonl")) >= 20


@pytest.mark.parametrize(("name", "half"), [(ASKED[1], 50), (ASKED[2], 20)])
def test_half_are_answered_and_of_the_others_a_third_has_names(name: str, half: int) -> None:
    asked = rows(name)
    refused = [row for row in asked if not row["answerable"]]
    assert (len(asked), len(refused)) == (2 * half, half)
    assert all(bool(row["answers"]) == row["answerable"] for row in asked)
    assert sum(row["names"] for row in refused) >= half / 3


def test_no_question_is_asked_twice() -> None:
    questions = [row["question"] for name in ASKED for row in rows(name)]
    assert len(set(questions)) == len(questions)


@pytest.mark.parametrize("name", ASKED[1:])
def test_names_in_unanswerable_questions_are_names_of_the_article(name: str) -> None:
    for row in rows(name):
        if row["names"]:
            names = re.findall(r"[A-Z]\w+", row["question"])[1:]
            assert any(name in text_of(row["document"]) for name in names), row["question"]


def test_quotes_are_whole_and_their_speakers_stand_where_they_say() -> None:
    quotes = rows("quotes.jsonl")
    assert len(quotes) >= 60
    for row in quotes:
        text = text_of(row["document"])
        quote = text[row["quote"]["start"] : row["quote"]["end"]]
        assert quote[0] in OPENING
        assert quote[-1] in CLOSING
        assert "\n" not in quote
        for who in (row["speaker"], row["mention"]):
            assert text.startswith(who["text"], who["start"])


def test_conversations_have_three_or_four_turns_and_begin_by_themselves() -> None:
    talks = rows("conversations.jsonl")
    assert len(talks) == 15
    for talk in talks:
        assert len(talk["turns"]) in (3, 4)
        assert talk["turns"][0]["question"] == talk["turns"][0]["standalone"]
        assert all(turn["answers"] for turn in talk["turns"])
