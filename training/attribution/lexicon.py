"""The words by which speakers and their verbs are recognised: counted in the data, and listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from index.terms import STOP_WORDS
from index.text import words
from training.attribution.data import Example

NOUNS = frozenset(
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
    singer sister skipper soldier son spokesperson student students surgeon sergeant teacher
    technician tenant treasurer trader uncle vendor veteran victim villager villagers visitor
    volunteer waiter widow witness witnesses worker workers writer
    """.split()
)
"""Common nouns for people who speak in texts of other kinds than those learnt from."""

VERBS = frozenset(
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
    """.split()
)
"""Verbs of saying, for the same reason."""

_NOT_VERBS = STOP_WORDS | {"statement", "interview", "one", "mr", "mrs", "dr", "clinton", "trump"}
_NOT_NOUNS = STOP_WORDS | {"said", "released", "involved", "conducted", "general", "law", "week",
                           "month", "others", "another", "himself", "herself"}  # fmt: skip
OFTEN = 4


def nouns(examples: Iterable[Example]) -> set[str]:
    """The heads in lower case of the speakers, those that come often; and the listed ones."""
    counts: Counter[str] = Counter()
    for example in examples:
        if example.head is not None and not example.pronoun:
            text = example.document.text
            word = next(iter(words(text[example.head : example.head + 40])), None)
            counts[word.shifted(example.head).of(text) if word else ""] += 1
    often = {word for word, count in counts.items() if count >= OFTEN and word.isalpha()}
    return NOUNS | {word for word in often if word.islower() and word not in _NOT_NOUNS}


def verbs(news: Iterable[dict[str, Any]]) -> set[str]:
    """The words of the marked cues that come often; and the listed ones."""
    counts: Counter[str] = Counter()
    for row in news:
        for start, end in row["cue"]:
            cue = row["text"][start:end]
            counts.update({span.of(cue) for span in words(cue)})
    often = {word for word, count in counts.items() if count >= OFTEN and word.isalpha()}
    return VERBS | {
        word for word in often if word.islower() and len(word) > 2 and word not in _NOT_VERBS
    }
