"""The values that flow through question answering: frozen, and free of any engine or face."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from index.types import Document, Passage, Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found, and why."""

    passage: Passage
    score: float
    """The fused score; comparable within one question only."""
    dense_rank: int | None
    """From 1, or None when the dense side did not find it."""
    lexical_rank: int | None
    """From 1, or None when the lexical side did not find it."""
    similarity: float | None = None
    """The dense side's own score, comparable between questions; None when it did not find it."""
    closeness: tuple[float, ...] = ()
    """How well each sentence meets the words of the question, 0 to 1; empty if nobody can say."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader reads: the text of a passage, and its sentences in characters of that text."""

    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """A reader's view of one sentence."""

    span: Span
    """The best answer that begins in this sentence, in characters of the context's text."""
    span_score: float
    """Log-odds that this span is the answer; comparable between contexts of one question."""
    sentence_score: float
    """Log-odds that this sentence holds an answer; comparable likewise."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader's view of one context: one entry for each of its sentences, in their order."""

    sentences: tuple[SentenceReading, ...]
    answerable: float
    """Log-odds that the context holds an answer at all."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """To whom the text gives what it quotes or reports; spans are in characters of the document."""

    span: Span
    """The words that tell who speaks: a name, "she", "the mayor"."""
    cue: Span | None
    """The verb of saying beside them, if there is one."""
    name: str
    """Who that is: for a pronoun the name that it stands for, for a surname the full name."""
    direct: bool
    """Whether the words are quoted, not retold."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A supporting sentence with its answer span; all spans are in characters of the document."""

    document: Document
    passage: Span
    sentence: Span
    span: Span
    score: float
    """Probability that this sentence answers the question, calibrated, 0 to 1."""
    speaker: Speaker | None = None
    """Who is said to have said it, where that is sure."""

    @property
    def line(self) -> int:
        """The line of the document on which the span starts, from 1."""
        return self.document.text.count("\n", 0, self.span.start) + 1

    @property
    def quote(self) -> str:
        """The answer span as it stands in the document."""
        return self.span.of(self.document.text)


class Verdict(StrEnum):
    """How an answer stands to its question."""

    ANSWERED = "answered"
    NEAREST = "nearest"
    """Below the threshold, but near: the nearest that the text comes."""
    NOT_IN_TEXT = "not in the text"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the texts say to a question; ``text`` is None when they do not tell."""

    question: str
    understood: str
    """The question that was really asked of the texts; equal to ``question`` unless rewritten."""
    verdict: Verdict
    confidence: float
    """Calibrated probability that the texts answer the question, 0 to 1; the score of a piece of
    evidence is the probability that it does, and at most this."""
    threshold: float
    """At or above it an answer is given."""
    evidence: tuple[Evidence, ...]
    """Best first; empty unless answered."""
    near_misses: tuple[Evidence, ...]
    """Best first; what came nearest and was not enough."""
    seconds: float = 0.0
    restrictions: tuple[str, ...] = ()
    """To what the question was restricted, in words: as those of ``Understood``."""

    @property
    def text(self) -> str | None:
        """The answer in the document's own words, or None."""
        return self.evidence[0].quote if self.evidence else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier turn, as far as a follow-up question can lean on it."""

    question: str
    """As it was understood: with the names that its words stood for."""
    answer: str | None = None
    """The sentence that answered it, or None when the texts did not tell."""

    @classmethod
    def of(cls, answer: Answer) -> Earlier:
        """The turn that ended with ``answer``."""
        if not answer.evidence:
            return cls(answer.understood)
        best = answer.evidence[0]
        return cls(answer.understood, best.sentence.of(best.document.text))


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation, and what came of it."""

    question: str
    """As the user put it."""
    answer: Answer | None
    """None in a conversation opened again when the text that held the answer is gone."""


@dataclass(frozen=True, slots=True)
class Understood:
    """Step 1: the question as it is asked of the texts."""

    question: str
    understood: str
    restrictions: tuple[str, ...] = ()
    """What is asked of the texts besides, in words: ``in “harbor”``, ``without “fare”``."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Step 2: the passages that will be read."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """Step 3, the last."""

    answer: Answer


Step = Understood | Retrieved | Answered
