"""Which mention is meant, and how sure that is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from qa.attribution.titles import is_title
from qa.rewriting.mentions import Mention, Said, Scene, features, is_name, mentions
from qa.rewriting.slots import Words
from qa.rewriting.weights import Weights

_MOST = 400
"""Mentions that are weighed, the latest turn's first; conversations seldom have half as many."""
_PERSONS = ("he", "she")
_LONGEST_NAME = 4
"""Words of a person's name with its title."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Words that may be meant."""

    text: str
    probability: float
    """By the model, over all that was said; mentions in the same words count together."""


def choices(asked: Words, said: Sequence[Said], kind: str, weights: Weights) -> list[Choice]:
    """What a slot of this kind may mean, the likeliest first."""
    every = (mention for text in said for mention in mentions(text, weights.verbs))
    found = [*islice(every, _MOST)]
    if kind in _PERSONS:
        found = [mention for mention in found if not _is_no_person(mention)]
    if not found:
        return []
    scene = Scene.of(asked, said, weights.verbs)
    scores = [weights.mention.score(features(mention, scene, kind)) for mention in found]
    best = max(scores)
    names = _full_names(found, kind)
    forms: dict[str, list[tuple[float, Mention]]] = defaultdict(list)
    for mention, score in zip(found, scores, strict=True):
        forms[_in_full(mention, names)].append((math.exp(score - best), mention))
    worth = {full: sum(share for share, _ in said) for full, said in forms.items()}
    total = sum(worth.values())
    ranked = sorted(worth, key=lambda full: -worth[full])
    return [Choice(_as_said(forms[full], full), worth[full] / total) for full in ranked]


def _is_no_person(mention: Mention) -> bool:
    """Whether a word with a capital belongs to a thing: "the Russian team", "the Uplands"."""
    if mention.size > 1 or not is_name(mention) or is_title(mention.low[0]):
        return False
    words = mention.said.words
    return words.word(mention.start - 1) == "the"


def _as_said(forms: Sequence[tuple[float, Mention]], full: str) -> str:
    """The likeliest form, unless it is a mere surname: then the full one."""
    _, likeliest = max(forms, key=lambda form: form[0])
    return likeliest.text if likeliest.size > 1 else full


def _full_names(found: Sequence[Mention], kind: str) -> dict[str, list[Mention]]:
    """Names of several words by their surnames; by first names too if a person is meant."""
    names: dict[str, list[Mention]] = defaultdict(list)
    for mention in found:
        if mention.size > 1 and _is_full_name(mention):
            names[_bare(mention)[-1]].append(mention)
            if kind in _PERSONS:
                names[mention.low[0]].append(mention)
    return {word: sorted(known, key=_length, reverse=True) for word, known in names.items()}


def _is_full_name(mention: Mention) -> bool:
    """Whether it may be a whole name; after "of" it begins with a title's end: "of State"."""
    before = mention.said.words.word(mention.start - 1)
    return is_name(mention) and mention.size <= _LONGEST_NAME and before != "of"


def _in_full(mention: Mention, names: Mapping[str, Sequence[Mention]]) -> str:
    """The mention; a name in the fullest form that was said: "White" as "Jack White"."""
    if not is_name(mention):
        return mention.text
    own = _bare(mention)
    known = (*names.get(own[-1], ()), *names.get(own[0], ()))
    fuller = (n for n in known if own in (_bare(n)[-len(own) :], _bare(n)[: len(own)]))
    return next((name.text for name in fuller if name.size > mention.size), mention.text)


def _bare(mention: Mention) -> list[str]:
    return [word.removesuffix("'s") for word in mention.low]


def _length(mention: Mention) -> int:
    return len(mention.text)
