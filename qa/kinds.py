"""What kind of thing a question asks for, and whether a sentence offers one."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from index.terms import terms


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question, and what its answers look like."""

    asks: re.Pattern[str]
    """Found in the question."""
    offers: re.Pattern[str]
    """Each match in a sentence is a thing that could answer."""
    new: bool = True
    """Whether the answer must have a word that the question has not."""


_MONTHS = "Jan|Feb|March|April|May|June|July|Aug|Sept?|Oct|Nov|Dec"
_DAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_NUMBERS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?"
    "|millions?|billions?|half|twice|several|none"
)
_NAME = r"[^\W\d_a-z][\w’'.-]*(?:\s+[^\W\d_a-z][\w’'.-]*)*"


def _kind(asks: str, offers: str, *, new: bool = True) -> Kind:
    return Kind(re.compile(asks, re.IGNORECASE), re.compile(offers), new)


KINDS = (
    _kind(r"\bhow (?:many|much|old|long|far|often|large|big|high|tall)\b"
          r"|\bwhat (?:percentage|proportion|number|amount|age)\b",
          rf"\d[\d.,]*|\b(?i:{_NUMBERS})\b"),
    _kind(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b",
          rf"\b[12]\d{{3}}\b|\b(?:{_MONTHS})[a-z]*\.? \d+|\b{_DAYS}\b"
          r"|\b(?i:yesterday|today|tomorrow|tonight|century|decade|(?:last|next|this) (?:week|month"
          r"|year|spring|summer|autumn|fall|winter))\b|\b(?i:in) (?:" + _MONTHS + r")[a-z]*"),
    _kind(r"\bwho(?:m|se)?\b|\bwhich (?:person|man|woman)\b", rf"\b{_NAME}"),
    _kind(r"\bwhere\b|\b(?:what|which) (?:city|country|town|place|state|region|river)\b",
          rf"\b(?:in|at|from|near|to|of|on|outside|across)\s+(?:the\s+)?{_NAME}"),
    _kind(r"\bwhy\b|\bfor what reason\b|\bwhat (?:caused|causes|led)\b",
          r"\b(?i:because|since|due to|so that|in order|as a result|after|for fear|to [a-z]+|by "
          r"[a-z]+ing|blam\w+|caus\w+|reason\w*)\b", new=False),
)  # fmt: skip
"""Tried in this order; the first that is asked counts."""


def kind(question: str) -> Kind | None:
    """The kind of ``question``, or None for one whose answers look like anything."""
    return next((kind for kind in KINDS if kind.asks.search(question)), None)


def offers(asked: Kind | None, sentence: str, question_terms: Collection[str]) -> bool:
    """Whether ``sentence`` has what could answer: true for a question of no known kind."""
    if asked is None:
        return True
    found = (match.group() for match in asked.offers.finditer(sentence))
    if not asked.new:
        return any(True for _ in found)
    known = set(question_terms)
    return any(not known.issuperset(terms(thing)) for thing in found)
