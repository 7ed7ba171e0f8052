"""Answers as values that outlive their texts: what is kept of a conversation, and exported."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from index.types import Span
from qa.types import Answer, Earlier, Evidence, Verdict

_CLOSING = ("”", "»", '"')


@dataclass(frozen=True, slots=True)
class Quote:
    """A supporting sentence and its answer span, with all it takes to find them again."""

    key: str
    """Of the document: for a file, its absolute path."""
    title: str
    source: str
    """Of the document, as it was shown."""
    sha256: str
    """Of the document's text, as ``DocumentInfo.sha256``."""
    line: int
    """The line on which the span starts, from 1."""
    passage: Span
    """This and the other spans are in characters of the document."""
    sentence: Span
    """The sentence of the span; all of a quotation that runs on beyond it, closing mark and all."""
    sentence_text: str
    span: Span
    text: str
    """The answer span's."""
    score: float
    """Probability that the sentence answers the question, 0 to 1."""
    speaker: str | None = None
    """Who said it, where the text tells."""

    @property
    def parts(self) -> tuple[str, str, str]:
        """What stands before the span in its sentence, the span, and what stands after it."""
        span = self.span.shifted(-self.sentence.start)
        return self.sentence_text[: span.start], self.text, self.sentence_text[span.end :]


@dataclass(frozen=True, slots=True)
class Record:
    """A question and what the texts said to it, free of the texts."""

    question: str
    understood: str
    verdict: Verdict
    confidence: float
    threshold: float
    evidence: tuple[Quote, ...]
    near_misses: tuple[Quote, ...]
    seconds: float
    restrictions: tuple[str, ...] = ()
    asked: str = ""
    """UTC, ISO 8601."""

    @property
    def text(self) -> str | None:
        """The answer in the document's own words, or None."""
        return self.evidence[0].text if self.evidence else None

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """What was shown: the evidence, or what came nearest."""
        return self.evidence or self.near_misses

    @property
    def earlier(self) -> Earlier:
        """The turn, as far as a follow-up question can lean on it."""
        return Earlier(self.understood, self.evidence[0].sentence_text if self.evidence else None)


def now() -> str:
    """This moment as records tell it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def sha256(text: str) -> str:
    """Of the text in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def record(answer: Answer, asked: str = "") -> Record:
    """What is kept of ``answer``; ``asked`` is when, by default now."""
    pieces = [*answer.evidence, *answer.near_misses]
    digests = {piece.document.key: sha256(piece.document.text) for piece in pieces}
    return Record(
        answer.question,
        answer.understood,
        answer.verdict,
        answer.confidence,
        answer.threshold,
        tuple(_quote(piece, digests[piece.document.key]) for piece in answer.evidence),
        tuple(_quote(piece, digests[piece.document.key]) for piece in answer.near_misses),
        answer.seconds,
        answer.restrictions,
        asked or now(),
    )


def _quote(evidence: Evidence, digest: str) -> Quote:
    document, sentence = evidence.document, _whole(evidence)
    return Quote(
        document.key,
        document.title,
        document.source,
        digest,
        evidence.line,
        evidence.passage,
        sentence,
        sentence.of(document.text),
        evidence.span,
        evidence.quote,
        evidence.score,
        evidence.speaker.name if evidence.speaker else None,
    )


def _whole(evidence: Evidence) -> Span:
    """The sentence, and what of a quotation the span has beyond it."""
    text, sentence, span = evidence.document.text, evidence.sentence, evidence.span
    if span.end <= sentence.end:
        return sentence
    return Span(sentence.start, span.end + (text[span.end : span.end + 1] in _CLOSING))
