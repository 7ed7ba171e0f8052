"""From scored candidates to evidence: each supporting sentence once, its span clean and exact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from index.terms import STOP_WORDS, terms
from index.types import Document, Span
from qa.combining import Candidate
from qa.types import Evidence
from qa.wording import quotations

NEAR_DUPLICATE = 0.8
"""Two sentences that share this part of their telling terms (Jaccard) say the same."""

_PARTNERS = {"“": "”", "„": "“”", "«": "»", "(": ")", "[": "]", '"': '"'}
_CLOSING = frozenset("”»)]")
_ENDING = frozenset('”“»"')
_TRIMMED = ",;:—–-"


def gather(candidates: Sequence[Candidate], scores: Sequence[float], limit: int) -> list[Evidence]:
    """At most ``limit`` distinct sentences, best first, by the score of each candidate.

    A sentence met in two overlapping passages counts once, by its better reading; one that nearly
    repeats a better one, in whatever document, is folded into it.
    """
    best: dict[tuple[str, Span], Evidence] = {}
    for candidate, score in zip(candidates, scores, strict=True):
        key = (candidate.document.key, candidate.sentence)
        if key not in best or score > best[key].score:
            best[key] = _evidence(candidate, score)
    ordered = sorted(best.values(), key=_order)
    return distinct(ordered, limit)


def without(candidates: Iterable[Candidate], unwanted: Callable[[str], bool]) -> list[Candidate]:
    """The candidates of which nothing that would be shown is ``unwanted``, in their order."""
    return [candidate for candidate in candidates if not unwanted(_shown(candidate))]


def _shown(candidate: Candidate) -> str:
    """The sentence, with the rest of a quotation that its span goes on in."""
    document, sentence = candidate.document, candidate.sentence
    span = fitted(document, sentence, candidate.span)
    return document.text[sentence.start : max(sentence.end, span.end)]


def _order(evidence: Evidence) -> tuple[float, str, int]:
    return (-evidence.score, evidence.document.key, evidence.sentence.start)


def _evidence(candidate: Candidate, score: float) -> Evidence:
    return Evidence(
        candidate.document,
        candidate.passage,
        candidate.sentence,
        fitted(candidate.document, candidate.sentence, candidate.span),
        score,
    )


def distinct(evidence: Sequence[Evidence], limit: int) -> list[Evidence]:
    """The first ``limit`` whose sentences do not nearly repeat an earlier one, in their order."""
    kept: list[Evidence] = []
    seen: list[set[str]] = []
    for piece in evidence:
        if len(kept) == limit:
            break
        telling = set(terms(piece.sentence.of(piece.document.text))) - STOP_WORDS
        if not any(_repeats(telling, other) for other in seen):
            kept.append(piece)
            seen.append(telling)
    return kept


def _repeats(one: set[str], other: set[str]) -> bool:
    return bool(one) and len(one & other) >= NEAR_DUPLICATE * len(one | other)


def fitted(document: Document, sentence: Span, span: Span) -> Span:
    """A reader's span as a reader of the text would mark it; the sentence itself if it is empty.

    It stays inside its sentence, or inside the direct quotation in which it begins and the block
    of that quotation; it ends at whole words, cuts no quotation of its sentence, and has no white
    space, stray mark or half of a pair at its edges.
    """
    text = document.text
    bounds = _bounds(document, sentence, span)
    start, end = max(span.start, bounds.start), min(span.end, bounds.end)
    while bounds.start < start < bounds.end and text[start - 1 : start + 1].isalnum():
        start -= 1
    while bounds.start < end < bounds.end and text[end - 1 : end + 1].isalnum():
        end += 1
    start, end = _past_quotes(document, sentence, Span(start, max(start, end)))
    trimmed = _trimmed(text, start, end, whole=Span(start, end) == sentence)
    if not len(trimmed):
        trimmed = _trimmed(text, sentence.start, sentence.end, whole=True)
    return trimmed if len(trimmed) else sentence


def _bounds(document: Document, sentence: Span, span: Span) -> Span:
    """The sentence, or from its start to the end of the quotation that the span goes on in."""
    if span.end <= sentence.end or not sentence.start <= span.start < sentence.end:
        return sentence
    block = next((b.span for b in document.blocks if b.span.contains(sentence)), sentence)
    for quote in quotations(block.of(document.text)):
        around = quote.shifted(block.start)
        if around.contains(span):
            return Span(sentence.start, max(sentence.end, around.end))
    return sentence


def _past_quotes(document: Document, sentence: Span, span: Span) -> tuple[int, int]:
    """The span to the end of each quotation that it would cut: in part inside, in part outside.

    A span inside of a quotation stays, and so does one that ends with its sentence.
    """
    start, end = span.start, span.end
    for quote in quotations(sentence.of(document.text)):
        around = quote.shifted(sentence.start)
        if document.text[around.end - 1] not in _ENDING:
            continue
        if around.start < start < around.end < end:
            start = around.start
        elif start < around.start < end < around.end:
            end = around.end
    return start, end


def _trimmed(text: str, start: int, end: int, *, whole: bool) -> Span:
    """Without white space and halves of pairs at the edges; unless ``whole``, without commas."""
    stray = "" if whole else _TRIMMED
    while start < end:
        if text[start].isspace() or text[start] in stray or _is_half(text[start:end], 0):
            start += 1
        elif text[end - 1].isspace() or text[end - 1] in stray or _is_half(text[start:end], -1):
            end -= 1
        else:
            break
    return Span(start, end)


def _is_half(text: str, at: int) -> bool:
    """Whether the mark at this edge (0 or -1) of ``text`` has its other half outside."""
    mark = text[at]
    if mark == '"':
        return text.count(mark) % 2 == 1
    if at == 0:
        return mark in _CLOSING or _outnumbers(text, mark, _PARTNERS.get(mark, ""))
    partners = "".join(one for one, others in _PARTNERS.items() if mark in others)
    return _outnumbers(text, mark, partners) if partners else mark in _PARTNERS


def _outnumbers(text: str, mark: str, partners: str) -> bool:
    return bool(partners) and text.count(mark) > sum(text.count(partner) for partner in partners)


def is_sound(evidence: Evidence) -> bool:
    """Whether its spans slice the document: the span is not empty and begins in the sentence."""
    spans = (evidence.passage, evidence.sentence, evidence.span)
    return (
        all(span.end <= len(evidence.document.text) for span in spans)
        and evidence.passage.contains(evidence.sentence)
        and len(evidence.span) > 0
        and all(outer.start <= inner.start < outer.end for outer, inner in pairwise(spans[1:]))
    )
