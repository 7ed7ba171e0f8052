"""Words, sentences and blocks of a text, always as spans of its own characters.

Nothing here normalises, strips or copies: ``span.of(text)`` is what the user sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from index.abbreviations import (
    AFTER_CLOCK,
    CLOCK,
    GERMAN_MONTHS,
    NEVER_LAST,
    NUMBERED,
    SAYING,
    SOMETIMES_LAST,
    STARTERS,
    TITLES,
)
from index.blocks import blocks
from index.types import Span

__all__ = ["blocks", "sentences", "words"]


@cache
def _word() -> re.Pattern[str]:
    """Built on first use: the table of combining marks takes a few milliseconds."""
    marks = "".join(
        c for c in map(chr, range(0x300, 0x2100)) if unicodedata.category(c) in ("Mn", "Mc")
    )
    letter = rf"(?:[^\W_]|[{marks}\u200c\u200d\ufe00-\ufe0f])"
    acronym = r"(?:[^\W\d_]\.){2,}"
    joint = r"(?:['’\-‐‑]|(?<=\d)[.,](?=\d))"
    return re.compile(rf"{acronym}|[^\W_]{letter}*(?:{joint}{letter}+)*")


def words(text: str) -> list[Span]:
    """Runs of letters, digits and their combining marks, in any script.

    Inner apostrophes and hyphens, decimal points and the stops of dotted acronyms belong to the
    word: ``Russia's``, ``seven-hour``, ``175,000`` and ``U.S.`` are one each.
    """
    return [Span(*match.span()) for match in _word().finditer(text)]


_QUOTES = "\"'”’»›“"
_CLOSERS = rf"{_QUOTES})\]}}」』）】〉》＂*_\u200b-\u200f\u2060\ufeff"
_WIDE = "。！？｡．।॥"
_MARK = re.compile(rf"([.!?…‽؟۔։።။។{_WIDE}]+)((?:[{_CLOSERS}]|\[\d+\])*)")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\r[^\S\r\n]*\r|\u2029")
_NEXT = re.compile(
    r"\s+(?P<lead>(?:[\"'“”‘’«‹„»›(\[{¿¡*_#–—\-\u200b-\u200f\u2060\ufeff]\s*)*)"
    r"(?P<word>[^\W_]+|\S)(?P<after>.?)",
    re.DOTALL,
)
_SPEAKER = re.compile(rf"\s+(?:[^\W\d_a-z][\w’'.\-]*\s+){{1,4}}(?:{'|'.join(sorted(SAYING))})\b")
_CAPITAL = re.compile(r" [A-Z]")
_SPECIAL = frozenset(
    word.lower() for word in (*CLOCK, *NUMBERED, *NEVER_LAST, *TITLES, *SOMETIMES_LAST)
)
"""What may stand before a full stop that ends nothing."""
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_ROMAN = re.compile(r"[IVXLCivxlc]+")
_DASHES = "-–—"
_LEAD = 40
"""Characters within which a sentence has its first letter; before it no mark can end it."""
_STATE = 2
"""Letters up to which a word in capitals is as likely a word or an acronym as FLA. for Fla."""
_LONG_WORD = 5
"""Letters of a word that is hardly an abbreviation; a sentence may end with it in lower case."""


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences between ``start`` and ``end``, without the white space around them.

    Every character that is not white space is in exactly one of them. A blank line always ends a
    sentence; marks that close a quotation or a bracket belong to the sentence that they close.
    """
    end = len(text) if end is None else min(end, len(text))
    found: list[Span] = []
    for stop in _stops(text, start, end):
        part = text[start:stop]
        last = start + len(part.rstrip())
        first = start + len(part) - len(part.lstrip())
        if first < last:
            found.append(Span(first, last))
        start = stop
    return found


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    """Where each sentence ends; the last is ``end``."""
    for blank in _BLANK_LINE.finditer(text, start, end):
        yield from _stops_in_paragraph(text, start, blank.start())
        start = blank.end()
    yield from _stops_in_paragraph(text, start, end)


def _stops_in_paragraph(text: str, start: int, end: int) -> Iterator[int]:
    for match in _MARK.finditer(text, start, end):
        stop = match.end()
        if stop == end:
            break
        following = text[stop]
        if match[1][-1] in _WIDE:
            ends = not following.isdigit()
        else:
            ends = following.isspace() and _ends(text, start, match, end)
        if ends:
            yield stop
            start = stop
    yield end


def _ends(text: str, start: int, match: re.Match[str], end: int) -> bool:
    """Whether the mark of ``match`` ends the sentence that began at ``start``."""
    mark = match[1]
    token = _token_before(text, start, match.start()) if mark == "." else ""
    if _is_plain(token) and _CAPITAL.match(text, match.end()):
        return True
    following = _NEXT.match(text, match.end(), end)
    if following is None:
        return True
    word = following["word"]
    if word in ",;:.…)/&":
        return False
    if mark != ".":
        return not word[0].islower() and _loud_end(text, start, match, word)
    if word[0].islower():
        return len(token) >= _LONG_WORD and token.islower() and token.isalpha() and not match[2]
    return _full_stop_ends(text, start, match.start(), token, following)


def _loud_end(text: str, start: int, match: re.Match[str], word: str) -> bool:
    """For question marks, exclamation marks and ellipses before a word that is not small."""
    lead = text[start : min(match.start(), start + _LEAD)]
    if not any(c.isalnum() for c in lead):
        return False
    if not match[1].strip(".…"):
        return word != "I"
    if any(c in _QUOTES for c in match[2]):
        return _SPEAKER.match(text, match.end()) is None
    return True


def _full_stop_ends(text: str, start: int, at: int, token: str, following: re.Match[str]) -> bool:
    """For a single full stop at ``at`` after ``token``, before a word that is not small."""
    word = following["word"]
    initial = len(word) == 1 and following["after"] == "."
    dateline = any(c in _DASHES for c in following["lead"])
    starts = word in STARTERS and not initial and not dateline
    small = token.lower()
    if token.isdigit():
        counts = not text[start : at - len(token)].strip("\"'“‘(#*- \t\r\n")
        return not counts and not (len(token) < 3 and word in GERMAN_MONTHS)
    if small in CLOCK:
        return word not in AFTER_CLOCK
    if small in NUMBERED and (word[0].isdigit() or _ROMAN.fullmatch(word) is not None):
        return False
    if small in NEVER_LAST or token in TITLES:
        return False
    if len(token) == 1 and token.isupper():
        return starts and bool(text[start : at - 1].strip("\"'“‘( "))
    shouted = len(token) > _STATE and token.isupper()
    if (token.capitalize() if shouted else token) in SOMETIMES_LAST or _ACRONYM.fullmatch(token):
        return starts
    return True


def _is_plain(token: str) -> bool:
    """Whether a full stop after it ends a sentence wherever a word in capitals follows."""
    return len(token) > 1 and token.isalpha() and token.lower() not in _SPECIAL


def _token_before(text: str, start: int, at: int) -> str:
    """The letters, digits and inner stops right before ``at``, without a hyphen's first half."""
    begin = max(text.rfind(" ", start, at) + 1, start)
    if (word := text[begin:at]).isalpha():
        return word
    begin = at
    while begin > start and (text[begin - 1].isalnum() or text[begin - 1] in ".§"):
        begin -= 1
    return text[begin:at].lstrip(".")
