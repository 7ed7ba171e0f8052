"""The answer, or an honest "not in the text" with what came nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qa.attribution import speaker
from qa.combining import Candidate, Combiner
from qa.evidence import gather
from qa.fitting import fit
from qa.telling import tell
from qa.types import Answer, Evidence, Verdict


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of what was found is shown."""

    evidence: int = 5
    near_misses: int = 3
    floor: float = 0.2
    """Further evidence needs this part of the best one's score: the rest only shares words."""


def answer(
    question: str,
    understood: str,
    candidates: Sequence[Candidate],
    combiner: Combiner,
    *,
    threshold: float | None = None,
    limits: Limits | None = None,
) -> Answer:
    """Judge the candidates.

    Args:
        question: as the user put it.
        understood: as it was asked of the texts.
        candidates: every sentence that was read.
        combiner: turns features into calibrated probabilities.
        threshold: the confidence from which an answer is given, 0 to 1; None for the combiner's.
        limits: how much is shown; None for the usual.
    """
    limits = limits or Limits()
    threshold = combiner.threshold if threshold is None else threshold
    most = max(limits.evidence, limits.near_misses)
    weighed = weigh(understood, candidates, combiner, most)
    found, confidence = weighed.marked(threshold), weighed.confidence
    verdict = judge(confidence, threshold, combiner.near) if found else Verdict.NOT_IN_TEXT
    answered = verdict is Verdict.ANSWERED
    return Answer(
        question,
        understood,
        verdict,
        confidence,
        threshold,
        finished(understood, _worth_showing(found, limits)) if answered else (),
        () if answered else finished(understood, found[: limits.near_misses]),
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was read, as far as it may be shown."""

    confidence: float
    """Probability that the texts answer the question, 0 to 1."""
    evidence: list[Evidence]
    """Distinct sentences, best first, each with the probability that it answers."""

    def marked(self, threshold: float) -> list[Evidence]:
        """The pieces; those that would be no answer by themselves with the sentence for span.

        Of a sentence that is merely near, the reader's best span is a guess, and a wrong highlight
        is worse than a wide one.
        """
        best = max((piece.score for piece in self.evidence), default=0.0)
        return [
            piece
            if self.confidence >= threshold and self.confidence * piece.score >= threshold * best
            else replace(piece, span=piece.sentence)
            for piece in self.evidence
        ]


def weigh(
    understood: str, candidates: Sequence[Candidate], combiner: Combiner, limit: int
) -> Weighed:
    """Whether the texts tell, and at most ``limit`` distinct sentences that do."""
    telling = tell(understood, candidates, combiner)
    return Weighed(telling.told, gather(candidates, telling.scores, limit))


def finished(question: str, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The same pieces, their spans fitted to the question, with who said it where that is sure."""
    spans = ((e, fit(e.document, e.sentence, e.span, question)) for e in evidence)
    return tuple(replace(e, span=span, speaker=speaker(e.document, span)) for e, span in spans)


def judge(confidence: float, threshold: float, near: float) -> Verdict:
    """How a confidence stands to the threshold; ``near`` counts only below the threshold."""
    if confidence >= threshold:
        return Verdict.ANSWERED
    return Verdict.NEAREST if confidence >= near else Verdict.NOT_IN_TEXT


def _worth_showing(found: list[Evidence], limits: Limits) -> tuple[Evidence, ...]:
    floor = limits.floor * found[0].score
    return tuple(piece for piece in found if piece.score >= floor)[: limits.evidence]
