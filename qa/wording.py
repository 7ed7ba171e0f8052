"""The words of questions and sentences as the lexical side compares them: stems, names, rarity."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from index.types import Span

if TYPE_CHECKING:
    import Stemmer

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)+|[^\W_]+")
_CLITIC = re.compile(r"['’](?:s|t|d|m|re|ve|ll)\b", re.IGNORECASE)
_UNCLOSED = r"(?=\n\s*\n)|\Z"
_QUOTED = re.compile(
    rf"“[^“”]*?(?:”|(?=“)|{_UNCLOSED})"
    rf"|„[^„“”]*?(?:[“”]|{_UNCLOSED})"
    rf"|«[^«»]*?(?:»|{_UNCLOSED})"
    rf"|\"[^\"]*?(?:\"|{_UNCLOSED})"
)

FUNCTION_WORDS = frozenset(
    """a about according after again against all also am an and any are as at be been before being
    between both but by can could did do does doing done during each else ever few for from further
    had has have having he her here hers herself him himself his how i if in into is it its itself
    just many me more most much must my no nor not of off on once one only or other our out over own
    per said same say saying says she should so some such tell than that the their them themselves
    then there these they this those through to too under until up upon us very was we were what
    when where which while who whom whose why will with would you your""".split()
)
"""Words that tell the shape of a question rather than its matter, in lower case."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its stem, and whether it is written like a name."""

    stem: str
    span: Span
    name: bool
    """Begins with a capital or has a digit, and is not a function word."""


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    import Stemmer

    return Stemmer.Stemmer("english", 0)


@lru_cache(maxsize=1 << 15)
def stem(form: str) -> str:
    """Lower case, without accents and dots, stemmed: demand, demands and Demanded are one."""
    decomposed = unicodedata.normalize("NFKD", form.replace(".", "").replace(",", ""))
    folded = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    return str(_stemmer().stemWord(folded))


@lru_cache(maxsize=1)
def _function_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in FUNCTION_WORDS)


def words(text: str, start: int = 0) -> list[Word]:
    """The words of ``text`` in order, without possessive endings; spans are moved by ``start``."""
    plain = _CLITIC.sub(lambda match: " " * len(match.group()), text)
    return [
        Word(stem(form), Span(*match.span()).shifted(start), _is_name(form))
        for match in _WORD.finditer(plain)
        for form in [match.group()]
    ]


def _is_name(form: str) -> bool:
    if form.lower() in FUNCTION_WORDS and form != "US":
        return False
    return form[0].isupper() or any(c.isdigit() for c in form)


def content(stems: Iterable[str]) -> set[str]:
    """The stems that carry matter; all of them when there are none but function words."""
    given = set(stems)
    return (given - _function_stems()) or given


def rarity(sentences: Sequence[Iterable[str]]) -> Counter[str]:
    """In how many of ``sentences`` (each given by its stems) a stem stands."""
    return Counter(stem_ for sentence in sentences for stem_ in set(sentence))


def weights(question: Iterable[str], frequency: Mapping[str, int], total: int) -> dict[str, float]:
    """How much each content stem of the question tells: BM25's idf over ``total`` sentences.

    Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond".
    """
    return {
        stem_: math.log1p((total - frequency.get(stem_, 0) + 0.5) / (frequency.get(stem_, 0) + 0.5))
        for stem_ in content(question)
    }


def share(of: Mapping[str, float], within: Iterable[str]) -> float:
    """The part of the weight ``of`` whose stems stand ``within``, 0 to 1; 0 when there is none."""
    total = sum(of.values())
    present = set(within)
    return sum(weight for stem_, weight in of.items() if stem_ in present) / total if total else 0.0


def quoted(text: str) -> list[Span]:
    """Where ``text`` quotes directly, marks included; one left open ends with its paragraph."""
    return [Span(*match.span()) for match in _QUOTED.finditer(text)]
