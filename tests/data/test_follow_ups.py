"""What the hand-made conversations lead to: a floor that may only rise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from index.settings import Settings
from qa import Assistant, samples
from qa.conversation import Conversation
from qa.rewriting import AsIs, load
from qa.types import Evidence
from tests.data.test_answers import found, holds
from tests.data.test_data import rows

SENTENCE_AT_3 = 0.75
"""Share of the follow-ups whose answer begins in one of the first three sentences."""
GAIN = 4
"""Follow-ups of the 38 that are answered only because they are understood, at the least."""


@pytest.fixture(scope="module")
def assistants() -> Iterator[dict[str, Assistant]]:
    """One for all articles together: there a follow-up must say which of them it means."""
    together = Assistant.over([samples.path(name) for name in samples.names()], settings=Settings())
    with together:
        yield {f"{name}.txt": together for name in samples.names()}


def right(assistants: dict[str, Assistant], *, understood: bool) -> list[bool]:
    """For each follow-up, whether one of the first three sentences answers it."""
    told = []
    for row in rows("conversations.jsonl"):
        rewriter = load() if understood else AsIs()
        conversation = Conversation(assistants[row["document"]], rewriter=rewriter)
        answers = [conversation.answer(turn["question"]) for turn in row["turns"]]
        pairs = list(zip(row["turns"], answers, strict=True))[1:]
        told += [is_right(row["document"], turn, found(answer)[:3]) for turn, answer in pairs]
    return told


def is_right(document: str, turn: dict[str, Any], pieces: Sequence[Evidence]) -> bool:
    own = tuple(p for p in pieces if p.document.source.endswith(document))
    return holds(turn, own)


def test_follow_ups_lead_to_the_right_sentence(assistants: dict[str, Assistant]) -> None:
    with_turns = right(assistants, understood=True)
    alone = right(assistants, understood=False)
    assert sum(with_turns) >= SENTENCE_AT_3 * len(with_turns)
    assert sum(with_turns) - sum(alone) >= GAIN
