"""A reader that only counts words: the reference and the fallback, always at hand."""

from __future__ import annotations

from collections.abc import Sequence

from qa.types import Context, Reading, SentenceReading
from qa.wording import rarity, share, weights, words

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
        stems = [
            [frozenset(word.stem for word in words(s.of(read.text))) for s in read.sentences]
            for read in contexts
        ]
        distinct = list({sentence for sentences in stems for sentence in sentences})
        asked = weights((w.stem for w in words(question)), rarity(distinct), len(distinct))
        return [
            self._reading(asked, read, sentences)
            for read, sentences in zip(contexts, stems, strict=True)
        ]

    def _reading(
        self, asked: dict[str, float], read: Context, stems: Sequence[frozenset[str]]
    ) -> Reading:
        scores = [_log_odds(asked, stems, i) for i in range(len(stems))]
        return Reading(
            tuple(
                SentenceReading(span, score, score)
                for span, score in zip(read.sentences, scores, strict=True)
            ),
            max(scores, default=_BIAS),
        )


def _log_odds(asked: dict[str, float], stems: Sequence[frozenset[str]], i: int) -> float:
    """That sentence ``i`` holds the answer; its neighbours' words count a little."""
    own = share(asked, stems[i])
    around = share(asked, frozenset[str]().union(*stems[max(0, i - 1) : i + 2]))
    return _BIAS + _SHARE * own + _NEIGHBOURS * (around - own)
