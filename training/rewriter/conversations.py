"""Conversations with each question as it was asked and as people rewrote it to stand alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.types import Earlier
from training.corpora import rows

NO_ANSWER = "I don't know."


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn."""

    question: str
    rewrite: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns about one section of one article."""

    title: str
    section: str
    turns: tuple[Asked, ...]

    @property
    def heading(self) -> Earlier:
        """Title and section as if they had been said first."""
        return Earlier(f"{self.title}, {self.section}")


def canard(data: Path, split: str) -> Iterator[Conversation]:
    """The conversations of CANARD, whole; an answer is known unless it was the last turn's.

    Source: Elgohary, Peskov and Boyd-Graber 2019, "Can You Unpack That?".
    """
    found: dict[tuple[str, ...], dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in rows(data / "rewrite" / "canard.jsonl.gz"):
        if row["split"] == split:
            history = row["history"]
            opening = history[2] if len(history) > 2 else row["question"]
            found[history[0], history[1], opening][len(history) // 2 - 1] = row
    for (title, section, _), turns in found.items():
        longest = turns[max(turns)]["history"]
        answers = [*map(_told, longest[3::2]), None]
        yield Conversation(
            title,
            section,
            tuple(
                Asked(turns[at]["question"], turns[at]["rewrite"], answers[at])
                for at in range(len(answers))
            ),
        )


def _told(answer: str) -> str | None:
    return None if answer == NO_ANSWER else answer
