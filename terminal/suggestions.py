"""Questions that a fresh text invites, made from its own words. Pure.

They are candidates: the app offers only those that the assistant does answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.types import Document

LOOKED_AT = 20_000
"""Characters at the beginning of a text: a newspaper article, or a book's first pages."""

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
    "found": "find",
    "discovered": "discover",
    "argued": "argue",
    "said": "say",
    "told": "say",
}
_SPOKE = re.compile(rf"(?P<name>{_NAME}){_BESIDE} (?P<verb>{'|'.join(_DID)})\b")
_SPOKEN = re.compile(rf"\b(?P<verb>said|warned|argued) (?P<name>{_NAME})")
_WHO = re.compile(rf"(?P<name>{_NAME}), (?:the|a|an|who)\b")


def candidates(document: Document) -> tuple[str, ...]:
    """Questions about ``document``, the likeliest first, each name and each verb once if it can."""
    text = document.text[:LOOKED_AT]
    seen: set[str] = set()
    chosen: list[str] = []
    spare: list[str] = []
    for question, name, kind in (*_asked_of(text), *_who(text)):
        if question in chosen or question in spare:
            continue
        fresh = not {name, kind} & seen
        (chosen if fresh else spare).append(question)
        seen |= {name, kind}
    return tuple(chosen + spare)


def _asked_of(text: str) -> Iterator[tuple[str, str, str]]:
    """What people demanded, proposed and said: question, surname, verb; telling verbs first."""
    found = []
    for match in (*_SPOKE.finditer(text), *_SPOKEN.finditer(text)):
        name, base = match["name"], _DID[match["verb"]]
        found.append((f"What did {name} {base}?", name.split()[-1], base))
    order = {base: place for place, base in enumerate(_DID.values())}
    yield from sorted(found, key=lambda one: order[one[2]] >= order["argue"])


def _who(text: str) -> Iterator[tuple[str, str, str]]:
    """Who the people are that the text introduces: question, surname, ``who``."""
    for match in _WHO.finditer(text):
        yield f"Who is {match['name']}?", match["name"].split()[-1], "who"
