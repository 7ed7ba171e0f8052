"""Articles put together from question sets, and what each is asked: told, untold, made untold.

Besides its own questions, some of which it does not answer, an article is asked others that it
cannot answer, each kind as hard as the next: questions of another article drawn at random
(``foreign``), those of other articles that share most with its words (``near``), questions of
others with one of its own names put in (``transplanted``), and its own questions with a name or
number of another article put in (``swapped``).
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.terms import question_terms, terms
from index.text import blocks
from index.types import Document
from training.corpora import question_rows

SETS = {
    "squad_train_part": ("held", 0.3),
    "squad_dev": ("held", 0.6),
    "nq_qed": ("dev", 0.3),
    "tydiqa_en": ("dev", 0.6),
    "clapnq_dev": ("dev", 0.7),
    "mrqa_ood_small": ("dev", 0.5),
    "timeqa_human": ("dev", 1.0),
    "selqa": ("dev", 0.3),
    "fairytaleqa": ("dev", 0.2),
}
"""Question sets with the split that is read, and the share of its questions that is asked."""
PARAGRAPHS = 20
"""Of an article that is put together."""
OWN = "own"
MADE = {"foreign": 0.08, "near": 0.14, "transplanted": 0.2, "swapped": 0.16}
"""Questions that are made untold, by kind: how many, as a share of the article's own."""

_NAME = re.compile(r"(?<=[a-z,’'] )[A-Z][\w’'-]*[a-z](?: [A-Z][\w.’'-]*\w)*")
_NUMBER = re.compile(r"\b\d[\d.,]*\d\b")
_Paragraphs = dict[str, list[dict[str, Any]]]
"""Rows by their context."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an article is asked."""

    text: str
    answers: tuple[int, ...]
    """Where accepted answers start, in characters of the article; none if it does not tell."""
    kind: str = OWN


@dataclass(frozen=True, slots=True)
class Article:
    """Paragraphs as one document, and the questions that belong to it."""

    document: Document
    questions: tuple[Question, ...]


def articles(data: Path, least: int = 8) -> Iterator[Article]:
    """Those of ``least`` paragraphs or more of one title, and others put together."""
    for name, (split, _) in SETS.items():
        by_title: dict[str, _Paragraphs] = defaultdict(lambda: defaultdict(list))
        for row in question_rows(data, name, split):
            by_title[row.get("title") or ""][row["context"]].append(row)
        single: list[tuple[str, list[dict[str, Any]]]] = []
        for title, paragraphs in sorted(by_title.items()):
            if title and len(paragraphs) >= least:
                yield _article(f"{name} {title}", paragraphs)
            else:
                single += paragraphs.items()
        for start in range(0, len(single), PARAGRAPHS):
            yield _article(f"{name} {start}", dict(single[start : start + PARAGRAPHS]))


def _article(title: str, paragraphs: _Paragraphs) -> Article:
    text, questions = "", []
    for paragraph, asked in paragraphs.items():
        start = len(text)
        text += paragraph + "\n\n"
        questions += [
            Question(row["question"], tuple(start + a["start"] for a in row["answers"]))
            for row in asked
        ]
    document = Document(title, title, text, title, tuple(blocks(text)))
    return Article(document, tuple(questions))


def asked(
    known: Sequence[Article], share: float, seed: int
) -> Iterator[tuple[Article, list[Question]]]:
    """Each article with what it is asked: ``share`` of what there is."""
    pool = [question for article in known for question in article.questions]
    for number, article in enumerate(known):
        dice = random.Random(f"{seed} {article.document.key}")
        part = SETS[article.document.key.split()[0]][1] * share
        count = min(len(article.questions), max(1, round(part * len(article.questions))))
        own = dice.sample(article.questions, count)
        other = known[(number + len(known) // 2) % len(known)]
        makers = _Makers(article, other, pool, dice)
        made = [
            question
            for kind, much in MADE.items()
            for question in makers.make(kind, _rounded(much * count, dice))
        ]
        yield article, own + made


def _rounded(number: float, dice: random.Random) -> int:
    return int(number) + (dice.random() < number % 1)


class _Makers:
    """Makes questions that one article does not answer."""

    def __init__(
        self, article: Article, other: Article, pool: Sequence[Question], dice: random.Random
    ) -> None:
        self._article, self._other, self._dice = article, other, dice
        self._own = {question.text for question in article.questions}
        self._text = article.document.text
        self._pool = pool

    def make(self, kind: str, count: int) -> list[Question]:
        """At most ``count`` of a kind."""
        if not count:
            return []
        texts = getattr(self, f"_{kind}")(count)
        return [Question(text, (), kind) for text in texts][:count]

    def _strangers(self, count: int) -> list[Question]:
        drawn = self._dice.sample(self._pool, min(count, len(self._pool)))
        return [question for question in drawn if question.text not in self._own]

    def _foreign(self, count: int) -> list[str]:
        questions = self._other.questions
        return [q.text for q in self._dice.sample(questions, min(count, len(questions)))]

    def _near(self, count: int) -> list[str]:
        """Those whose words, rare ones most, stand in the article."""
        counts = Counter(terms(self._text))
        drawn = self._strangers(400)

        def nearness(question: Question) -> float:
            words = question_terms(question.text)
            shared = (math.pow(1 + counts[word], -0.3) for word in words if counts[word])
            return sum(shared) / (1 + len(words))

        return [q.text for q in sorted(drawn, key=nearness, reverse=True)[:count]]

    def _transplanted(self, count: int) -> list[str]:
        counts = Counter(_NAME.findall(self._text))
        mine = [name for name, _ in counts.most_common(25)]
        made = []
        for question in self._strangers(60 * count):
            name = _NAME.search(question.text)
            if name and mine and name[0] not in self._text:
                put = self._dice.choice(mine)
                made.append(question.text[: name.start()] + put + question.text[name.end() :])
        return made[:count]

    def _swapped(self, count: int) -> list[str]:
        other = self._other.document.text
        strange = {
            pattern: [thing for thing in set(pattern.findall(other)) if thing not in self._text]
            for pattern in (_NUMBER, _NAME)
        }
        made: list[str] = []
        for question in self._dice.sample(self._article.questions, len(self._article.questions)):
            if len(made) == count:
                break
            for pattern, things in strange.items():
                found = pattern.search(question.text)
                if found and things:
                    put = self._dice.choice(sorted(things))
                    made.append(question.text[: found.start()] + put + question.text[found.end() :])
                    break
        return made
