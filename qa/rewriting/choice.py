"""Which mention is meant, and how sure that is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from qa.rewriting.mentions import Mention, Said, Scene, features, is_name, mentions
from qa.rewriting.slots import Words
from qa.rewriting.weights import Weights

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
    found = [mention for text in said for mention in mentions(text, weights.verbs)]
    if not found:
        return []
    scene = Scene.of(asked, said, weights.verbs)
    scores = [weights.mention.score(features(mention, scene, kind)) for mention in found]
    best = max(scores)
    names = [mention for mention in found if _is_full_name(mention)]
    forms: dict[str, list[tuple[float, Mention]]] = defaultdict(list)
    for mention, score in zip(found, scores, strict=True):
        forms[_in_full(mention, names, kind)].append((math.exp(score - best), mention))
    worth = {full: sum(share for share, _ in said) for full, said in forms.items()}
    total = sum(worth.values())
    ranked = sorted(worth, key=lambda full: -worth[full])
    return [Choice(_as_said(forms[full], full), worth[full] / total) for full in ranked]


def _as_said(forms: Sequence[tuple[float, Mention]], full: str) -> str:
    """The likeliest form, unless it is a mere surname: then the full one."""
    _, likeliest = max(forms, key=lambda form: form[0])
    return likeliest.text if likeliest.size > 1 else full


def _in_full(mention: Mention, names: Sequence[Mention], kind: str) -> str:
    """The mention; a name in the fullest form that was said: "White" as "Jack White"."""
    if not is_name(mention):
        return mention.text
    fuller = [name.text for name in names if _is_fuller(name, mention, kind)]
    return max(fuller, key=len, default=mention.text)


def _is_full_name(mention: Mention) -> bool:
    """Whether it may be a whole name; after "of" it begins with a title's end: "of State"."""
    before = mention.said.words.word(mention.start - 1)
    return is_name(mention) and mention.size <= _LONGEST_NAME and before != "of"


def _is_fuller(name: Mention, mention: Mention, kind: str) -> bool:
    """Whether it ends with the mention as its surname, or begins with it if a person is meant."""
    own = _bare(mention)
    ends = _bare(name)[-len(own) :] == own
    return name.size > mention.size and (
        ends or (kind in _PERSONS and _bare(name)[: len(own)] == own)
    )


def _bare(mention: Mention) -> list[str]:
    return [word.removesuffix("'s") for word in mention.low]
