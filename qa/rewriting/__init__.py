"""Follow-up question to stand-alone question, by term selection and a few rules.

Three small linear models (their recipe is `training.rewriter`) decide whether a word such as "he"
leans on earlier turns, whether the question leaves its topic out, and which earlier words are
meant. Questions that are only a part of one ("Why?") are completed by rules, see `ellipsis`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.terms import question_terms, terms
from qa.ports import Rewriter
from qa.rewriting.choice import Choice, choices
from qa.rewriting.ellipsis import complete
from qa.rewriting.mentions import TURNS, Said, history
from qa.rewriting.phrasing import with_topic, with_words_for
from qa.rewriting.slots import TOPIC, Slot, Words, leans, needs_topic, slots
from qa.rewriting.weights import Weights
from qa.types import Earlier

__all__ = ["AsIs", "FollowUps", "load"]

LONGEST = 30
"""Words from which on a question tells enough by itself to be left as it is."""
SURE = 0.5
"""Probability from which a word is replaced by what it means."""
FAIR = 0.08
"""Probability from which a second meaning is named beside the first."""


def load() -> Rewriter:
    """The rewriter that comes with Pullquote.

    Raises:
        ModelProblem: its weights are missing or damaged.
    """
    return FollowUps(Weights.load())


@dataclass(frozen=True, slots=True)
class AsIs:
    """Takes every question as it is."""

    def understand(self, question: str, earlier: Sequence[Earlier]) -> str:  # noqa: ARG002 - port
        """``question``."""
        return question


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Completes what is a part, names what a pronoun stands for, adds a topic left out."""

    weights: Weights

    def understand(self, question: str, earlier: Sequence[Earlier]) -> str:
        """The question so that it stands alone; as it is if it does already."""
        asked = Words.of(question)
        if not earlier or not asked.low or len(asked.low) > LONGEST:
            return question
        completed = complete(
            asked, [Words.of(turn.question) for turn in earlier[: -TURNS - 1 : -1]]
        )
        if completed is not None:
            return completed
        said = history(earlier)
        leaning = [s for s in slots(asked) if self.weights.leans.says(leans(asked, s))]
        if leaning:
            return self._named(asked, leaning, said)
        return self._with_topic(asked, said)

    def _named(self, asked: Words, leaning: Sequence[Slot], said: Sequence[Said]) -> str:
        """In place of a word what it means, if that is sure; else what it may mean in brackets."""
        meant: dict[str, Slot] = {}
        unsure: list[str] = []
        for slot in leaning:
            found = choices(asked, said, slot.kind, self.weights)
            if found and found[0].probability >= SURE:
                meant.setdefault(found[0].text, slot)
            else:
                unsure += _likeliest(found)
        named = with_words_for(asked.text, [(slot, text) for text, slot in meant.items()])
        added = [text for text in dict.fromkeys(unsure) if text not in meant]
        return with_topic(named, ", ".join(added)) if added else named

    def _with_topic(self, asked: Words, said: Sequence[Said]) -> str:
        before = frozenset(term for text in said for term in terms(text.words.text))
        known = frozenset(question_terms(asked.text))
        if not self.weights.topic.says(needs_topic(asked, known, before)):
            return asked.text
        found = _likeliest(choices(asked, said, TOPIC, self.weights))
        return with_topic(asked.text, ", ".join(found)) if found else asked.text


def _likeliest(found: Sequence[Choice]) -> list[str]:
    """The first, and if it is not sure the next that has other words."""
    if not found or found[0].probability >= SURE:
        return [choice.text for choice in found[:1]]
    first = set(terms(found[0].text))
    second = [c.text for c in found[1:] if not first & set(terms(c.text)) and c.probability >= FAIR]
    return [found[0].text, *second[:1]]
