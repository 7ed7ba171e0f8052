"""A span made to fit what is asked: the whole sentence, number, date or quote; pure.

Only what was measured not to cost a reader's answers is widened (docs/attribution.md): a number
takes its scale and currency with it but not the noun it counts, a date its day and year, a reason
its "because". Names are left as the reader marks them.
"""

from __future__ import annotations

import re

from index.types import Document, Span
from qa.boolean import is_yes_no
from qa.wording import quotations

LONGEST_QUOTE = 160
"""Characters of a quote that is answered whole; of a longer one its part is the answer."""

_AMOUNT = re.compile(
    r"\bhow (?:many|much|old|long|far|large|big|high|tall)\b|\bwhat (?:percentage|proportion|number"
    r"|amount|price|sum)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[$€£]?\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty"
    r"|forty|fifty|a",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"\s?%|(?:\s+|-)(?:percent|per cent|hundred|thousand|million|billion|trillion)\b", re.IGNORECASE
)
_CURRENCY = frozenset("$€£")
_TIME = re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day)\b", re.IGNORECASE)
_MONTH = (
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.)"
)
_DATE = re.compile(
    rf"{_MONTH} \d{{1,2}}, \d{{4}}|\d{{1,2}} {_MONTH} \d{{4}}|{_MONTH} \d{{4}}"
    rf"|{_MONTH} \d{{1,2}}\b|\d{{1,2}} {_MONTH}"
)
_REASON = re.compile(r"\bwhy\b", re.IGNORECASE)
_BECAUSE = re.compile(r"\b(?:because(?: of)?|due to|in order to|so that|to)\s+\Z", re.IGNORECASE)
_SPEECH = re.compile(
    r"\b(?:according to|say|says|said|tell|told|call|called|describe[sd]?|demand(?:ed|s)?"
    r"|claim(?:ed|s)?|state[sd]?|answer(?:ed)?|repl(?:y|ied)|quote[sd]?)\b",
    re.IGNORECASE,
)

_WHO_IS = re.compile(
    r"[Ww]ho(?:['’]s| is| was)\s+(?:[\w.’'-]+ )*?(?P<name>[^\W\d_a-z][\w’'-]*)\s*\??"
)
_APPOSED = r"\b{}(?:['’]s)?,\s+(?P<who>(?:who|an?|the|his|her|their|its|one)\b[^,;:.!?…—“”\"()]+)"


def fit(document: Document, sentence: Span, span: Span, question: str) -> Span:
    """The span, widened to what ``question`` asks for; itself where nothing fits better.

    Args:
        document: whose text it slices.
        sentence: in which the span begins.
        span: not empty.
        question: as it was asked of the texts.
    """
    text = document.text
    if is_yes_no(question):
        return sentence if sentence.contains(span) else span
    if _AMOUNT.search(question):
        return _amount(text, sentence, span)
    if who := _WHO_IS.fullmatch(question.strip()):
        return _apposition(text, sentence, span, who["name"])
    if _TIME.search(question):
        return _date(text, sentence, span)
    if _REASON.search(question):
        return _reason(text, sentence, span)
    if _SPEECH.search(question):
        return _quote(text, sentence, span)
    return span


def _amount(text: str, sentence: Span, span: Span) -> Span:
    """A bare number with its scale and currency."""
    if _NUMBER.fullmatch(span.of(text)) is None:
        return span
    scale = _SCALE.match(text, span.end, sentence.end)
    marked = span.start > sentence.start and text[span.start - 1] in _CURRENCY
    return Span(span.start - marked, scale.end() if scale else span.end)


def _apposition(text: str, sentence: Span, span: Span, name: str) -> Span:
    """What the sentence says of the person beside the name, unless the span is part of it."""
    found = re.compile(_APPOSED.format(re.escape(name))).search(text, sentence.start, sentence.end)
    if found is None:
        return span
    apposed = Span(found.start("who"), found.start("who") + len(found["who"].rstrip()))
    return span if span.overlaps(apposed) else apposed


def _date(text: str, sentence: Span, span: Span) -> Span:
    """The whole of the date in which the span lies."""
    for match in _DATE.finditer(text, sentence.start, max(sentence.start, sentence.end)):
        whole = Span(*match.span())
        if whole.contains(span):
            return whole
    return span


def _reason(text: str, sentence: Span, span: Span) -> Span:
    """A reason with the word that gives it as one."""
    before = _BECAUSE.search(text[max(sentence.start, span.start - 14) : span.start])
    return Span(span.start - len(before[0]), span.end) if before else span


def _quote(text: str, sentence: Span, span: Span) -> Span:
    """The whole quote with its marks, if the span is within a short one of its sentence."""
    for quote in quotations(sentence.of(text)):
        whole = quote.shifted(sentence.start)
        closed = text[whole.end - 1] in '”“»"'
        if whole.contains(span) and closed and len(whole) <= LONGEST_QUOTE:
            return whole
    return span
