"""Who said that: the person to whom a quote or a reported statement is given, in or beside it.

Rules find the mentions and the verbs of saying around a span, a small fitted model chooses among
them, and a second one tells for whom a pronoun stands. Left open rather than wrong.
"""

from __future__ import annotations

from index.types import Document, Span
from qa.attribution.naming import name_of, whole
from qa.attribution.scorer import Scorer
from qa.attribution.tokens import stretch
from qa.types import Speaker

__all__ = ["Speaker", "speaker"]


def speaker(document: Document, span: Span, scorer: Scorer | None = None) -> Speaker | None:
    """The speaker of the quote or reported statement that holds ``span``; None if not sure.

    Args:
        document: with its blocks; without them the text around the span counts as one.
        span: of an answer, in characters of the document.
        scorer: None for the one that ships.

    Raises:
        ModelProblem: the weights are missing or damaged.
    """
    scorer = scorer or Scorer.load()
    around = stretch(document, span)
    choice = scorer.choose(around)
    least = scorer.direct if around.direct else scorer.reported
    if choice is None or choice.probability < least:
        return None
    mention = whole(around.tokens, choice.mention, scorer.verbs)
    name = name_of(document, around.tokens, mention, scorer)
    if name is None:
        return None
    cue = None if choice.cue is None else around.tokens[choice.cue].span
    return Speaker(mention.span(around.tokens), cue, name, around.direct)
