"""Who could be speaking: names, pronouns and nouns for people, outside of quotes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile

from index.abbreviations import STARTERS
from index.terms import STOP_WORDS
from index.types import Span
from qa.attribution.titles import LONGEST_OFFICE, is_title, past_office
from qa.attribution.tokens import Token


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


PRONOUNS = _set("he she they i we it who which his her their him them you")
PARTICLES = _set("de da del della di du van von der den bin al el la le ter ibn")
_DATES = _set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june"
    " july august september october november december"
)
_NO_NAME = STOP_WORDS | _DATES | {word.lower() for word in STARTERS}
_BEFORE_NOUN = frozenset("DNdw")
LONGEST_NOUN = 6
"""Tokens of a noun phrase before its head that are looked at."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention; tokens ``first`` to ``last``, both included, the last one its head."""

    first: int
    last: int
    kind: str
    """``name``, ``pronoun``, ``noun``, or ``phrase`` for a noun that no list knows."""

    def span(self, tokens: Sequence[Token]) -> Span:
        """In characters of the document."""
        return Span(tokens[self.first].span.start, tokens[self.last].span.end)


def mentions(
    tokens: Sequence[Token], nouns: Collection[str], verbs: Collection[str]
) -> list[Mention]:
    """Those of a stretch, in order.

    Args:
        tokens: of the stretch.
        nouns: for people and bodies that speak, in lower case.
        verbs: by which statements are reported, in lower case.
    """
    found: list[Mention] = []
    at = 0
    while at < len(tokens):
        mention = _name(tokens, at) or _other(tokens, at, nouns, verbs)
        if mention is not None:
            found.append(mention)
            at = mention.last
        at += 1
    return found


def _name(tokens: Sequence[Token], at: int) -> Mention | None:
    """A run of words with capitals, titles and particles; past an office to the name after it."""
    last = _run(tokens, at)
    if last < at:
        return None
    if is_title(tokens[last].text):
        after = tokens[last + 1 : last + 1 + LONGEST_OFFICE]
        words = takewhile(str.isalpha, (token.text.replace("-", "") for token in after))
        begins = past_office(list(words))
        if begins is not None:
            last = max(last, _run(tokens, last + 1 + begins))
    return Mention(at, last, "name")


def _run(tokens: Sequence[Token], at: int) -> int:
    """The last token of the name that begins at ``at``; ``at - 1`` if none does."""
    last = at - 1
    for i in range(at, len(tokens)):
        if is_name_part(tokens[i]):
            last = i
        elif not (last >= at and tokens[i].text in PARTICLES):
            break
    return last


def is_name_part(token: Token) -> bool:
    """Whether the word is written like part of a name."""
    return token.kind == "N" and token.text.lower() not in _NO_NAME


def _other(
    tokens: Sequence[Token], at: int, nouns: Collection[str], verbs: Collection[str]
) -> Mention | None:
    word = tokens[at].text.lower()
    if word in PRONOUNS:
        return Mention(at, at, "pronoun")
    if tokens[at].kind not in "wNdD" or word in verbs:
        return None
    following = tokens[at + 1] if at + 1 < len(tokens) else tokens[at]
    if word in nouns and not is_name_part(following) and following.text.lower() not in nouns:
        return Mention(_phrase_start(tokens, at, verbs), at, "noun")
    first = _phrase_start(tokens, at, verbs)
    after = following.text.lower() in verbs or following.kind in "TQ,"
    before = tokens[first - 1].text.lower() in verbs if first else False
    ends = following.kind not in "wNDd"
    if first < at and tokens[first].kind == "D" and (after or (before and ends)):
        return Mention(first, at, "phrase")
    return None


def _phrase_start(tokens: Sequence[Token], at: int, verbs: Collection[str]) -> int:
    """Where the noun phrase with its head at ``at`` begins, at a determiner if it has one."""
    first = at
    for i in range(at - 1, max(-1, at - 1 - LONGEST_NOUN), -1):
        if tokens[i].kind not in _BEFORE_NOUN or tokens[i].text.lower() in verbs:
            break
        first = i
        if tokens[i].kind == "D":
            break
    return first


def is_common(word: str) -> bool:
    """Whether a word with a capital begins a sentence more likely than a name."""
    return word.lower() in _NO_NAME
