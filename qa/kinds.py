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
_FEW = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh"
    "|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\\w+)?"
)
_NUMBERS = f"{_FEW[4:]}|dozens?|hundreds?|thousands?|millions?|billions?|half|twice|several|none"
_COUNT = rf"(?:\d[\d.,]*|\b(?i:an?|{_FEW}|half|dozens?|hundreds?|thousands?|several|many|few))"
"""A number in digits or words."""
_TIMES = r"(?:second|minute|hour|day|night|week|month|year|decade|centur|season|term)(?:s|y|ies)?\b"
_SIZES = r"(?:(?:kilo|centi|milli)?met(?:er|re)|feet|foot|inch|yard|mile|acre|km|cm|mm|m|ft)"
_MONEY = r"(?i:dollar|euro|pound|cent|ruble|rouble|yen|franc|mark|crown|rupee|peso|yuan)s?"
_NAME = r"[^\W\d_a-z][\w’'.-]*(?:\s+[^\W\d_a-z][\w’'.-]*)*"


def _kind(asks: str, offers: str, *, new: bool = True) -> Kind:
    return Kind(re.compile(asks, re.IGNORECASE), re.compile(offers), new)


KINDS = (
    # how often
    _kind(r"\bhow (?:often|frequently)\b",
          r"\b(?i:every|each|once|twice|daily|weekly|monthly|yearly|annual(?:ly)?|hourly|nightly"
          rf"|always|never|rarely|seldom|often|regularly|times|an? {_TIMES})\b"),
    # how long something is: a length or a time; how long it takes: a time
    _kind(r"\bhow long (?:is|are|was|were)\b",
          rf"{_COUNT}(?:[\s-]+\w+)?[\s-]+(?:{_TIMES}|{_SIZES}\b)"),
    _kind(r"\bhow long\b|\bfor how many (?:second|minute|hour|day|week|month|year|decade)s\b"
          r"|\bwhat (?:length|period|amount|span) of time\b",
          rf"{_COUNT}(?:[\s-]+\w+)?[\s-]+{_TIMES}"
          r"|\b(?i:since|until|till|overnight|throughout|for ever|forever|from \S+ to)\b"),
    # how much money
    _kind(r"\bhow much money\b|\bhow much\b.*\b(?:cost|costs|pa(?:y|ys|id)|spen[dt]|worth|earn"
          r"|charged?|raised?|donated?|owed?|fined|invest(?:ed)?)\b"
          r"|\b(?:what|which)\b.*\b(?:price|cost|salary|fee|budget|fine|value|worth)\b",
          rf"[$€£¥]\s?\d|(?:\d[\d.,]*|\b(?i:{_FEW}|millions?|billions?))\s(?:\w+\s)?{_MONEY}\b"
          r"|\b(?i:free of charge|nothing|priceless)\b"),
    # what share
    _kind(r"\b(?:what|which) (?:percentage|proportion|share|fraction|percent)\b|\bhow many percent",
          r"\d\s?%|\b(?i:percent|per cent|half|third|thirds|quarters?|majority|most|none|all"
          r"|one in|out of)\b"),
    # how old
    _kind(r"\bhow old\b|\bwhat age\b",
          rf"{_COUNT}[\s-]+(?:\w+[\s-]+)?(?:year|month|day|week|decade|centur)"
          r"|,\s?\d{1,3},|\b(?i:aged?|older|younger|born|oldest|youngest|ancient|newborn)\b"),
    # any other number
    _kind(r"\bhow (?:many|much|far|large|big|high|tall|deep|wide|heavy|fast|hot|cold)\b"
          r"|\bwhat (?:number|amount)\b",
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
