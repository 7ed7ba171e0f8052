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
from qa.rewriting.ellipsis import complete
from qa.rewriting.mentions import Mention, Said, Scene, features, history, mentions
from qa.rewriting.phrasing import with_topic, with_words_for
from qa.rewriting.slots import TOPIC, Slot, Words, leans, needs_topic, slots
from qa.rewriting.weights import Weights
from qa.types import Earlier

__all__ = ["AsIs", "FollowUps", "load"]

LONGEST = 30
"""Words from which on a question tells enough by itself to be left as it is."""


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
        completed = complete(asked, Words.of(earlier[-1].question))
        if completed is not None:
            return completed
        said = history(earlier)
        leaning = [s for s in slots(asked) if self.weights.leans.says(leans(asked, s))]
        if leaning:
            return self._named(asked, leaning, said)
        return self._with_topic(asked, said)

    def _named(self, asked: Words, leaning: Sequence[Slot], said: Sequence[Said]) -> str:
        meant: list[tuple[Slot, str]] = []
        for slot in leaning:
            mention = self._best(asked, said, slot.kind)
            if mention is not None and mention.text not in [text for _, text in meant]:
                meant.append((slot, mention.text))
        return with_words_for(asked.text, meant)

    def _with_topic(self, asked: Words, said: Sequence[Said]) -> str:
        before = frozenset(term for text in said for term in terms(text.words.text))
        known = frozenset(question_terms(asked.text))
        if not self.weights.topic.says(needs_topic(asked, known, before)):
            return asked.text
        mention = self._best(asked, said, TOPIC)
        return with_topic(asked.text, mention.text) if mention else asked.text

    def _best(self, asked: Words, said: Sequence[Said], kind: str) -> Mention | None:
        """The mention that is most likely meant; the latest of equals."""
        verbs = self.weights.verbs
        scene = Scene.of(asked, said, verbs)
        found = (mention for text in said for mention in mentions(text, verbs))
        score = self.weights.mention.score
        return max(found, key=lambda mention: score(features(mention, scene, kind)), default=None)
