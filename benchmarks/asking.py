"""Asks an index of Pullquote in this process and prints JSON.

    python -m benchmarks.asking INDEX CORPUS
    python -m benchmarks.asking INDEX CORPUS --seconds 10

Everything counts that a question costs until its passages are known, the embedding too. With
``--seconds`` it opens the index, says so, waits for a line on standard input, and then counts how
many questions it gets through in that time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from pathlib import Path

from benchmarks.peers.measuring import Figures, asked, peak_mb, summed, timed
from benchmarks.peers.protocol import Corpus, Question
from index import embedders
from index.library import Index
from qa.retrieval import HybridRetriever

_PASSES, _SECONDS = 5, 20.0
"""The first pass warms up: of each question the fastest counts."""


class Own:
    """An index as users have it."""

    def __init__(self, home: Path) -> None:
        self._index = Index.open(home, embedder=embedders.load(None), readonly=True)
        self._retriever = HybridRetriever(self._index)

    def dense(self, question: Question, k: int) -> list[int]:
        """By meaning."""
        return [match.id for match in self._index.dense(question.text, k)]

    def lexical(self, question: Question, k: int) -> list[int]:
        """By words."""
        return [match.id for match in self._index.lexical(question.text, k)]

    def hybrid(self, question: Question, k: int) -> list[int]:
        """By both, with the passages."""
        return [hit.passage.id for hit in self._retriever.retrieve(question.text, k)]


def percentiles(home: Path, corpus: Corpus) -> Figures:
    """Of each way, one question after the other."""
    opening: Figures = {}
    with timed(opening):
        own = Own(home)
        own.hybrid(corpus.questions[0], 10)
    figures: Figures = {"open and first answer": opening}
    for way, search in (("dense", own.dense), ("lexical", own.lexical), ("hybrid", own.hybrid)):
        figures[way] = summed([asked(search, corpus.questions, _SECONDS) for _ in range(_PASSES)])
    return figures | {"peak MB": peak_mb()}


def answered(home: Path, corpus: Corpus, seconds: float) -> Figures:
    """Questions answered within a time, from when a line comes in."""
    own, questions = Own(home), itertools.cycle(corpus.questions)
    own.hybrid(next(questions), 10)
    print("ready", flush=True)
    input()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        own.hybrid(next(questions), 10)
        count += 1
    return {"answered": count, "wall s": round(time.perf_counter() - start, 3)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("index", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--seconds", type=float)
    given = parser.parse_args()
    corpus = Corpus(given.corpus)
    if given.seconds is None:
        print(json.dumps(percentiles(given.index, corpus)))
    else:
        print(json.dumps(answered(given.index, corpus, given.seconds)))


if __name__ == "__main__":
    main()
