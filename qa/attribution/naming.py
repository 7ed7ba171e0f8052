"""From a mention to the name that a reader would want to see."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from index.types import Document, Span
from qa.attribution.antecedents import HE, SHE, TITLES, people, resolve, surname
from qa.attribution.mentions import LONGEST_NOUN, Mention, is_common, is_name_part
from qa.attribution.scorer import Scorer
from qa.attribution.tokens import Token

_BELONGING = frozenset({"of", "for", "at", "from"})
_NO_MORE = r"(?![’'-]?\w|[^\S\n]+[^\W\d_a-z]\w)"
"""The name does not go on: with another name, or a hyphen; nor is it a possessive."""


def name_of(
    document: Document, tokens: Sequence[Token], mention: Mention, scorer: Scorer
) -> str | None:
    """The name for a mention, as it stands in the text; None where it cannot be told."""
    span = mention.span(tokens)
    written = span.of(document.text)
    if mention.kind == "name":
        return full_name(document.text, written)
    if mention.kind != "pronoun":
        return _holder(document.text[: span.start], written) or " ".join(written.split())
    if written.lower() in ("who", "which"):
        return _relative(document, tokens, mention)
    if written.lower() not in SHE | HE:
        return None
    found = people(document, span, scorer.verbs)
    resolved = resolve(found, scorer.antecedents, scorer.antecedent)
    return full_name(document.text, resolved.of(document.text)) if resolved else None


def whole(tokens: Sequence[Token], mention: Mention, verbs: Collection[str]) -> Mention:
    """The mention with what tells whose spokesman or president it is: "of the ministry"."""
    at = mention.last + 1
    if mention.kind not in ("noun", "phrase") or at >= len(tokens):
        return mention
    if tokens[at].text not in _BELONGING:
        return mention
    last = mention.last
    for i in range(at + 1, min(len(tokens), at + 1 + LONGEST_NOUN)):
        if tokens[i].kind not in "DNdw" or tokens[i].text.lower() in verbs:
            break
        last = i
    return replace(mention, last=last)


def full_name(text: str, name: str) -> str:
    """The one fuller form that a text has for a name of a single word; else the name itself."""
    flat = " ".join(name.split())
    bare = _untitled(flat.split())
    if len(bare) != 1:
        return " ".join(bare) or flat
    own = re.escape(bare[0])
    first = r"[^\W\d_a-z][\w’'-]{1,40}(?:[^\S\n]+[^\W\d_a-z]\.)?"
    fuller = {
        " ".join(match[0].split())
        for match in re.finditer(rf"\b{first}[^\S\n]+{own}\b{_NO_MORE}", text)
        if _is_person(match[0])
    }
    return fuller.pop() if len(fuller) == 1 else bare[0]


def _untitled(words: Sequence[str]) -> list[str]:
    """What follows the last title: of "French Foreign Minister Jean Roy" the last two words."""
    titled = [word.strip(".").lower() in TITLES for word in words]
    after = len(words) - titled[::-1].index(True) if any(titled) else 0
    if after < len(words):
        return list(words[after:])
    return [word for word, title in zip(words, titled, strict=True) if not title]


def _is_person(name: str) -> bool:
    """Whether the first word of a name is no title and no word that begins a sentence."""
    first = name.split()[0]
    return first.strip(".").lower() not in TITLES and not is_common(first)


def _holder(before: str, phrase: str) -> str | None:
    """Who is called by a noun such as "the mayor" earlier: "Mayor X", "X, the mayor of"."""
    head = phrase.split()[-1]
    if not phrase.lower().startswith("the ") or len(phrase.split()) != 2:
        return None
    name = r"((?:[^\W\d_a-z][\w’'-]{1,40}\s+){1,2}[^\W\d_a-z][\w’'-]{1,40})"
    noun = re.escape(head)
    found = [
        (match.start(), match[1])
        for pattern in (
            rf"{name},\s+(?:the|a|an|its|their|his|her)?\s*(?:[\w’'-]{{1,40}}\s+){{0,3}}{noun}\b",
            rf"\b(?i:{noun})\s+{name}",
        )
        for match in re.finditer(pattern, before)
    ]
    holders = {surname(name) for _, name in found}
    return " ".join(max(found)[1].split()) if len(holders) == 1 else None


def _relative(document: Document, tokens: Sequence[Token], mention: Mention) -> str | None:
    """The name or noun right before "who"."""
    at = mention.first - 1
    while at >= 0 and tokens[at].kind == ",":
        at -= 1
    first = at
    while first >= 0 and is_name_part(tokens[first]):
        first -= 1
    if first == at:
        return None
    name = Span(tokens[first + 1].span.start, tokens[at].span.end)
    return full_name(document.text, name.of(document.text))
