"""From a mention to the name that a reader would want to see."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from index.types import Document, Span
from qa.attribution.antecedents import HE, SHE, people, resolve, surname
from qa.attribution.mentions import LONGEST_NOUN, Mention, is_common, is_name_part
from qa.attribution.scorer import Scorer
from qa.attribution.titles import LONGEST_OFFICE, is_title, past_office, untitled
from qa.attribution.tokens import Token

_BELONGING = frozenset({"of", "for", "at", "from"})
LEAST_BESIDE = 2
"""Words of a name that tells whom a noun means; a single one may be a place."""
LONGEST_TAIL = 120
"""Characters after a title in which the name of its holder is looked for."""
_NO_MORE = r"(?![’'-]?\w|[^\S\n]+[^\W\d_a-z]\w)"
"""The name does not go on: with another name, or a hyphen; nor is it a possessive."""


def name_of(
    document: Document, tokens: Sequence[Token], mention: Mention, scorer: Scorer
) -> str | None:
    """The name for a mention, as it stands in the text; None where it cannot be told."""
    span = mention.span(tokens)
    written = span.of(document.text)
    if mention.kind == "name" and not is_title(tokens[mention.last].text):
        return _with_article(tokens, mention, full_name(document.text, written))
    if mention.kind != "pronoun":
        named = _beside(document, tokens, mention)
        return named or _holder(document.text[: span.start], written) or " ".join(written.split())
    if written.lower() in ("who", "which"):
        return _relative(document, tokens, mention)
    if written.lower() not in SHE | HE:
        return None
    found = people(document, span, scorer.verbs)
    resolved = resolve(found, scorer.antecedents, scorer.antecedent)
    if resolved is None or _has_company(tokens, resolved, [person.span for person in found]):
        return None
    return full_name(document.text, resolved.of(document.text))


def _has_company(tokens: Sequence[Token], name: Span, possible: Collection[Span]) -> bool:
    """Whether another who may be meant stands beside the name: "Ada Marsh and Eve Roy"."""
    at = [i for i, token in enumerate(tokens) if token.span.overlaps(name)]
    if not at:
        return False
    beside = [
        tokens[i + step].span
        for i, step in ((at[0], -2), (at[-1], 2))
        if 0 <= i + step < len(tokens) and tokens[i + step // 2].text in ("and", "or")
    ]
    return any(span.overlaps(other) for span in beside for other in possible)


def whole(tokens: Sequence[Token], mention: Mention, verbs: Collection[str]) -> Mention:
    """The mention with what tells whose spokesman or president it is: "of the ministry"."""
    at = mention.last + 1
    office = mention.kind == "name" and is_title(tokens[mention.last].text)
    if office and mention.first and tokens[mention.first - 1].text.lower() == "the":
        mention = replace(mention, first=mention.first - 1)
    if not (office or mention.kind in ("noun", "phrase")) or at >= len(tokens):
        return mention
    if tokens[at].text not in _BELONGING:
        return mention
    last = mention.last
    for i in range(at + 1, min(len(tokens), at + 1 + LONGEST_NOUN)):
        if tokens[i].kind not in "DNdw" or tokens[i].text.lower() in verbs:
            break
        last = i
    return replace(mention, last=last)


def _with_article(tokens: Sequence[Token], mention: Mention, name: str) -> str:
    """The name with the article that stands before it: "the State Department"."""
    before = tokens[mention.first - 1] if mention.first else None
    whole = len(name.split()) == mention.last - mention.first + 1
    return f"the {name}" if before and before.text.lower() == "the" and whole else name


def _beside(document: Document, tokens: Sequence[Token], mention: Mention) -> str | None:
    """The name between commas after a noun: "the spokesman, Jean Roy,"."""
    comma, first = mention.last + 1, mention.last + 2
    if tokens[mention.first].kind != "D" or comma >= len(tokens) or tokens[comma].text != ",":
        return None
    last = first
    while last < len(tokens) and is_name_part(tokens[last]):
        last += 1
    ends = last >= len(tokens) or tokens[last].kind in ",.¶TQ:"
    if last - first < LEAST_BESIDE or not ends:
        return None
    return full_name(
        document.text, document.text[tokens[first].span.start : tokens[last - 1].span.end]
    )


def full_name(text: str, name: str) -> str:
    """The one fuller form that a text has for a name of a single word; else the name itself."""
    flat = " ".join(name.split())
    bare = untitled(flat.split())
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


def _is_person(name: str) -> bool:
    """Whether the first word of a name is no title and no word that begins a sentence."""
    first = name.split()[0]
    return not is_title(first) and not is_common(first)


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
    found += _of_office(before, noun)
    holders = {surname(name) for _, name in found}
    return " ".join(max(found)[1].split()) if len(holders) == 1 else None


def _of_office(before: str, noun: str) -> Iterator[tuple[int, str]]:
    """Where, and who, is called by the noun with its office: "Secretary of State X"."""
    for match in re.finditer(rf"\b(?i:{noun})(?=\s+(?:of|for|to|at)\s)", before):
        tail = before[match.end() : match.end() + LONGEST_TAIL]
        follow = re.findall(r"[^\W\d_][\w.’'-]*|\S", tail)[:LONGEST_OFFICE]
        following = list(takewhile(lambda word: word[0].isalpha(), follow))
        begins = past_office(following)
        if begins is not None:
            own = takewhile(lambda word: word[0].isupper(), following[begins:])
            yield match.start(), " ".join(own)


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
