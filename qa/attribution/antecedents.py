"""Which name a pronoun stands for: the names before it, as features, and a small fitted model."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.types import Document, Span
from qa.attribution.first_names import FEMALE, MALE
from qa.attribution.mentions import Mention, mentions
from qa.attribution.titles import FEMALE_TITLES, MALE_TITLES, NO_PERSON, TITLES
from qa.attribution.tokens import Token, narration, sentence_numbers


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


SHE, HE = frozenset({"she", "her", "hers", "herself"}), frozenset({"he", "his", "him", "himself"})
PRONOUN_WITHIN = 14
"""Tokens after a name within which a pronoun hints at who it is."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who is named before the pronoun, by the last of the mentions."""

    span: Span
    features: tuple[str, ...]


def surname(name: str) -> str:
    """The last word of a name in lower case, without a possessive ending."""
    words = name.replace("’", "'").removesuffix("'s").split()
    return words[-1].strip(".,'").lower() if words else ""


def people(document: Document, pronoun: Span, verbs: Collection[str]) -> list[Person]:
    """Everyone who is named before the pronoun and does not clash with it, nearest first."""
    tokens = narration(document, pronoun)
    female = pronoun.of(document.text).lower() in SHE
    found = [m for m in mentions(tokens, (), verbs) if m.kind == "name"]
    named = [(m, _key(tokens, m)) for m in found if tokens[m.last].span.end <= pronoun.start]
    sentences = sentence_numbers(tokens)
    here = max((i for i, t in enumerate(tokens) if t.span.start <= pronoun.start), default=0)
    of_key: dict[str, list[Mention]] = defaultdict(list)
    for mention, key in named:
        of_key[key].append(mention)
    order = list(dict.fromkeys(key for _, key in reversed(named)))
    people: list[Person] = []
    for key in order:
        own = of_key[key]
        gender = _gender(tokens, own)
        if (gender > 0) if not female else (gender < 0):
            continue
        shared = _of_person(tokens, own, len(people), gender != 0)
        distance = min(4, sentences[here] - sentences[own[-1].last])
        blocks = sum(t.kind == "¶" for t in tokens[own[-1].last : here])
        last = tuple(_of_last(tokens, own[-1], verbs, distance, min(3, blocks)))
        people.append(Person(own[-1].span(tokens), (*shared, *last)))
    return people


def _key(tokens: Sequence[Token], mention: Mention) -> str:
    return surname(tokens[mention.last].text)


def _gender(tokens: Sequence[Token], own: Sequence[Mention]) -> int:
    """1 female, -1 male, 0 unknown: by titles and first names, else by the pronouns that follow."""
    sure = follows = 0
    for mention in own:
        words = [t.text.strip(".").lower() for t in tokens[mention.first : mention.last + 1]]
        if words[0] in FEMALE_TITLES or FEMALE.intersection(words):
            sure += 1
        elif words[0] in MALE_TITLES or MALE.intersection(words):
            sure -= 1
        follows += _pronoun_after(tokens, mention)
    return (sure > 0) - (sure < 0) or (follows >= 2) - (follows <= -2)


def _pronoun_after(tokens: Sequence[Token], mention: Mention) -> int:
    """1 if the next pronoun of the sentence is female, -1 if male, 0 if there is none near."""
    for token in tokens[mention.last + 1 : mention.last + 1 + PRONOUN_WITHIN]:
        word = token.text.lower()
        if token.kind in ".¶N":
            return 0
        if word in SHE or word in HE:
            return 1 if word in SHE else -1
    return 0


def _of_person(
    tokens: Sequence[Token], own: Sequence[Mention], rank: int, agrees: bool
) -> Iterator[str]:
    words = {t.text.strip(".").lower() for m in own for t in tokens[m.first : m.last + 1]}
    several = any(m.last > m.first for m in own)
    written = [tokens[m.last].text.strip(".") for m in own if len(tokens[m.last].text) > 2]
    yield f"rank{min(5, rank)}"
    yield f"agrees{agrees}"
    yield f"rank{min(3, rank)}agrees{agrees}"
    yield f"times{min(4, len(own))}"
    yield f"several{several}"
    yield f"title{bool(words & TITLES)}"
    yield f"place{bool(words & NO_PERSON)}"
    yield f"shout{any(word.isupper() for word in written)}"


def _of_last(
    tokens: Sequence[Token], mention: Mention, verbs: Collection[str], distance: int, blocks: int
) -> Iterator[str]:
    before = tokens[mention.first - 1] if mention.first else None
    after = tokens[mention.last + 1] if mention.last + 1 < len(tokens) else None
    opens = before is None or before.kind in ".¶Q"
    lead = "^" if opens else f"{before.kind if before else ''}"
    follows = "^" if after is None else ("V" if after.text.lower() in verbs else after.kind)
    yield f"d{distance}"
    yield f"p{blocks}"
    yield f"lead{lead}"
    yield f"after{follows}"
    yield f"lead{lead}after{follows}"
    yield f"d{distance}lead{lead}"
    yield f"d{distance}p{blocks}"
    if before is not None and before.kind in "PoD":
        yield f"word{before.text.lower()}"


def resolve(found: Sequence[Person], weights: Mapping[str, float], least: float) -> Span | None:
    """The likeliest of the people, or None where it is less likely than ``least``."""
    scores = [0.0] + [sum(weights.get(f, 0.0) for f in person.features) for person in found]
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    best = max(range(len(scores)), key=scores.__getitem__)
    sure = best > 0 and shares[best] / sum(shares) >= least
    return found[best - 1].span if sure else None
