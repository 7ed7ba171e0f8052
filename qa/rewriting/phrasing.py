"""Putting words into a question so that it still reads as one; pure."""

from __future__ import annotations

from collections.abc import Iterable

from qa.rewriting.slots import Slot

_ENDS = "?.! "


def with_words_for(question: str, meant: Iterable[tuple[Slot, str]]) -> str:
    """The question with each slot's words in its place, or beside it where a noun follows."""
    for slot, text in sorted(meant, key=lambda pair: pair[0].span.start, reverse=True):
        start, end = slot.span.start, slot.span.end
        question = question[:start] + _in_place(slot, question[start:end], text) + question[end:]
        if slot.before_noun:
            question = with_topic(question, text)
    return question


def _in_place(slot: Slot, word: str, text: str) -> str:
    if slot.before_noun:
        return word
    if slot.kind == "there":
        return f"in {text}"
    if slot.possessive:
        return text + ("’" if text.endswith("s") else "’s")
    return text[0].upper() + text[1:] if slot.at == 0 else text


def with_topic(question: str, topic: str) -> str:
    """The question with its topic in brackets before the question mark."""
    body = question.rstrip(_ENDS)
    return f"{body} ({topic}){question[len(body) :].rstrip() or '?'}"
