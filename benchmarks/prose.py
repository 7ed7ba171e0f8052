"""Texts for timings: random sentences whose words and their frequencies are those of news.

The commonest words are those of the sample articles, in their order of frequency; then come the
whole words of the embedded tokenizer's vocabulary, in its order, which is about that of frequency;
then names made of two of them, which no vocabulary has. The n-th word is drawn with a probability
proportional to 1 / (n + 2.7) (Zipf 1949, shifted as by Mandelbrot 1953).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.types import Document
from qa import samples

WORDS_OF_A_PASSAGE = 75
PASSAGES_OF_A_DOCUMENT = 20
VOCABULARY = 60_000
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOCABULARY = Path(__file__).parents[1] / "index" / "models" / "embedder" / "tokenizer.json"


def vocabulary(random: np.random.Generator) -> list[str]:
    """``VOCABULARY`` distinct words, the commonest first."""
    texts = [samples.path(name).read_text(encoding="utf-8") for name in samples.names()]
    counted = Counter(word for text in texts for word in _WORD.findall(text))
    common = [word for word, _ in counted.most_common()]
    known = [word for word in _pieces() if len(word) > 2 and word.isalpha()]
    words = dict.fromkeys([*common, *known])
    while len(words) < VOCABULARY:
        first, second = random.integers(0, len(known), 2)
        words[known[first].capitalize() + known[second]] = None
    return list(words)[:VOCABULARY]


def _pieces() -> list[str]:
    import json

    pieces: dict[str, int] = json.loads(_VOCABULARY.read_text(encoding="utf-8"))["model"]["vocab"]
    return sorted(pieces, key=pieces.__getitem__)


class Prose:
    """Random sentences, the same for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self._random = np.random.default_rng(seed)
        self._words = np.array(vocabulary(self._random), dtype=object)
        weights = 1 / (np.arange(1, VOCABULARY + 1) + 2.7)
        self._cumulated = np.cumsum(weights / weights.sum())

    def words(self, count: int) -> list[str]:
        """Words at large, by their frequencies."""
        drawn = np.searchsorted(self._cumulated, self._random.random(count))
        return list(self._words[np.minimum(drawn, VOCABULARY - 1)])

    def paragraph(self) -> str:
        """Some five sentences."""
        words = self.words(WORDS_OF_A_PASSAGE)
        sentences = []
        while words:
            length = int(self._random.integers(8, 24))
            sentence, words = words[:length], words[length:]
            sentence[len(sentence) // 2] += ","
            sentences.append(sentence[0].capitalize() + " " + " ".join(sentence[1:]) + ".")
        return " ".join(sentences)

    def documents(self, passages: int) -> Iterator[Document]:
        """Documents with so many passages in all."""
        for number in range(passages // PASSAGES_OF_A_DOCUMENT):
            # A heading before each paragraph makes it a passage of its own.
            parts = [f"Part {n}\n\n{self.paragraph()}" for n in range(PASSAGES_OF_A_DOCUMENT)]
            text = "\n\n".join(parts)
            yield Document(f"document-{number}", f"Document {number}", text, f"{number}.txt")
