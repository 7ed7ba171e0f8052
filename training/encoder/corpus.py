"""All prose as one array of word types, for pretraining.

    python -m training.encoder.corpus --data DATA --work WORK

Writes ``encoder-words.npy`` (int32, the words of all texts one after the other, 0 between two
texts) and ``encoder-lexicon.npz`` (pieces and shapes of each type, and the commonest types).
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from qa.features import Lexicon
from training import corpora

COMMON = 32_768
"""Types that the generator chooses among when it fills in a word."""
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Words of prose, and what is known of their types."""

    words: Ints
    """[words]; 0 between two texts."""
    pieces: Ints
    """[types, PIECES]."""
    shapes: npt.NDArray[np.uint8]
    """[types, SHAPES]."""
    common: Ints
    """[COMMON] types, the commonest first."""

    @classmethod
    def load(cls, work: Path) -> Corpus:
        """Map the words into memory, read the rest."""
        words = np.load(work / "encoder-words.npy", mmap_mode="r")
        with np.load(work / "encoder-lexicon.npz") as file:
            return cls(words, file["pieces"], file["shapes"], file["common"])

    def classes(self) -> Ints:
        """[types]: the place of a type among the common ones, -1 for others."""
        places = np.full(len(self.pieces), -1, dtype=np.int32)
        places[self.common] = np.arange(len(self.common), dtype=np.int32)
        return places


def build(data: Path, work: Path, limit: int | None) -> Corpus:
    """Read every text (``limit`` of them for a rehearsal) and write the two files."""
    lexicon = Lexicon(Tokenizer.from_file(str(work / "tokenizer.json")), 1 << 20)
    parts: list[Ints] = []
    for text in itertools.islice(corpora.prose(data), limit):
        parts.append(lexicon.words(text).types)
        parts.append(np.zeros(1, dtype=np.int32))
    words, n = np.concatenate(parts), len(lexicon)
    counts = np.bincount(words, minlength=n)
    counts[0] = 0
    common = np.argsort(-counts, kind="stable")[: min(COMMON, n - 1)].astype(np.int32)
    np.save(work / "encoder-words.npy", words)
    np.savez(
        work / "encoder-lexicon.npz",
        pieces=lexicon.pieces[:n],
        shapes=lexicon.shapes[:n].astype(np.uint8),
        common=common,
    )
    return Corpus(words, lexicon.pieces[:n], lexicon.shapes[:n].astype(np.uint8), common)


def main() -> None:
    """Build and say how much there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="texts, for a rehearsal")
    arguments = parser.parse_args()
    corpus = build(arguments.data, arguments.work, arguments.limit)
    covered = np.isin(corpus.words, corpus.common).mean()
    print(f"{len(corpus.words):,} words, {len(corpus.pieces):,} types, common {covered:.3f}")


if __name__ == "__main__":
    main()
