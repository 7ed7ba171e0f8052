"""Records of answers to JSON and back; what comes back may be anything, and is looked over."""

from __future__ import annotations

from typing import Any

from index.types import Span
from qa.records import Quote, Record
from qa.types import Verdict


def to_data(kept: Record) -> dict[str, object]:
    """As JSON has it; the names are those of ``pullquote ask --json``."""
    return {
        "question": kept.question,
        "understood": kept.understood,
        "restrictions": list(kept.restrictions),
        "asked": kept.asked,
        "verdict": kept.verdict.value,
        "text": kept.text,
        "confidence": kept.confidence,
        "threshold": kept.threshold,
        "evidence": [_quote_data(quote) for quote in kept.evidence],
        "near_misses": [_quote_data(quote) for quote in kept.near_misses],
        "seconds": kept.seconds,
    }


def _quote_data(quote: Quote) -> dict[str, object]:
    return {
        "document": quote.source,
        "key": quote.key,
        "title": quote.title,
        "sha256": quote.sha256,
        "line": quote.line,
        "passage": _span_data(quote.passage),
        "sentence": {**_span_data(quote.sentence), "text": quote.sentence_text},
        "span": {**_span_data(quote.span), "text": quote.text},
        "score": quote.score,
        "speaker": quote.speaker,
    }


def _span_data(span: Span) -> dict[str, object]:
    return {"start": span.start, "end": span.end}


def from_data(data: Any) -> Record:
    """Back from `to_data`.

    Raises:
        ValueError: it is not what `to_data` gives.
    """
    try:
        return _record(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no record of an answer: {error!r}") from error


def _record(data: Any) -> Record:
    return Record(
        _text(data["question"]),
        _text(data["understood"]),
        Verdict(data["verdict"]),
        _number(data["confidence"]),
        _number(data["threshold"]),
        tuple(_quote_from(item) for item in _list(data["evidence"])),
        tuple(_quote_from(item) for item in _list(data["near_misses"])),
        _number(data["seconds"]),
        tuple(_text(item) for item in _list(data["restrictions"])),
        _text(data["asked"]),
    )


def _quote_from(data: Any) -> Quote:
    sentence, span = data["sentence"], data["span"]
    speaker = data["speaker"]
    quote = Quote(
        _text(data["key"]),
        _text(data["title"]),
        _text(data["document"]),
        _text(data["sha256"]),
        _integer(data["line"]),
        _span(data["passage"]),
        _span(sentence),
        _text(sentence["text"]),
        _span(span),
        _text(span["text"]),
        _number(data["score"]),
        None if speaker is None else _text(speaker),
    )
    _check(quote)
    return quote


def _check(quote: Quote) -> None:
    """ValueError unless texts and spans agree."""
    within = quote.span.shifted(-min(quote.sentence.start, quote.span.start))
    if (
        not quote.text
        or not quote.sentence.contains(quote.span)
        or len(quote.sentence) != len(quote.sentence_text)
        or within.of(quote.sentence_text) != quote.text
    ):
        raise ValueError("the spans of a quote do not fit its texts")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a text: {value!r}")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"not a number: {value!r}")
    return value


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"not a whole number: {value!r}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"not a list: {value!r}")
    return value


def _span(data: Any) -> Span:
    return Span(_integer(data["start"]), _integer(data["end"]))
