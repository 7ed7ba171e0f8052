"""Questions that are only a part of one, such as "Why?" or "And in Vienna?", made whole.

Pure rules over words: such questions are few in kind, and a rule says exactly which words it takes
over from the question before. What a rule is not sure about it leaves to others.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.rewriting.grammar import (
    ASKING,
    AUXILIARIES,
    BE,
    JOINING,
    PERSONAL,
    PREPOSITIONS,
    PRONOUNS,
)
from qa.rewriting.slots import Words

_OPENING = ("and", "but", "so", "ok", "okay")
_BARE = frozenset({"why", "when", "where", "how", "whom"})
_MEASURES = frozenset(
    {"long", "much", "many", "often", "far", "old", "big", "large", "soon", "exactly", "so", "come"}
)
_HAPPENING = frozenset({"happen", "happened", "occur", "take", "done", "decided"})
_PAST = frozenset({"did", "was", "were", "had"})
_POINTING = frozenset({"that", "this", "it"})
_NO_NOUNS = AUXILIARIES | PERSONAL | PREPOSITIONS
_NOUNS = 3
"""Words that may follow "in which"; after a mere "which" there is one."""
_LONGEST = 6
"""Words of a question that can be a mere part of one."""


def complete(question: Words, before: Sequence[Words]) -> str | None:
    """The whole question, or None if ``question`` is no part, or it is not clear of what.

    Args:
        question: as asked, taken apart.
        before: the questions before it, as they were understood, the latest first; at least one.
    """
    start = 1 if question.word(0) in _OPENING else 0
    if not start < len(question.low) <= start + _LONGEST:
        return None
    asks = _asking_part(question, start)
    if asks:
        event = not _HAPPENING.isdisjoint(question.low)
        whole = next(filter(_tells_event, before), before[0]) if event else before[0]
        return _asked_anew(asks, whole)
    rest = _moved_part(question, start)
    return _moved(rest, before[0]) if rest else None


def _tells_event(question: Words) -> bool:
    """Whether it asks about something that happened, not how things are."""
    return not _PAST.isdisjoint(question.low)


def _asking_part(question: Words, start: int) -> str | None:
    """What asks in a question that has nothing else, or only points back: "From when"."""
    low = question.low[start:]
    at = 1 if low[0] in PREPOSITIONS and len(low) > 1 else 0
    if low[at] not in ASKING:
        return None
    end = _end_of_asking(low, at)
    rest = low[end:]
    if rest and not _points_back(rest):
        return None
    if not (at or rest or low[at] in _BARE or end > at + 1):
        return None
    first, last = question.spans[start], question.spans[start + end - 1]
    return question.text[first.start : last.end]


def _end_of_asking(low: tuple[str, ...], at: int) -> int:
    """After the words that belong to the asking word at ``at``."""
    if low[at] == "how" and low[at + 1 : at + 2] and low[at + 1] in _MEASURES:
        return at + 2
    if low[at] == "what" and low[at + 1 :] == ("for",):
        return at + 2
    if (low[at] == "which" or at) and low[at] in ("which", "what", "whose"):
        longest = at + (_NOUNS if at else 1)
        end = at + 1
        while end <= min(longest, len(low) - 1) and low[end] not in _NO_NOUNS:
            end += 1
        return end
    return at + 1


def _points_back(rest: tuple[str, ...]) -> bool:
    """Whether the rest only names what was asked before: "was that", "did it happen"."""
    return (
        len(rest) >= 2
        and rest[0] in AUXILIARIES
        and rest[1] in _POINTING
        and all(word in _HAPPENING | {"place", "so"} for word in rest[2:])
    )


def _asked_anew(asks: str, before: Words) -> str | None:
    """``asks`` of what the question before told: "Why" + "did she refuse?"."""
    told = _told(before)
    if told is None:
        return None
    return f"{asks[0].upper()}{asks[1:]} {told}?"


def _told(before: Words) -> str | None:
    """A question without what it asks for, its helping verb first; None if it has none."""
    low = before.low
    helping = next((at for at, word in enumerate(low) if word in AUXILIARIES), None)
    if helping is None or helping + 1 >= len(low):
        return None
    if helping == 0:
        return f"{low[0]} {_rest(before, 1)}"
    asking = next((at for at in range(helping) if low[at] in ASKING), None)
    if asking is None:
        return None
    subject = _slice(before, asking + 1, helping)
    if low[asking] in ("what", "which") and subject and _is_asked_subject(before, helping):
        return f"{before.forms[helping]} the {subject} {_rest(before, helping + 1)}"
    if low[asking] == "how" and subject and low[asking + 1] in ("many", "much"):
        counted = _slice(before, asking + 2, helping)
        if counted and _is_asked_subject(before, helping):
            return f"{before.forms[helping]} the {counted} {_rest(before, helping + 1)}"
    if low[asking] in ("who", "what") and _is_asked_subject(before, helping):
        return f"{before.forms[helping]} it {_rest(before, helping + 1)}"
    return _rest(before, helping)


def _is_asked_subject(before: Words, helping: int) -> bool:
    """Whether what was asked for is the subject itself: "What was stolen", "Which plan is best"."""
    following = before.low[helping + 1]
    if before.low[helping] not in BE | {"has", "have", "had"}:
        return False
    return following.endswith(("ed", "en")) or following in _PARTICIPLES | PREPOSITIONS | {"being"}


_IRREGULAR = """
    built made said done held found kept left lost paid sent sold told won hit cut put set shot hurt
    brought bought caught taught thought fought sought known shown grown thrown drawn worn born sung
"""
_PARTICIPLES = frozenset(_IRREGULAR.split())


def _moved_part(question: Words, start: int) -> str | None:
    """What an "And …?" or "What about …?" moves the question to."""
    low = question.low
    if low[start] in ("what", "how") and question.word(start + 1) in ("about", "of"):
        start += 2
    elif not start:
        return None
    rest = low[start:]
    if not rest or any(word in AUXILIARIES | ASKING for word in rest):
        return None
    if rest[0] in PRONOUNS or rest[0] in ("then", "else", "so"):
        return None
    return _slice(question, start, len(low))


def _moved(part: str, before: Words) -> str | None:
    """The question before, with ``part`` in the place of what it is like."""
    new = Words.of(part)
    if new.low[0] in PREPOSITIONS:
        place = _prepositional(before, new.low[0])
    else:
        place = _noun_phrase_like(before, new)
    if place is None:
        return None
    start, end = place
    new_part = _with_object(new, _slice(before, start + 1, end))
    text = before.text
    return text[: before.spans[start].start] + new_part + text[before.spans[end - 1].end :]


def _with_object(new: Words, replaced: str) -> str:
    """The new part; in "for one of them" the last word becomes what is replaced."""
    if new.low[0] in PREPOSITIONS and new.low[-1] in ("them", "these", "those") and replaced:
        return new.text[: new.spans[-1].start] + replaced
    return new.text


def _prepositional(before: Words, preposition: str) -> tuple[int, int] | None:
    """The last phrase of ``before`` that begins with ``preposition``."""
    starts = [at for at, word in enumerate(before.low) if word == preposition]
    if not starts or starts[-1] + 1 >= len(before.low):
        return None
    end = starts[-1] + 1
    while end < len(before.low) and before.low[end] not in (AUXILIARIES | PREPOSITIONS):
        end += 1
    return starts[-1], end


def _noun_phrase_like(before: Words, new: Words) -> tuple[int, int] | None:
    """The phrase of ``before`` written like ``new``: as a name, or with "the" before it."""
    if new.forms[-1][0].isupper():
        return _last_name(before)
    helping = next((at for at, word in enumerate(before.low) if word in AUXILIARIES), None)
    if helping is None or before.word(helping + 1) not in ("the", "a", "an", "his", "her", "their"):
        return None
    end = helping + 2
    while end < len(before.low) and before.low[end] in JOINING:
        end += 1
    return (helping + 1, end + 1) if end < len(before.low) else None


def _last_name(before: Words) -> tuple[int, int] | None:
    """The subject if it is a name, else the last name; with "the" before it."""
    runs: list[tuple[int, int]] = []
    at = 1
    while at < len(before.forms):
        if before.forms[at][0].isupper() and before.low[at] != "i":
            end = at + 1
            while end < len(before.forms) and before.forms[end][0].isupper():
                end += 1
            runs.append((at - (before.low[at - 1] == "the"), end))
            at = end
        at += 1
    subject = [run for run in runs if before.low[run[0] - 1] in AUXILIARIES]
    return next(iter(subject or runs[-1:]), None)


def _slice(parts: Words, start: int, end: int) -> str:
    """Words ``start`` to ``end`` as they stand in the text."""
    if start >= end:
        return ""
    return parts.text[parts.spans[start].start : parts.spans[end - 1].end]


def _rest(parts: Words, start: int) -> str:
    return _slice(parts, start, len(parts.low))
