"""What an answer says above its evidence, each as one text: widgets take long to be laid out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from textual.content import Content

from qa.records import Quote, Record
from qa.types import Answer, Evidence, Verdict
from terminal import phrasing
from terminal.bars import FAINT
from terminal.visible import one_line

GONE = "The text is not open or has changed; shown as it was kept."

Part: TypeAlias = str | tuple[str, str]
"""Words, or words and their style."""


def card(answer: Answer) -> Content:
    """The best quote and where it stands, or that there is none; how sure that is."""
    if answer.evidence:
        best = answer.evidence[0]
        above = [*_quote(best), "\n", (phrasing.beside(best), FAINT)]
    else:
        above = [_absence(answer)]
    return Content.assemble(*above, "\n", *_confidence(answer))


def kept_card(kept: Record) -> Content:
    """The quotes of a turn whose text is not there any more, numbered, as they were kept."""
    quotes: Iterable[Part] = chain.from_iterable(
        _kept(number, quote) for number, quote in enumerate(kept.quotes, start=1)
    )
    absence = () if kept.evidence else ("○ Not in the text.\n",)
    return Content.assemble(*absence, *quotes, (GONE, FAINT))


def _quote(evidence: Evidence) -> Iterator[Part]:
    """The whole sentence with its answer emphasised."""
    part = phrasing.excerpt(evidence)
    return _emphasised(part.before, part.quote, part.after)


def _kept(number: int, quote: Quote) -> Iterator[Part]:
    said = f" · {one_line(quote.speaker)}" if quote.speaker else ""
    yield f"[{number}] ", FAINT
    yield from _emphasised(*map(phrasing.folded, quote.parts))
    place = f"{phrasing.short_name(quote.source, quote.title)}, line {quote.line}{said}"
    yield f"\n{place}\n", FAINT


def _emphasised(before: str, answer: str, after: str) -> Iterator[Part]:
    yield before
    yield "‹", "$text-accent"
    yield answer, "bold $text-accent"
    yield "›", "$text-accent"
    yield after


def _absence(answer: Answer) -> str:
    """Calm words for an answer that the text does not hold."""
    if answer.verdict is Verdict.NEAREST:
        return "○ The text does not say it outright. This comes nearest:"
    if answer.near_misses:
        return "○ Not in the text. What came nearest is below."
    return "○ Not in the text. Nothing in it speaks of this."


def _confidence(answer: Answer) -> Iterator[Part]:
    """Confidence in words, as a bar and in figures, and the time it took."""
    figures = f"{answer.confidence:.2f}"
    if not answer.evidence:
        needed = f"confidence {figures}, {answer.threshold:.2f} needed"
        yield f"{needed}  ·  {phrasing.seconds(answer)}", FAINT
    else:
        yield f"{phrasing.sureness(answer)}  "
        yield phrasing.bar(answer.confidence), "$text-accent"
        yield f"  {figures}  ·  {phrasing.seconds(answer)}", FAINT
