"""How fast an index is built, opened and searched, on disk, with the parts that users have.

    python -m benchmarks.bench_index --passages 100000

Texts are made of random words with the frequencies of a natural language (Zipf); half of the
questions are words of one passage, half are drawn at large. Prints one JSON object; times are
seconds on the clock unless they say otherwise.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from index import embedders
from index.library import Index
from index.ports import Embedder
from index.types import Document

WORDS_OF_A_PASSAGE = 75
PASSAGES_OF_A_DOCUMENT = 20
VOCABULARY = 60_000
K = 50
_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


def vocabulary(random: np.random.Generator) -> list[str]:
    """Distinct words that can be said, the short ones first as in a natural language."""
    words: dict[str, None] = {}
    syllables = np.array(_SYLLABLES, dtype=object)
    while len(words) < VOCABULARY:
        length = 1 + min(4, int(len(words) ** 0.25 / 4) + int(random.integers(0, 3)))
        words["".join(syllables[random.integers(0, len(syllables), length)])] = None
    return list(words)


class Prose:
    """Random sentences."""

    def __init__(self, seed: int = 7) -> None:
        self._random = np.random.default_rng(seed)
        self._words = np.array(vocabulary(self._random), dtype=object)
        weights = 1 / np.arange(1, VOCABULARY + 1)
        self._cumulated = np.cumsum(weights / weights.sum())

    def words(self, count: int) -> list[str]:
        drawn = np.searchsorted(self._cumulated, self._random.random(count))
        return list(self._words[np.minimum(drawn, VOCABULARY - 1)])

    def paragraph(self) -> str:
        words = self.words(WORDS_OF_A_PASSAGE)
        sentences = [" ".join(words[at : at + 15]).capitalize() for at in range(0, len(words), 15)]
        return ". ".join(sentences) + "."

    def documents(self, passages: int) -> Iterator[Document]:
        for number in range(passages // PASSAGES_OF_A_DOCUMENT):
            # A heading before each paragraph makes it a passage of its own.
            parts = [f"Part {n}\n\n{self.paragraph()}" for n in range(PASSAGES_OF_A_DOCUMENT)]
            text = "\n\n".join(parts)
            yield Document(f"document-{number}", f"Document {number}", text, f"{number}.txt")


def percentiles(search: Callable[[str], object], questions: list[str]) -> dict[str, float]:
    """Milliseconds of searching, one question after the other."""
    times = []
    for question in questions:
        start = time.perf_counter()
        search(question)
        times.append((time.perf_counter() - start) * 1000)
    return {f"p{p}_ms": round(float(np.percentile(times, p)), 2) for p in (50, 95, 99)}


def build(home: Path, embedder: Embedder, documents: list[Document]) -> dict[str, float]:
    """Build an index; the rate counts everything from text to disk."""
    clock, cpu = time.perf_counter(), time.process_time()
    with_progress: list[int] = []
    index = Index.open(home, embedder=embedder)
    index.add(documents, on_progress=lambda progress: with_progress.append(progress.done))
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    status = index.status()
    index.close()
    return {
        "passages": status.passages,
        "build_s": round(clock, 2),
        "build_cpu_s": round(cpu, 2),
        "build_passages_per_s": round(status.passages / clock),
        "bytes_per_passage": round(status.bytes_on_disk / status.passages),
    }


def search(home: Path, embedder: Embedder, questions: list[str]) -> dict[str, object]:
    """Open an index and search it."""
    clock = time.perf_counter()
    index = Index.open(home, embedder=embedder, readonly=True)
    index.dense(questions[0], K)
    index.lexical(questions[0], K)
    opened = time.perf_counter() - clock

    def hybrid(question: str) -> object:
        matches = [*index.dense(question, K), *index.lexical(question, K)]
        return index.passages(sorted({match.id for match in matches}))

    found = {
        "open_and_first_answer_s": round(opened, 3),
        "dense": percentiles(lambda question: index.dense(question, K), questions),
        "lexical": percentiles(lambda question: index.lexical(question, K), questions),
        "hybrid": percentiles(hybrid, questions),
    }
    index.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--model", help="a model directory or name; default the embedded one")
    arguments = parser.parse_args()
    embedder = embedders.load(arguments.model)
    prose = Prose()
    print("writing texts", file=sys.stderr)
    documents = list(prose.documents(arguments.passages))
    known = [document.text.split() for document in documents[: arguments.questions]]
    questions = [" ".join(words[40:48]) for words in known[::2]]
    questions += [" ".join(prose.words(8)) for _ in range(arguments.questions - len(questions))]
    home = Path(tempfile.mkdtemp()) / "index"
    try:
        result = build(home, embedder, documents) | search(home, embedder, questions)
    finally:
        shutil.rmtree(home.parent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"model": embedder.name, **result, "peak_rss_mb": peak // 1024}, indent=2))


if __name__ == "__main__":
    main()
