"""From hits and readings to scored candidates: every sentence that was read is one.

What retrieval, the words and the reader say of a sentence becomes named features, and a small
fitted model (logistic regression, a set of weights per reader, kept as data) their probability.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.problems import ModelProblem
from index.terms import terms
from index.types import BlockKind, Document, Span
from qa.kinds import Kind, kind, offers
from qa.types import Context, Hit, Reading, SentenceReading
from qa.wording import (
    asked_terms,
    frequencies,
    name_terms,
    quotations,
    share,
    weights,
    without,
)

COMBINER = Path(__file__).parent / "models" / "combiner.json"
FORMAT = 1
OTHER = "other"
"""The weights for readers that have none of their own."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that was read, with its best span; spans are in characters of the document."""

    document: Document
    passage: Span
    sentence: Span
    span: Span
    features: Mapping[str, float] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Logistic:
    """Logistic regression over named features; one that is not given counts 0."""

    weights: Mapping[str, float]
    bias: float

    def log_odds(self, features: Mapping[str, float]) -> float:
        """Weights · features + bias."""
        return self.bias + sum(w * features.get(name, 0.0) for name, w in self.weights.items())


@dataclass(frozen=True, slots=True)
class Judges:
    """Two opinions over the signs of ``qa.telling``."""

    told: Logistic
    """Whether the texts answer the question."""
    right: Logistic
    """Whether the best sentence does, if the texts do."""
    fall: float
    """How much faster the log-odds of the others fall than the ranking's own."""


@dataclass(frozen=True, slots=True)
class Combiner:
    """What ranks the sentences of a question, and what says whether the texts answer it."""

    ranking: Logistic
    """Over the features of a candidate."""
    threshold: float
    """The confidence from which an answer is given."""
    near: float
    """The confidence from which a sentence below the threshold is worth naming as the nearest."""
    judges: Judges | None = None
    """None: the probability of the best sentence has to do for that of the texts."""
    scale: float = 1.0
    """Factor of the confidence's log-odds, as a user's calibration has it."""
    bias: float = 0.0
    """What is added to the scaled log-odds."""

    def confidence(self, log_odds: float) -> float:
        """The probability that the texts tell, 0 to 1, as a user's calibration has it."""
        return sigmoid(self.scale * log_odds + self.bias)

    def recalibrated(self, scale: float, bias: float, threshold: float) -> Combiner:
        """With the confidence's log-odds times ``scale`` plus ``bias``, and this threshold."""
        near = threshold * self.near / self.threshold
        return replace(self, scale=scale, bias=bias, threshold=threshold, near=near)

    @classmethod
    def load(cls, reader: str, path: Path = COMBINER) -> Combiner:
        """The weights for the reader of this name, or those for other readers.

        Raises:
            ModelProblem: the file is missing, damaged or of another format.
        """
        sets = _weight_sets(path)
        return sets.get(reader) or sets[OTHER]


@lru_cache(maxsize=4)
def _weight_sets(path: Path) -> dict[str, Combiner]:
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["format"] != FORMAT or OTHER not in data["readers"]:
            raise ValueError("another format")
        return {name: _combiner(row) for name, row in data["readers"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelProblem(
            f"The answer weights {path.name} cannot be used ({type(error).__name__}).",
            "Reinstall pullquote.",
        ) from error


def _combiner(row: Any) -> Combiner:
    judges = None
    if "told" in row:
        judges = Judges(_logistic(row["told"]), _logistic(row["right"]), float(row["fall"]))
    return Combiner(_logistic(row), float(row["threshold"]), float(row["near"]), judges)


def _logistic(row: Any) -> Logistic:
    return Logistic(dict(row["weights"]), float(row["bias"]))


def sigmoid(x: float) -> float:
    """Log-odds to probability, without overflow."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    return math.exp(x) / (1.0 + math.exp(x))


def context(document: Document, hit: Hit) -> Context:
    """What a reader reads of a hit."""
    start = hit.passage.span.start
    return Context(
        hit.passage.span.of(document.text),
        tuple(sentence.shifted(-start) for sentence in hit.passage.sentences),
    )


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a context as the features see it."""

    terms: frozenset[str]
    narrated: frozenset[str]
    """The terms outside direct quotation: what the writer, not the person quoted, says."""
    quotes: bool
    """Whether some of it is quoted directly."""
    text: str


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as the features see it: its terms and those of its names, with their weights."""

    terms: Mapping[str, float]
    names: Mapping[str, float]
    kind: Kind | None


def _weighed(question: str, sentences: Sequence[frozenset[str]]) -> _Question:
    asked = weights(asked_terms(question), frequencies(sentences), len(sentences))
    named = name_terms(question)
    names = {term: weight for term, weight in asked.items() if term in named}
    return _Question(asked, names, kind(question))


def candidates(
    question: str,
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
    readings: Sequence[Reading],
) -> list[Candidate]:
    """Every sentence of every hit, in the order of hits; one that two hits share comes twice.

    Args:
        question: as it was asked of the texts.
        hits: what was read, best first.
        documents: those of the hits, by key.
        readings: one for each hit, with one entry for each of its sentences.
    """
    read = [_sentences(context(documents[hit.passage.document], hit)) for hit in hits]
    distinct = {
        (hit.passage.document, span): sentence.terms
        for hit, sentences in zip(hits, read, strict=True)
        for span, sentence in zip(hit.passage.sentences, sentences, strict=True)
    }
    asked = _weighed(question, list(distinct.values()))
    best_sentence = max(
        (entry.sentence_score for reading in readings for entry in reading.sentences), default=0.0
    )
    closest = max((one for hit in hits for one in hit.closeness), default=0.0)
    found: list[Candidate] = []
    for hit, sentences, reading in zip(hits, read, readings, strict=True):
        document = documents[hit.passage.document]
        shared = _of_hit(hit, hits[0], asked, sentences, reading)
        for i, entry in enumerate(reading.sentences):
            sentence = hit.passage.sentences[i]
            own = shared | _of_words(asked, sentences, i) | _of_reader(entry, best_sentence)
            own |= _of_closeness(hit, i, closest)
            own["prose"] = _is_prose(document, sentence)
            span = entry.span.shifted(hit.passage.span.start)
            found.append(Candidate(document, hit.passage.span, sentence, span, own))
    return found


def _sentences(read: Context) -> list[_Sentence]:
    quotes = quotations(read.text)
    return [_sentence(read.text, span, quotes) for span in read.sentences]


def _sentence(text: str, span: Span, quotes: Sequence[Span]) -> _Sentence:
    own = span.of(text)
    present = frozenset(terms(own))
    near = [quote for quote in quotes if quote.overlaps(span)]
    narrated = frozenset(terms(without(text, span, near))) if near else present
    return _Sentence(present, narrated, bool(near), own)


def _of_hit(
    hit: Hit, best: Hit, asked: _Question, sentences: Sequence[_Sentence], reading: Reading
) -> dict[str, float]:
    """What all sentences of a hit share."""
    present = frozenset[str]().union(*(sentence.terms for sentence in sentences))
    return {
        "fused": hit.score / best.score if best.score else 0.0,
        "dense": 1.0 / hit.dense_rank if hit.dense_rank else 0.0,
        "lexical": 1.0 / hit.lexical_rank if hit.lexical_rank else 0.0,
        "similarity": hit.similarity or 0.0,
        "passage_share": share(asked.terms, present),
        "answerable": _clipped(reading.answerable),
    }


def _of_words(asked: _Question, sentences: Sequence[_Sentence], i: int) -> dict[str, float]:
    """What the words of sentence ``i`` and of its neighbours tell."""
    own = sentences[i]
    around = frozenset[str]().union(*(s.terms for s in sentences[max(0, i - 1) : i + 2]))
    voices = frozenset[str]().union(*(s.narrated for s in sentences[max(0, i - 1) : i + 2]))
    mine = share(asked.terms, own.terms)
    return {
        "share": mine,
        "neighbour_share": share(asked.terms, around) - mine,
        "name_share": share(asked.names, own.terms),
        "narrated_name_share": share(asked.names, own.narrated),
        "voice": share(asked.names, voices) if own.quotes else 0.0,
        "fits": float(offers(asked.kind, own.text, asked.terms)),
        "length": min(len(own.terms), 40) / 40,
    }


def _of_closeness(hit: Hit, i: int, closest: float) -> dict[str, float]:
    """How well sentence ``i`` meets the words of the question, by likeness of words."""
    own = hit.closeness[i] if hit.closeness else 0.0
    return {"closeness": own, "behind_closest": own - closest}


def _of_reader(entry: SentenceReading, best: float) -> dict[str, float]:
    return {
        "sentence_score": _clipped(entry.sentence_score),
        "span_score": _clipped(entry.span_score),
        "behind_best": _clipped(entry.sentence_score - best),
    }


def _clipped(log_odds: float) -> float:
    """Beyond ten a reader's log-odds tell nothing more, and would drown the other features."""
    return max(-10.0, min(10.0, log_odds))


def _is_prose(document: Document, sentence: Span) -> float:
    """1 unless the sentence stands in a heading, caption, byline or link."""
    at = bisect_right(document.blocks, sentence.start, key=lambda block: block.span.start) - 1
    return float(at < 0 or document.blocks[at].kind is BlockKind.PARAGRAPH)
