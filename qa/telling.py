"""Whether the texts tell at all: what the whole of a reading says, beyond its best sentence.

Ranking the sentences of a question is one task, and knowing that none of them answers is another:
the best of a bad lot shares words with the question too. Signs that tell the two apart are what the
question names and the passages lack, whether the answer is the kind of thing that was asked for,
and whether search, words and reader agree on it. One logistic regression makes of them the
probability that the texts tell; another, which also sees how far the best sentence is ahead, the
probability that it is the one that does. Two sentences that answer alike share the second, and so
they should, but they are no reason to doubt the first.

Rajpurkar et al. 2018 (SQuAD 2.0, arXiv 1806.03822) show that plausible answers stand where there is
none; Kamath et al. 2020 (arXiv 2006.09462) that a calibrator over such features abstains better
than a reader's own score.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from index.terms import STOP_WORDS, terms
from index.types import Span
from qa.combining import Candidate, Combiner, sigmoid
from qa.kinds import kind, offers
from qa.wording import asked_terms, frequencies, name_terms, share, weights

_KEPT = (
    "sentence_score", "span_score", "answerable", "behind_best", "similarity", "dense", "lexical",
    "fits",
)  # fmt: skip
"""Features of the best sentence that are signs as they are."""
OF_LEAD = frozenset({"lead", "above", "rivals"})
"""Signs of how far the best sentence is ahead, which say nothing of whether the texts tell."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Whether the texts tell, and which sentences do; probabilities from 0 to 1."""

    told: float
    """That the texts answer the question; 0 if nothing was read."""
    scores: tuple[float, ...]
    """That each candidate answers it, in their order; no more than ``told``."""


def tell(question: str, candidates: Sequence[Candidate], combiner: Combiner) -> Telling:
    """What a combiner makes of all that was read.

    The score of a candidate is the probability that the texts tell, times that of the candidate if
    they do: for the best one as its judge has it, for the others by lower log-odds, the lower the
    further the ranking has them behind.
    """
    ranked = [combiner.ranking.log_odds(candidate.features) for candidate in candidates]
    if combiner.judges is None or not candidates:
        alone = tuple(map(combiner.confidence, ranked))
        return Telling(max(alone, default=0.0), alone)
    found = signs(question, candidates, ranked)
    told = combiner.confidence(combiner.judges.told.log_odds(found))
    right, top = combiner.judges.right.log_odds(found), max(ranked)
    behind = (combiner.judges.fall * (top - one) for one in ranked)
    return Telling(told, tuple(told * sigmoid(right - less) for less in behind))


def signs(
    question: str, candidates: Sequence[Candidate], scores: Sequence[float]
) -> dict[str, float]:
    """What speaks for and against the best of the candidates.

    Args:
        question: as it was asked of the texts.
        candidates: every sentence that was read; at least one.
        scores: the log-odds that ranking gives each of them.
    """
    best = max(range(len(candidates)), key=scores.__getitem__)
    read = _Read.of(candidates)
    found = _of_lead(candidates, scores, best)
    found |= _of_reader(candidates, best)
    found |= _of_words(question, candidates[best], read)
    found |= _of_span(question, candidates[best])
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """The terms of what was read."""

    sentences: Mapping[tuple[str, Span], frozenset[str]]
    passages: Mapping[tuple[str, Span], frozenset[str]]
    everything: frozenset[str]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> _Read:
        sentences: dict[tuple[str, Span], frozenset[str]] = {}
        passages: dict[tuple[str, Span], frozenset[str]] = {}
        for candidate in candidates:
            key = candidate.document.key
            text = candidate.document.text
            for kept, span in ((sentences, candidate.sentence), (passages, candidate.passage)):
                if (key, span) not in kept:
                    kept[key, span] = frozenset(terms(span.of(text)))
        return cls(sentences, passages, frozenset[str]().union(*passages.values()))


def _of_lead(
    candidates: Sequence[Candidate], scores: Sequence[float], best: int
) -> dict[str, float]:
    """How far the best sentence is ahead of the others."""
    mine = candidates[best]
    others = [
        score
        for candidate, score in zip(candidates, scores, strict=True)
        if candidate.sentence != mine.sentence or candidate.document.key != mine.document.key
    ]
    second = max(others, default=scores[best] - 5)
    return {
        "score": _within(scores[best], 10),
        "lead": _within(scores[best] - second, 5),
        "above": _within(scores[best] - (fmean(others) if others else second), 10),
        "rivals": math.log1p(sum(score > scores[best] - 1 for score in others)),
    }


def _of_reader(candidates: Sequence[Candidate], best: int) -> dict[str, float]:
    """What reader and dense search say, of this sentence and of all."""
    mine = candidates[best].features
    found = {name: mine[name] for name in _KEPT}
    for name in ("sentence_score", "similarity"):
        every = [candidate.features[name] for candidate in candidates]
        found[f"outstanding {name}"] = _standing(mine[name], every)
    for name in ("answerable", "similarity"):
        found[f"top {name}"] = max(candidate.features[name] for candidate in candidates)
    return found


def _standing(value: float, every: Sequence[float]) -> float:
    """By how many standard deviations a value is above the mean."""
    return _within((value - fmean(every)) / (pstdev(every) or 1.0), 5)


def _of_words(question: str, best: Candidate, read: _Read) -> dict[str, float]:
    """What of the question stands neither in the passage nor in anything that was read."""
    asked = asked_terms(question)
    weighed = weights(asked, frequencies(list(read.sentences.values())), len(read.sentences))
    named = name_terms(question)
    names = {term: weight for term, weight in weighed.items() if term in named}
    plain = {term: weight for term, weight in weighed.items() if term not in named}
    numbers = {term: 1.0 for term in asked if term.isdigit()}
    near = read.passages[best.document.key, best.passage]
    found = {}
    for what, of in (("names", names), ("numbers", numbers), ("plain", plain)):
        for where, within in (("near", near), ("read", read.everything)):
            found[f"{what} missing {where}"] = 1 - share(of, within) if of else 0.0
    found["words missing read"] = 1 - share(weighed, read.everything)
    return found


def _of_span(question: str, best: Candidate) -> dict[str, float]:
    """Whether the answer is the kind of thing that was asked for, and not the question's own."""
    known = asked_terms(question)
    span = best.span.of(best.document.text)
    own = [term for term in terms(span) if term not in STOP_WORDS]
    return {
        "span fits": float(offers(kind(question), span, known)),
        "echo": sum(term in known for term in own) / len(own) if own else 1.0,
    }


def _within(value: float, bound: float) -> float:
    return max(-bound, min(bound, value))
