"""What the words of a question tell: its terms and how rare they are, its names, who is quoted."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from index.terms import question_terms, terms
from index.text import words
from index.types import Span

_UNCLOSED = r"(?=\n\s*\n)|\Z"
_QUOTED = re.compile(
    rf"“[^“”]*?(?:”|(?=“)|{_UNCLOSED})"
    rf"|„[^„“”]*?(?:[“”]|{_UNCLOSED})"
    rf"|«[^«»]*?(?:»|{_UNCLOSED})"
    rf"|\"[^\"]*?(?:\"|{_UNCLOSED})"
)
_ASKING = frozenset(terms("say says said tell tells told mention state according"))
"""Words by which a question asks for speech; answers need not repeat them."""


def asked_terms(question: str) -> list[str]:
    """The terms that say what the question is about; every one it has, if none do."""
    found = question_terms(question)
    return [term for term in found if term not in _ASKING] or found


def name_terms(question: str) -> set[str]:
    """Those of its terms that are written like names or numbers: Ryabkov, NATO, 2014."""
    forms = [span.of(question) for span in words(question)]
    named = " ".join(form for form in forms if form[0].isupper() or form[0].isdigit())
    return set(terms(named)) & set(asked_terms(question))


def frequencies(sentences: Sequence[Iterable[str]]) -> Counter[str]:
    """In how many of ``sentences`` (each given by its terms) a term stands."""
    return Counter(term for sentence in sentences for term in set(sentence))


def weights(asked: Iterable[str], frequency: Mapping[str, int], total: int) -> dict[str, float]:
    """How much each term tells: BM25's idf over ``total`` sentences.

    Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond".
    """
    return {
        term: math.log1p((total - frequency.get(term, 0) + 0.5) / (frequency.get(term, 0) + 0.5))
        for term in asked
    }


def share(of: Mapping[str, float], within: Iterable[str]) -> float:
    """The part of the weight ``of`` whose terms stand ``within``, 0 to 1; 0 when there is none."""
    total = sum(of.values())
    present = set(within)
    return sum(weight for term, weight in of.items() if term in present) / total if total else 0.0


def quotations(text: str) -> list[Span]:
    """Where ``text`` quotes directly, marks included; one left open ends with its paragraph."""
    return [Span(*match.span()) for match in _QUOTED.finditer(text)]


def without(text: str, span: Span, omitted: Sequence[Span]) -> str:
    """The slice of ``text``, a space in place of each omitted part."""
    kept, at = [], span.start
    for part in omitted:
        if part.overlaps(span):
            kept.append(text[at : max(at, part.start)])
            at = min(part.end, span.end)
    return " ".join([*kept, text[at : span.end]])
