"""Questions that a fresh text invites, made from its own words, and only those that it answers.

A pattern that makes a question knows where its answer stands. Each question is asked before it is
offered, and offered only if the assistant answers it from that place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain, zip_longest
from typing import Protocol

from index.types import Cancelled, Document, Span
from qa.types import Answered, Evidence, Step, Verdict

LOOKED_AT = 20_000
"""Characters at the beginning of a text: a newspaper article, or a book's first pages."""
MANY = 3
"""Questions that are offered."""
TRIED = 12
"""Candidates that are asked to find them."""

_WORD = r"[^\W\d_a-z][\w’'-]+"
_INNER = r"(?:[^\W\d_a-z]\.|al|bin|da|de|del|der|van|von)"
_NAME = rf"{_WORD}(?: {_INNER})*(?: {_WORD})+"
_BESIDE = r"(?:,[^,.;“”\"]{3,60})?,?"
_DID = {
    "demanded": "demand",
    "proposed": "propose",
    "promised": "promise",
    "rejected": "reject",
    "warned": "warn of",
    "asked for": "ask for",
    "called for": "call for",
    "announced": "announce",
    "discovered": "discover",
    "argued": "argue",
    "said": "say",
    "told": "say",
}
_NUMBER = (
    r"\d[\d,.]*|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|Thirteen|Fourteen|"
    r"Fifteen|Sixteen|Seventeen|Eighteen|Nineteen|Twenty|Thirty|Forty|Fifty|Sixty|Seventy|"
    r"Eighty|Ninety"
)
_SPOKE = re.compile(rf"(?P<name>{_NAME}){_BESIDE} (?P<verb>{'|'.join(_DID)})\b")
_SPOKEN = re.compile(rf"\b(?P<verb>said|warned|argued) (?P<name>{_NAME})")
_WHO = re.compile(rf"(?P<name>{_NAME}), (?P<role>(?:the|a|an) [^,.;:“”\n]{{3,80}})")
_DOES = re.compile(rf"(?P<name>{_NAME}), who (?P<deed>[^,.;:“”\n]{{8,70}})")
_ELSEWHERE = re.compile(r"[,.]|\s+(?:when|while|after|before|as|during|in|on|at|to)\b")
"""What stands behind “said” when the words themselves stand before it."""
_MANY = re.compile(
    rf"(?:(?<=[.!?”] )|^)(?P<number>{_NUMBER}) (?P<what>[a-z]+s|people)"
    r" (?P<verb>will|were|are|have|had) (?P<rest>[^,.;:“”\n]{5,60})",
    re.MULTILINE,
)
_ENDS = re.compile(r"[.!?][”\"’)]*(?=\s)|\n")


class Kind(Enum):
    """What is asked for."""

    MANY = "a number"
    SAID = "what somebody said or did"
    WHO = "who somebody is"
    DOES = "who did something"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and where the text seems to answer it."""

    question: str
    kind: Kind
    about: str
    """Whom or what; one question about each is enough."""
    answer: Span
    """In characters of the document."""

    def is_met_by(self, evidence: Evidence) -> bool:
        """Whether an answer says what was asked: the words that the question was made from."""
        span, place = evidence.span, self.answer
        if self.kind in (Kind.MANY, Kind.DOES):
            return span.overlaps(place)
        if self.kind is Kind.SAID:
            begins = place.start <= span.start < place.end
            return begins and len(evidence.quote.split()) >= _WORDS_SAID
        common = min(span.end, place.end) - max(span.start, place.start)
        return span.start == place.start or common >= _PART_OF_ROLE * (place.end - place.start)


_WORDS_SAID = 3
"""Fewer are a name or a thing, not what somebody said."""
_PART_OF_ROLE = 0.6
"""Of the words beside a name, that say who it is."""


class Asked(Protocol):
    """What questions are tried on; see ``qa.Assistant.steps``."""

    def steps(
        self, question: str, *, understood: str | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[Step]:
        """The answer to ``question``, step by step."""


def suggestions(
    asked: Asked, document: Document, *, many: int = MANY, cancelled: Cancelled = lambda: False
) -> list[str]:
    """At most ``many`` questions that ``document`` answers; each has been asked.

    Raises:
        As ``Assistant.ask``.
    """
    good: list[str] = []
    for candidate in candidates(document)[:TRIED]:
        if cancelled() or len(good) == many:
            break
        steps = asked.steps(candidate.question, cancelled=cancelled)
        if any(_is_met(candidate, document, step) for step in steps):
            good.append(candidate.question)
    return good


def _is_met(candidate: Candidate, document: Document, step: Step) -> bool:
    if not isinstance(step, Answered) or step.answer.verdict is not Verdict.ANSWERED:
        return False
    best = step.answer.evidence[0]
    return best.document.key == document.key and candidate.is_met_by(best)


def candidates(document: Document) -> tuple[Candidate, ...]:
    """Questions about ``document``, kinds in turn; about each person or thing once if it can."""
    text = document.text[:LOOKED_AT]
    kinds = zip_longest(_numbers(text), _sayings(text), _people(text), _deeds(text))
    first: dict[str, Candidate] = {}
    spare: dict[str, Candidate] = {}
    for candidate in filter(None, chain.from_iterable(kinds)):
        taken = any(candidate.about == other.about for other in first.values())
        (spare if taken else first).setdefault(candidate.question, candidate)
    return (*first.values(), *(one for question, one in spare.items() if question not in first))


def _numbers(text: str) -> Iterator[Candidate]:
    for match in _MANY.finditer(text):
        question = f"How many {match['what']} {match['verb']} {match['rest'].strip()}?"
        yield Candidate(question, Kind.MANY, match["what"], Span(*match.span("number")))


def _sayings(text: str) -> Sequence[Candidate]:
    """What people demanded, proposed and said, the telling verbs first."""
    found = []
    for match in _SPOKE.finditer(text):
        if _ELSEWHERE.match(text, match.end()):
            answer = Span(_beginning(text, match.start()), match.start())
        else:
            answer = Span(match.end(), _end(text, match.end()))
        found.append((match, answer))
    found.extend(
        (match, Span(_beginning(text, match.start()), match.start()))
        for match in _SPOKEN.finditer(text)
    )
    order = {base: place for place, base in enumerate(_DID.values())}
    found.sort(key=lambda one: order[_DID[one[0]["verb"]]] >= order["argue"])
    return [
        Candidate(
            f"What did {_short(match['name'])} {_DID[match['verb']]}?",
            Kind.SAID,
            match["name"].split()[-1],
            answer,
        )
        for match, answer in found
    ]


def _people(text: str) -> Iterator[Candidate]:
    """Who the people are that the text introduces."""
    for match in _WHO.finditer(text):
        about = match["name"].split()[-1]
        question = f"Who is {_short(match['name'])}?"
        yield Candidate(question, Kind.WHO, about, Span(*match.span("role")))


def _deeds(text: str) -> Iterator[Candidate]:
    """Who did what the text says of people in passing."""
    for match in _DOES.finditer(text):
        question = f"Who {match['deed'].strip()}?"
        about = match["name"].split()[-1]
        yield Candidate(question, Kind.DOES, about, Span(*match.span("name")))


def _short(name: str) -> str:
    """A name without the offices before it: ``Deputy Foreign Minister Ida Berg`` is Ida Berg."""
    words = name.split()
    capital = [place for place, word in enumerate(words) if re.fullmatch(_WORD, word)]
    return " ".join(words[capital[-2] :])


def _end(text: str, place: int) -> int:
    """Where the sentence that goes on at ``place`` ends."""
    found = _ENDS.search(text, place)
    return found.end() if found else len(text)


def _beginning(text: str, place: int) -> int:
    """Where the sentence that has come to ``place`` begins, seen from what is quoted in it."""
    line = text.rfind("\n", 0, place) + 1
    quoted = text.rfind("“", line, place)
    return quoted if quoted >= 0 else line
