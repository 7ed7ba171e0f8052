"""A reader that only counts words: the reference and the fallback, always at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.terms import terms
from qa.types import Context, Reading, SentenceReading
from qa.wording import asked_terms, frequencies, share, weights

_BIAS = -3.6
_SHARE = 4.2
_NEIGHBOURS = 1.4


class LexicalReader:
    """Scores a sentence by the share of the question's words in it, weighed by their rarity.

    The answer span is the whole sentence: counting words cannot tell where in it the answer is.
    """

    name = "lexical"

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        """One reading for each context, in their order; see ``qa.ports.Reader``."""
        read = [[frozenset(terms(s.of(c.text))) for s in c.sentences] for c in contexts]
        distinct = list({sentence for sentences in read for sentence in sentences})
        asked = weights(asked_terms(question), frequencies(distinct), len(distinct))
        return [
            _reading(asked, context, sentences)
            for context, sentences in zip(contexts, read, strict=True)
        ]


def _reading(
    asked: Mapping[str, float], context: Context, sentences: Sequence[frozenset[str]]
) -> Reading:
    scores = [_log_odds(asked, sentences, i) for i in range(len(sentences))]
    return Reading(
        tuple(
            SentenceReading(span, score, score)
            for span, score in zip(context.sentences, scores, strict=True)
        ),
        max(scores, default=_BIAS),
    )


def _log_odds(asked: Mapping[str, float], sentences: Sequence[frozenset[str]], i: int) -> float:
    """That sentence ``i`` holds the answer; its neighbours' words count a little."""
    own = share(asked, sentences[i])
    around = share(asked, frozenset[str]().union(*sentences[max(0, i - 1) : i + 2]))
    return _BIAS + _SHARE * own + _NEIGHBOURS * (around - own)
