"""Words that may stand for a question's words: synonyms and kinds from WordNet, inflected alike.

A reader that is only asked in the words of the text learns to match words. A question whose
"envoy" has become a "diplomat" can be answered by meaning alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from training import corpora

Vectors: TypeAlias = npt.NDArray[np.float32]
Embed: TypeAlias = Callable[[Sequence[str]], Vectors]
"""Texts to unit vectors [n, dimension]."""

SENSES = 4
"""Of a word with more senses, as all parts of speech, most synonyms are wrong in a sentence."""
LIKE, VERY_LIKE = 0.1, 0.2
"""Likeness of vectors from which a synonym is taken: of a word with few senses, or with many."""
PARTS = frozenset("nvas")
_ENDINGS = ("s", "es", "ed", "d", "ing")


def lexicon(data: Path, embed: Embed) -> dict[str, list[str]]:
    """For each base form the single words that mean the same, or its kind; the likest first."""
    synsets = {
        row["id"]: row for row in corpora.rows(data / "lexicon" / "wordnet_synsets.jsonl.gz")
    }
    senses: dict[str, list[str]] = defaultdict(list)
    for key, row in synsets.items():
        for member in row["members"]:
            if row["pos"] in PARTS and member.isalpha() and member.islower():
                senses[member].append(key)
    row_of = {word: number for number, word in enumerate(senses)}
    vectors = embed(list(row_of))
    found: dict[str, list[str]] = {}
    for word, keys in senses.items():
        nouns = (key for key in keys if synsets[key]["pos"] == "n")
        above = [up for key in nouns for up in synsets[key]["hypernym"]]
        members = (m for key in [*keys, *above] for m in synsets[key]["members"])
        others = [m for m in dict.fromkeys(members) if m in row_of and not _forms(m, word)]
        alike = vectors[[row_of[m] for m in others]] @ vectors[row_of[word]]
        least = VERY_LIKE if len(keys) > SENSES else LIKE
        ranked = sorted(zip(-alike, others, strict=True))
        found[word] = [other for unlike, other in ranked if -unlike >= least]
    return {word: others for word, others in found.items() if others}


def _forms(a: str, b: str) -> bool:
    """Whether one begins with the other: "start", "starting"; and "startle", whose pieces agree."""
    return a.startswith(b) or b.startswith(a)


def inflections(word: str) -> Iterator[tuple[str, str]]:
    """Possible base forms of a word, with the ending that it adds to them."""
    yield word, ""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            stem = word.removesuffix(ending)
            yield stem, ending
            if ending in ("ing", "ed"):
                yield stem + "e", ending
            if stem.endswith("i"):
                yield stem[:-1] + "y", ending


def inflected(base: str, ending: str) -> str:
    """``base`` with an English ending."""
    if ending in ("s", "es"):
        if base.endswith("y") and base[-2:-1] not in "aeiou":
            return base[:-1] + "ies"
        return base + ("es" if base.endswith(("s", "x", "ch", "sh")) else "s")
    if ending in ("ed", "d"):
        if base.endswith("y") and base[-2:-1] not in "aeiou":
            return base[:-1] + "ied"
        return base + ("d" if base.endswith("e") else "ed")
    if ending == "ing":
        return base.removesuffix("e") + "ing"
    return base


def stand_ins(word: str, known: dict[str, list[str]]) -> list[str]:
    """Words that may stand where ``word`` stands, in the same form; in lower case."""
    found: dict[str, None] = {}
    for base, ending in inflections(word):
        for other in known.get(base, ()):
            found.setdefault(inflected(other, ending))
    return [one for one in found if one != word]
