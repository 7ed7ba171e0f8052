"""How long the embedded reader takes for the passages of one question.

python -m benchmarks.bench_reader

Reads eight passages of the bundled samples (about 120 words each) for each of the hand-made
questions, after one warm-up pass, and prints percentiles in wall-clock and processor time. The
words of the passages are known after the warm-up, as they are in a conversation.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from index.passages import split
from index.sources import read
from index.types import Document, Passage
from qa.onnx_reader import OnnxReader
from qa.readers import EMBEDDED
from qa.samples import names, path
from qa.types import Context

QUESTIONS = Path(__file__).parent.parent / "tests" / "data" / "questions.jsonl"


def context(document: Document, passage: Passage) -> Context:
    """A passage as the reader takes it."""
    start = passage.span.start
    sentences = tuple(sentence.shifted(-start) for sentence in passage.sentences)
    return Context(passage.span.of(document.text), sentences)


def contexts(count: int) -> list[Context]:
    """The longest ``count`` passages of the samples: what retrieval mostly finds is prose."""
    documents = [read(path(name)) for name in names()]
    found = [context(d, p) for d in documents for p in split(d)]
    return sorted(found, key=lambda c: -len(c.text))[:count]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, default=EMBEDDED)
    parser.add_argument("--passages", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    reader = OnnxReader.load(given.reader, given.threads)
    read_for = contexts(given.passages)
    asked = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    wall, processor = [], []
    for i, question in enumerate([*asked[:5], *asked]):
        start, started = time.perf_counter(), time.process_time()
        reader.read(question, read_for)
        if i >= 5:
            wall.append(1e3 * (time.perf_counter() - start))
            processor.append(1e3 * (time.process_time() - started))
    words = sum(len(c.text.split()) for c in read_for)
    print(
        f"{len(read_for)} passages, {words} words, {len(wall)} questions, {given.threads} threads"
    )
    for name, times in (("wall clock", wall), ("processor", processor)):
        p50, p95 = np.percentile(times, [50, 95])
        print(f"{name:<11} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms")


if __name__ == "__main__":
    main()
