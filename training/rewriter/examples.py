"""From conversations to examples of the three decisions that a rewriter takes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from index.terms import STOP_WORDS, question_terms, terms
from qa.rewriting.mentions import Said, Scene, features, history, mentions
from qa.rewriting.slots import TOPIC, Slot, Words, leans, needs_topic, slots
from qa.types import Earlier
from training.corpora import rows
from training.rewriter.conversations import Conversation

ENOUGH = 0.5
"""F1 of terms from which a mention is what people put in."""


@dataclass(slots=True)
class Examples:
    """Features by decision, with labels."""

    verbs: frozenset[str]
    leans: list[tuple[list[str], bool]] = field(default_factory=list)
    topic: list[tuple[list[str], bool]] = field(default_factory=list)
    mention: list[tuple[list[list[str]], list[float]]] = field(default_factory=list)
    """For one slot: the features of each mention, and how much of the truth it holds."""

    def add(self, question: str, rewrite: str, earlier: Sequence[Earlier]) -> None:
        """Take a question apart whose rewrite is known."""
        asked, put = Words.of(question), Words.of(rewrite)
        said = history(earlier)
        leaning = False
        for slot in slots(asked):
            inserted = inserted_for(slot, asked, put)
            if inserted is None:
                continue
            self.leans.append(([*leans(asked, slot)], bool(inserted)))
            if inserted:
                leaning = True
                self._add_mentions(asked, said, slot.kind, inserted)
        if leaning:
            return
        added = telling(rewrite) - telling(question)
        before = frozenset(term for text in said for term in terms(text.words.text))
        known = frozenset(question_terms(question))
        needed = bool(added & before)
        self.topic.append(([*needs_topic(asked, known, before)], needed))
        if needed:
            self._add_mentions(asked, said, TOPIC, added)

    def _add_mentions(
        self, asked: Words, said: Sequence[Said], kind: str, target: frozenset[str]
    ) -> None:
        scene = Scene.of(asked, said, self.verbs)
        found = [mention for text in said for mention in mentions(text, self.verbs)]
        worth = [f1(telling(mention.text), target) for mention in found]
        best = max(worth, default=0.0)
        if best < ENOUGH:
            return
        right = [float(w >= best - 1e-6) for w in worth]
        total = sum(right)
        self.mention.append(
            ([[*features(m, scene, kind)] for m in found], [r / total for r in right])
        )


def inserted_for(slot: Slot, asked: Words, put: Words) -> frozenset[str] | None:
    """The terms that people put in the place of ``slot``: empty if they kept it, else None."""
    matcher = SequenceMatcher(None, asked.low, put.low, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if not i1 <= slot.at < i2:
            continue
        if tag == "equal":
            return frozenset()
        new = telling(" ".join(put.forms[j1:j2])) - telling(" ".join(asked.forms[i1:i2]))
        return new or None
    return None


def telling(text: str) -> frozenset[str]:
    """The terms that are no stop words."""
    return frozenset(t for t in terms(text) if t not in STOP_WORDS)


def f1(found: frozenset[str], target: frozenset[str]) -> float:
    """Harmonic mean of precision and recall."""
    shared = len(found & target)
    return 2 * shared / (len(found) + len(target)) if shared else 0.0


def from_conversations(conversations: Iterable[Conversation], examples: Examples) -> None:
    """Every turn after the first, its history as understood; a third of them with the heading."""
    for number, conversation in enumerate(conversations):
        earlier = [conversation.heading] if number % 3 == 0 else []
        for turn in conversation.turns:
            if earlier:
                examples.add(turn.question, turn.rewrite, earlier)
            earlier.append(Earlier(turn.rewrite, turn.answer))


def stand_alone(data: Path, name: str, split: str, seed: int = 7) -> Iterator[tuple[str, Earlier]]:
    """Questions of one article, each after another one of it, as if they were a conversation."""
    by_title: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for row in rows(data / "qa" / f"{name}.jsonl.gz"):
        if row["split"] == split and row["answers"]:
            start = row["answers"][0]["start"]
            by_title[row["title"]].append((row["question"], row["context"], start))
    dice = random.Random(seed)
    for title in sorted(by_title):
        known = by_title[title]
        dice.shuffle(known)
        for before, after in pairwise(known):
            yield after[0], Earlier(before[0], _sentence(before[1], before[2]))


def _sentence(context: str, at: int) -> str:
    from index.text import sentences

    return next(s.of(context) for s in sentences(context) if s.end > at)
