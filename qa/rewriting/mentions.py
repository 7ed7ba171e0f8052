"""What was said that a word could stand for: noun phrases of earlier turns, and their features.

There is no parser at hand and none is needed: every run of up to eight words without a verb's
helper or a pronoun in it is a mention, and the weights tell which of them read like noun phrases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from index.terms import STOP_WORDS, terms
from index.types import Span
from qa.rewriting.grammar import ASKING, AUXILIARIES, BARRIERS, JOINING, PREPOSITIONS
from qa.rewriting.slots import Words
from qa.types import Earlier

LONGEST = 8
"""Words of a mention."""
TURNS = 3
"""Latest turns that are looked at, beside the first: the one that named the topic."""
_SHORT = 5
_ANSWER = 300
"""Characters of an answer that are looked at; the latter part of a long sentence is rarely
referred to."""


@dataclass(frozen=True, slots=True)
class Said:
    """A question or an answer of an earlier turn."""

    words: Words
    age: int
    """0 for the last turn, 1 for the one before; at most 3."""
    is_answer: bool
    is_first: bool
    """Whether it belongs to the turn that opened the conversation."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of words of an earlier turn."""

    said: Said
    start: int
    """Its first word."""
    end: int
    """After its last word."""

    @property
    def low(self) -> tuple[str, ...]:
        """Its words in lower case."""
        return self.said.words.low[self.start : self.end]

    @property
    def size(self) -> int:
        """How many words it has."""
        return self.end - self.start

    @property
    def text(self) -> str:
        """As it was said, with "the" if that stood before it, without a possessive ending."""
        parts = self.said.words
        start = self.start - (parts.word(self.start - 1) == "the")
        whole = Span(parts.spans[start].start, parts.spans[self.end - 1].end).of(parts.text)
        if whole.startswith("The "):
            whole = "the" + whole[3:]
        return whole.removesuffix("'s").removesuffix("’s")


def history(earlier: Sequence[Earlier]) -> list[Said]:
    """The texts to look at, the latest first."""
    found: list[Said] = []
    last = len(earlier) - 1
    for at in sorted({*range(max(0, last - TURNS + 1), last + 1), 0}, reverse=True):
        age, turn = min(last - at, TURNS), earlier[at]
        found.append(Said(Words.of(turn.question), age, False, at == 0))
        if turn.answer:
            found.append(Said(Words.of(turn.answer[:_ANSWER]), age, True, at == 0))
    return found


def mentions(said: Said, verbs: Collection[str]) -> Iterator[Mention]:
    """Every run of words that may be a noun phrase: without the ``verbs`` but for participles."""
    parts = said.words
    barred = [
        word in BARRIERS or (form in verbs)
        for word, form in zip(parts.low, parts.forms, strict=True)
    ]
    if not said.is_answer and parts.word(0) == "who" and len(barred) > 1:
        barred[1] = True  # "chairs" in "Who chairs the council?" does what is asked for
    for start, first in enumerate(parts.low):
        if barred[start] and not (first.endswith("ed") and first in verbs):
            continue
        if first in PREPOSITIONS or first in STOP_WORDS:
            continue
        for end in range(start + 1, min(start + LONGEST, len(parts.low)) + 1):
            last = parts.low[end - 1]
            if end - 1 > start and (barred[end - 1] or not _adjoins(parts, end - 1)):
                break
            if last not in STOP_WORDS and last not in JOINING and not _is_past(last):
                yield Mention(said, start, end)
            elif last not in JOINING:
                break


def _is_past(word: str) -> bool:
    """Whether it looks like a past tense; shorter words are as often nouns, such as "speed"."""
    return word.endswith("ed") and len(word) > _SHORT


def _adjoins(parts: Words, at: int) -> bool:
    """Whether only a space, a quotation mark or a stop of initials separates it from the last."""
    between = parts.text[parts.spans[at - 1].end : parts.spans[at].start]
    initial = len(parts.forms[at - 1]) <= 2 and parts.forms[at - 1][0].isupper()
    return not between.strip(" \"“”.'’" if initial else " \"“”'’")


@dataclass(frozen=True, slots=True)
class Scene:
    """What all mentions of one question are judged by."""

    question: frozenset[str]
    """The question's terms."""
    counts: Counter[str]
    """In how many of the earlier texts a term stands."""
    verbs: Collection[str]
    """Words that are mostly verbs."""

    @classmethod
    def of(cls, question: Words, said: Sequence[Said], verbs: Collection[str]) -> Scene:
        """Count the terms of the texts."""
        counts = Counter(term for text in said for term in set(terms(text.words.text)))
        return cls(frozenset(terms(question.text)), counts, verbs)


def features(mention: Mention, scene: Scene, kind: str) -> Iterator[str]:
    """What tells whether a slot of this kind means ``mention``; names of features that are true."""
    said, parts, verbs = mention.said, mention.said.words, scene.verbs
    low, forms = parts.low[mention.start : mention.end], parts.forms[mention.start : mention.end]
    before, after = parts.word(mention.start - 1), parts.word(mention.end)
    shape = "first" if mention.start == 0 and len(forms) == 1 else _shape(forms)
    place = f"{'answer' if said.is_answer else 'question'}{said.age}{'!' * said.is_first}"
    own = frozenset(terms(" ".join(low)))
    size = min(len(low), 5)
    yield f"shape={shape}"
    yield f"{kind} shape={shape}"
    yield f"{kind} shape={shape} size={size}"
    yield f"{kind} place={place}"
    yield f"shape={shape} place={place}"
    yield f"{kind} number={_number(low)}"
    yield f"{kind} number={_number(low)} shape={shape}"
    yield f"start={mention.start if mention.start < 3 else '*'} {said.is_answer}"
    subject = _is_subject(parts, mention.start)
    yield f"{kind} subject={subject} {said.is_answer}"
    yield f"{kind} {shape} {place} subject={subject}"
    yield f"before={_known(before)}"
    yield f"after={_known(after)}"
    yield f"first={_known(low[0])} {shape}"
    yield f"last={_ending(low[-1])} {shape}"
    yield f"size={size}"
    yield f"asked={_part(len(own & scene.question), len(own))}"
    yield f"repeated={min(min((scene.counts[term] for term in own), default=0), 4)} {kind}"
    yield f"cut={_cuts(parts, mention)}"
    yield f"goes-on={_goes_on(parts, mention.end, verbs)} {shape}"
    yield f"went-on={_goes_on(parts, mention.start, verbs)} {shape}"
    yield f"verb={low[0] in verbs} {size > 1}"
    yield f"inside={'+'.join(sorted({word for word in low if word in JOINING}))}"
    yield f"{kind} gender={_gender(parts)}"


def is_name(mention: Mention) -> bool:
    """Whether all its words are capitalised."""
    return all(form[0].isupper() for form in mention.said.words.forms[mention.start : mention.end])


def _shape(forms: Sequence[str]) -> str:
    """How it is written: as a name, a number, or otherwise."""
    telling = [form for form in forms if form.lower() not in JOINING]
    if any(form[0].isdigit() for form in telling):
        return "number"
    named = [form[0].isupper() for form in telling]
    if all(named):
        return "name"
    return "mixed" if any(named) else "plain"


def _number(low: Sequence[str]) -> str:
    if "and" in low:
        return "several"
    return "plural" if low[-1].endswith("s") and not low[-1].endswith(("ss", "'s")) else "one"


def _is_subject(parts: Words, start: int) -> bool:
    """Whether it stands where a subject stands: first, or after a helping verb."""
    return start == 0 or parts.low[start - 1] in AUXILIARIES


def _cuts(parts: Words, mention: Mention) -> str:
    """Whether it leaves out a capitalised neighbour that belongs to the same name."""
    left, right = mention.start - 1, mention.end
    cut_left = left >= 0 and parts.forms[left][0].isupper() and parts.low[left] not in ASKING
    cut_right = right < len(parts.forms) and parts.forms[right][0].isupper()
    cut_left = cut_left and parts.low[left] not in AUXILIARIES and _adjoins(parts, mention.start)
    cut_right = cut_right and _adjoins(parts, right)
    named = parts.forms[mention.start][0].isupper(), parts.forms[right - 1][0].isupper()
    return f"{cut_left and named[0]}{cut_right and named[1]}"


def _goes_on(parts: Words, at: int, verbs: Collection[str]) -> bool:
    """Whether the words on both sides of place ``at`` could belong to one noun phrase."""
    if not 0 < at < len(parts.low) or not _adjoins(parts, at):
        return False
    beside = parts.low[at - 1], parts.low[at]
    return not any(
        w in BARRIERS or w in STOP_WORDS or w in PREPOSITIONS or w in verbs for w in beside
    )


def _gender(parts: Words) -> str:
    low = {*parts.low}
    he, she = bool(low & {"he", "his", "him"}), bool(low & {"she", "her"})
    return {(True, False): "he", (False, True): "she"}.get((he, she), "?")


def _part(shared: int, of: int) -> str:
    if not shared:
        return "none"
    return "all" if shared == of else "some"


def _known(word: str) -> str:
    if word in STOP_WORDS or word in PREPOSITIONS or word in ("^", "$"):
        return word
    return _ending(word)


def _ending(word: str) -> str:
    return "-" + word[-3:] if len(word) > 4 else "-"
