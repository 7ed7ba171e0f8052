"""The words by which speakers and their verbs are recognised: counted in the data, and listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from index.terms import STOP_WORDS
from index.text import words
from training.attribution.data import Example


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


NOUNS = _set(
    """
    ambassador analyst architect artist astronomer attorney author baker biologist boss boy brother
    bishop captain chemist chief clerk coach colonel commander commissioner council colleague
    counsellor critic curator daughter delegate delegation deputy detective developer diplomat
    doctor driver economist editor emperor engineer envoy expert farmer father fisherman founder
    foreman gardener general geologist girl grandfather grandmother guard headmaster historian host
    husband inspector institute investigator journalist judge keeper king lady landlord lawyer
    lieutenant maid manager mayor mechanic merchant miller minister ministry mother negotiator
    negotiators neighbor neighbour nephew niece nurse officer operator organizer owner painter
    passenger pastor patient physician pilot planner player poet politician priest prince princess
    principal producer professor prosecutor publisher queen ranger representative representatives
    researcher resident residents sailor scholar scientist scientists sergeant servant shopkeeper
    singer sister skipper soldier son spokesperson student students surgeon teacher technician
    tenant treasurer trader uncle vendor veteran victim villager villagers visitor volunteer waiter
    widow witness witnesses worker workers writer
    """
)
"""Common nouns for people who speak in texts of other kinds than those learnt from."""

VERBS = _set(
    """
    acknowledged added admitted advised agreed announced answered argued asked assured began begged
    boasted called cautioned claimed commented complained conceded concluded confessed confirmed
    continued countered cried declared demanded denied described estimated exclaimed explained
    growled grumbled hinted hissed inquired insisted interrupted joked lamented laughed maintained
    mentioned moaned murmured muttered noted objected observed ordered pleaded pointed predicted
    promised proposed protested put quipped recalled recommended remarked remembered repeated
    replied reported responded returned revealed roared said says screamed shouted sighed smiled
    snapped snorted sobbed stated stressed suggested thought threatened told urged uttered vowed
    warned whispered wondered wrote yelled
    """
)
"""Verbs of saying, for the same reason."""

_NOT_VERBS = STOP_WORDS | {"statement", "interview", "one", "mr", "mrs", "dr", "clinton", "trump"}
_NOT_NOUNS = STOP_WORDS | {"said", "released", "involved", "conducted", "general", "law", "week",
                           "month", "others", "another", "himself", "herself"}  # fmt: skip
OFTEN = 4


def lexicon(
    examples: Iterable[Example], news: Iterable[dict[str, Any]]
) -> tuple[frozenset[str], frozenset[str]]:
    """Nouns and verbs in lower case: what is marked often enough, and what is listed.

    Args:
        examples: their speakers' last words are nouns.
        news: rows whose marked cues hold the verbs.
    """
    heads: Counter[str] = Counter()
    for example in examples:
        if example.head is not None and not example.pronoun:
            near = example.document.text[example.head : example.head + 40]
            heads.update([span.of(near) for span in words(near)][:1])
    cues: Counter[str] = Counter()
    for row in news:
        for start, end in row["cue"]:
            cue = row["text"][start:end]
            cues.update({span.of(cue) for span in words(cue)})
    nouns = NOUNS | {word for word in _often(heads) - _NOT_NOUNS if heads[word] >= cues[word]}
    verbs = VERBS | {word for word in _often(cues) - _NOT_VERBS if cues[word] > heads[word]}
    return nouns - VERBS, verbs - NOUNS


def _often(counts: Counter[str]) -> set[str]:
    return {
        word
        for word, count in counts.items()
        if count >= OFTEN and word.isalpha() and word.islower() and len(word) > 2
    }
