"""Where a question leans on what was said before: its pronouns, and what tells that they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.terms import STOP_WORDS
from index.text import words
from index.types import Span
from qa.rewriting.grammar import ASKING, AUXILIARIES, POSSESSIVE, PREPOSITIONS, PRONOUNS

TOPIC = "topic"
"""The kind of the slot that no word opens: the question leaves its topic out altogether."""
_LONGEST = 12
"""Words from which on a question is long, whatever their number."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A word of the question that stands for something said before."""

    kind: str
    """he, she, they, it, that, those or there."""
    span: Span
    """In characters of the question."""
    at: int
    """Which word of the question it is, from 0."""
    before_noun: bool
    """Whether a noun follows that it determines, as in "this song"."""
    possessive: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A question taken apart once."""

    text: str
    spans: tuple[Span, ...]
    forms: tuple[str, ...]
    """As written."""
    low: tuple[str, ...]
    """In lower case, apostrophes straight."""

    @classmethod
    def of(cls, text: str) -> Words:
        """The words of ``text``."""
        spans = tuple(words(text))
        forms = tuple(span.of(text) for span in spans)
        return cls(text, spans, forms, tuple(form.lower().replace("’", "'") for form in forms))

    def word(self, at: int) -> str:
        """Word ``at`` in lower case; "^" before the first, "$" after the last."""
        if at < 0:
            return "^"
        return self.low[at] if at < len(self.low) else "$"


def slots(question: Words) -> list[Slot]:
    """The pronouns that could stand for something said before, the first of each kind."""
    first: dict[str, Slot] = {}
    for at, word in enumerate(question.low):
        kind = PRONOUNS.get(word)
        if kind and kind not in first and not _is_bound(question, at):
            first[kind] = Slot(
                kind, question.spans[at], at, _determines(question, at), _possesses(question, at)
            )
    return list(first.values())


def _is_bound(question: Words, at: int) -> bool:
    """Whether it belongs to who is asked for, as in "Who lost his seat?"."""
    return (
        question.low[0] in ("who", "which")
        and question.word(1) not in AUXILIARIES
        and question.low[at] in POSSESSIVE
    )


def _determines(question: Words, at: int) -> bool:
    if question.low[at] not in ("this", "that", "these", "those"):
        return False
    following = question.word(at + 1)
    return following != "$" and following not in STOP_WORDS | AUXILIARIES | PREPOSITIONS


def _possesses(question: Words, at: int) -> bool:
    """Whether it owns what follows: in "her book", not in "ask her about"."""
    following = question.word(at + 1)
    if question.low[at] == "her":
        return following != "$" and following not in STOP_WORDS
    return question.low[at] in POSSESSIVE


def leans(question: Words, slot: Slot) -> Iterator[str]:
    """Features that tell whether the word of ``slot`` leans on earlier turns."""
    low, at = question.low, slot.at
    word, before, after = low[at], question.word(at - 1), question.word(at + 1)
    yield "bias"
    yield f"word={word}"
    yield f"before={_class(before)} {word}"
    yield f"after={word} {_class(after)}"
    yield f"after2={word} {_class(after)} {_class(question.word(at + 2))}"
    yield f"last={at == len(low) - 1} {slot.kind}"
    yield f"length={min(len(low), _LONGEST)}"
    yield f"depth={min(at, 8)}"
    names = _names(question, 0, at)
    yield f"names-before={min(names, 2)} {slot.kind}"
    yield f"nouns-before={min(_telling(low[:at]), 4)} {slot.kind}"
    yield f"names-after={min(_names(question, at + 1, len(low)), 2)}"
    yield f"noun={slot.before_noun} {slot.kind}"
    yield f"owner={slot.possessive} {low[0] in ('who', 'which')} {slot.kind}"
    yield f"first={low[0] if low[0] in ASKING | AUXILIARIES else '*'} {slot.kind}"


def needs_topic(question: Words, known: frozenset[str], said: frozenset[str]) -> Iterator[str]:
    """Features that tell whether a question without pronouns leaves its topic out.

    Args:
        question: without a slot that leans on earlier turns.
        known: the distinct terms that tell something in the question.
        said: the terms of the earlier turns.
    """
    low = question.low
    names = _names(question, 1, len(low))
    yield "bias"
    yield f"length={min(len(low), _LONGEST)}"
    yield f"telling={min(len(known), 6)}"
    yield f"names={min(names, 3)}"
    yield f"names={min(names, 3)} telling={min(len(known), 6)}"
    yield f"said={min(len(known & said), 3)} new={min(len(known - said), 4)}"
    yield f"names={min(names, 1)} said={min(len(known & said), 2)}"
    yield f"lower={question.forms[0].islower()}" if question.forms else "lower=none"
    yield f"first={question.word(0)}"
    yield f"first={question.word(0)} {_class(question.word(1))}"
    yield f"last={_class(question.word(len(low) - 1))}"
    yield f"digits={any(form[0].isdigit() for form in question.forms)}"
    yield from (f"has={word}" for word in {*low} if word in STOP_WORDS or word in _TELLING)


_HINTS = """
    article important interesting significant happened aspects album song band released awards
    win tour record else anything movie film team group book critics known
"""
_TELLING = frozenset(_HINTS.split())
"""Frequent words of questions that often leave their topic out."""


def _names(question: Words, start: int, end: int) -> int:
    """How many words are written like names or numbers; the first word of all never is."""
    forms: Sequence[str] = question.forms[max(1, start) : end]
    return sum(form[0].isupper() or form[0].isdigit() for form in forms if form != "I")


def _telling(low: Sequence[str]) -> int:
    return sum(word not in STOP_WORDS for word in low)


def _class(word: str) -> str:
    """The word if it is a common one, else its ending."""
    if word in STOP_WORDS or word in ("^", "$"):
        return word
    return "-" + word[-2:] if word.endswith(("ed", "ly", "s", "ng")) else "*"
