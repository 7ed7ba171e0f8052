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
import sqlite3
import time
from pathlib import Path

import numpy as np

from benchmarks.peers.measuring import Figures, K, asked, peak_mb, summed, timed
from benchmarks.peers.protocol import Corpus, Question
from index import embedders, layout
from index.library import Index
from qa.retrieval import HybridRetriever

_PASSES, _SECONDS = 5, 20.0
"""The first pass warms up: of each question the fastest counts."""

_BATCH = 20_000
"""Vectors compared together."""


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
    figures["peak MB"] = peak_mb()
    return figures | {"recall@10": recall(own, home, corpus)}


def recall(own: Own, home: Path, corpus: Corpus) -> float:
    """The share of the ten nearest passages of the questions, by comparing all, that are found."""
    generation = layout.current(home)
    assert generation is not None
    store = sqlite3.connect(f"{generation.store.absolute().as_uri()}?mode=ro", uri=True)
    rows = store.execute("SELECT passage, half FROM vectors")
    asked = np.stack([question.vector for question in corpus.questions])
    kept = np.zeros((len(asked), 0)), np.zeros((len(asked), 0), dtype=np.int64)
    while batch := rows.fetchmany(_BATCH):
        vectors = np.stack([np.frombuffer(half, dtype="<f2") for _, half in batch])
        scores = np.hstack([kept[0], asked @ vectors.astype(np.float32).T])
        ids = np.hstack([kept[1], np.tile([id_ for id_, _ in batch], (len(asked), 1))])
        best = np.argsort(-scores, axis=1, kind="stable")[:, :K]
        kept = np.take_along_axis(scores, best, axis=1), np.take_along_axis(ids, best, axis=1)
    store.close()
    found = [own.dense(question, K) for question in corpus.questions]
    pairs = zip(found, kept[1].tolist(), strict=True)
    shares = [len(set(ids) & set(nearest)) / len(nearest) for ids, nearest in pairs]
    return round(float(np.mean(shares)), 4)


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
