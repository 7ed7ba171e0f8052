"""How near searches among many vectors come to exact ones, and what they take.

    python -m benchmarks.bench_vectors --passages 1000000

Passages are sums of 75 words' rows of the embedded model, a third of them words of the passage's
text and the rest at large, drawn as `benchmarks.prose` does; questions are eight words of a passage
and two at large. Recall is that of the ten nearest, against a comparison with every vector. All
times are of the processor but where wall is said, on one thread but for the fold.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.faiss_vectors import FaissVectors
from index.ports import Ids, Vectors
from index.store_rows import halved

BATCH = 2048
WORDS, TOPIC, ASKED = 75, 25, 8
PASSAGES_OF_A_TEXT = 20
K, TEN, QUESTIONS = 50, 10, 100
SHARES = (0.001, 0.01, 0.1, 0.5, 0.9)
_ROWS = Path(__file__).parents[1] / "index" / "models" / "embedder" / "model.safetensors"


class Drawn:
    """Vectors of passages and of questions about them."""

    def __init__(self, seed: int = 7) -> None:
        from safetensors.numpy import load_file

        self._random = np.random.default_rng(seed)
        (rows,) = load_file(_ROWS).values()
        self._rows = rows.astype(np.float32)
        weights = 1 / (np.arange(1, len(rows) + 1) + 2.7)
        self._cumulated = np.cumsum(weights / weights.sum())
        self.questions: Vectors = np.zeros((0, self.dimension), dtype=np.float32)

    @property
    def dimension(self) -> int:
        """Of the model."""
        return int(self._rows.shape[1])

    def _words(self, *shape: int) -> Ids:
        drawn = np.searchsorted(self._cumulated, self._random.random(shape))
        return np.minimum(drawn, len(self._rows) - 1)

    def _sums(self, words: Ids) -> Vectors:
        from scipy.sparse import csr_array

        count, size = words.shape
        borders = np.arange(count + 1) * size
        ones = np.ones(words.size, dtype=np.float32)
        picked = csr_array((ones, words.ravel(), borders), shape=(count, len(self._rows)))
        sums: Vectors = picked @ self._rows
        unit: Vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return unit

    def passages(self, count: int) -> Iterator[Vectors]:
        """In batches; some of the first batch are asked about."""
        for at in range(0, count, BATCH):
            size = min(BATCH, count - at)
            topics = self._words(-(-size // PASSAGES_OF_A_TEXT), TOPIC * 2)
            topics = topics.repeat(PASSAGES_OF_A_TEXT, axis=0)[:size]
            picked = self._random.integers(0, TOPIC * 2, (size, TOPIC))
            mine = np.take_along_axis(topics, picked, axis=1)
            words = np.concatenate([mine, self._words(size, WORDS - TOPIC)], axis=1)
            if not at:
                asked = words[:: max(1, size // QUESTIONS)][:QUESTIONS]
                more = self._words(len(asked), 2)
                self.questions = self._sums(np.concatenate([asked[:, 20 : 20 + ASKED], more], 1))
            yield halved(self._sums(words))


class Exact:
    """The ten nearest, of all and of some, found while the vectors go by."""

    def __init__(self, count: int, allowed: dict[str, Ids | None]) -> None:
        self.allowed = allowed
        self._is_allowed = {}
        for name, ids in allowed.items():
            self._is_allowed[name] = np.zeros(count + 1, dtype=bool)
            self._is_allowed[name][slice(None) if ids is None else ids] = True
        self._best: dict[str, Vectors] = {}

    def look(self, ids: Ids, vectors: Vectors, questions: Vectors) -> None:
        """Compare some more."""
        scores = questions @ vectors.T
        for name, is_allowed in self._is_allowed.items():
            mine = scores[:, is_allowed[ids]]
            both = np.concatenate([self._best.get(name, mine[:, :0]), mine], axis=1)
            both = -np.partition(-both, TEN, axis=1) if both.shape[1] > TEN else both
            self._best[name] = -np.sort(-both[:, :TEN], axis=1)

    def recall(self, name: str, found: list[list[float]]) -> float:
        """The share of scores that are among the ten best there are."""
        least: list[float] = self._best[name][:, -1].tolist()
        ok = [
            sum(s >= low - 1e-6 for s in scores[:TEN])
            for scores, low in zip(found, least, strict=True)
        ]
        return sum(ok) / (TEN * len(ok))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    count = parser.parse_args().passages
    random = np.random.default_rng(3)
    every = np.arange(1, count + 1)
    shares = {f"{s:.1%} at large": np.flatnonzero(random.random(count) < s) + 1 for s in SHARES}
    allowed = {"all": None, **shares, "a tenth in a row": every[: count // 10]}
    home = Path(tempfile.mkdtemp())
    try:
        measured(home, count, Exact(count, allowed))
    finally:
        shutil.rmtree(home)


def measured(home: Path, count: int, exact: Exact) -> None:
    drawn = Drawn()
    index = FaissVectors(drawn.dimension, home)
    done = 0
    spent = 0.0
    for vectors in drawn.passages(count):
        ids = np.arange(done + 1, done + len(vectors) + 1)
        exact.look(ids, vectors, drawn.questions)
        before = time.process_time()
        index.put(ids.tolist(), vectors)
        spent += time.process_time() - before
        done += len(vectors)
        print(f"\r{done:,}", end="", file=sys.stderr)
    wall, cpu = time.perf_counter(), time.process_time()
    index.commit()
    print(f"\r{count:,} vectors of {drawn.dimension} numbers: {index.accuracy()}")
    print(f"put    {spent:7.1f} s")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"commit {cpu:7.1f} s  (wall {wall:.1f} s)")
    index.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    size = sum(path.stat().st_size for path in home.iterdir())
    print(f"memory {peak:5} MB at most\nfiles  {size / count:5.0f} bytes a vector")
    cpu = time.process_time()
    index = FaissVectors(drawn.dimension, home)
    print(f"open   {(time.process_time() - cpu) * 1000:5.0f} ms")
    searched(index, drawn.questions, exact)
    cpu, changed = time.process_time(), max(1, count // 100)
    index.drop(range(1, changed + 1))
    index.put(range(count + 1, count + changed + 1), drawn.questions[np.arange(changed) % 100])
    index.commit()
    print(f"change of 1 % {time.process_time() - cpu:.2f} s")
    index.close()


def searched(index: FaissVectors, questions: Vectors, exact: Exact) -> None:
    """A line for each restriction."""
    print(f"{'allowed':20} {'recall@10':>10} {'p50 ms':>8} {'p95 ms':>8}   for {K} matches")
    for name, allowed in exact.allowed.items():
        found, times = [], []
        for question in questions:
            before = time.process_time()
            matches = index.search(question, K, allowed)
            times.append((time.process_time() - before) * 1000)
            found.append([match.score for match in matches])
        p50, p95 = np.percentile(times, [50, 95])
        print(f"{name:20} {exact.recall(name, found):10.3f} {p50:8.1f} {p95:8.1f}")


if __name__ == "__main__":
    main()
