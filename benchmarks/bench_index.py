"""How fast an index is built, opened and searched, on disk, with the parts that users have.

    python -m benchmarks.bench_index --passages 100000

For the texts see `benchmarks.prose`; half of the questions are words of one passage, half are drawn
at large. Prints a table of times on the clock and of the processor; on a machine that does
something else too, only those of the processor mean anything. ``--json`` prints the same as data.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.prose import Prose
from index import embedders
from index.library import Index
from index.ports import Embedder
from index.types import Document
from qa.retrieval import HybridRetriever

K = 50
Row = dict[str, float | str]


@contextmanager
def timed(rows: list[Row], what: str, passages: int = 0) -> Iterator[None]:
    """Adds a row with the seconds that the block took, and the passages a second."""
    clock, cpu = time.perf_counter(), time.process_time()
    yield
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    row: Row = {"what": what, "wall s": round(clock, 3), "CPU s": round(cpu, 3)}
    if passages:
        row |= {"per wall s": round(passages / clock), "per CPU s": round(passages / cpu)}
    rows.append(row)


def percentiles(what: str, search: Callable[[str], object], questions: Sequence[str]) -> Row:
    """Milliseconds of searching, one question after the other."""
    walls, cpus = [], []
    for question in questions:
        clock, cpu = time.perf_counter(), time.process_time()
        search(question)
        walls.append((time.perf_counter() - clock) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    row: Row = {"what": what}
    for percent in (50, 95, 99):
        row[f"p{percent} wall ms"] = round(float(np.percentile(walls, percent)), 2)
        row[f"p{percent} CPU ms"] = round(float(np.percentile(cpus, percent)), 2)
    return row


def build(home: Path, embedder: Embedder, documents: Sequence[Document], passages: int) -> Row:
    """Build an index; the rate counts everything from text to disk."""
    rows: list[Row] = []
    seen: list[int] = []
    with timed(rows, "build", passages):
        index = Index.open(home, embedder=embedder)
        index.add(documents, on_progress=lambda progress: seen.append(progress.done))
    status = index.status()
    index.close()
    if status.passages != passages:
        raise SystemExit(f"{status.passages} passages were made, not {passages}")
    return rows[0] | {"bytes per passage": round(status.bytes_on_disk / passages)}


def searches(home: Path, embedder: Embedder, questions: Sequence[str]) -> list[Row]:
    """Open an index and search it."""
    rows: list[Row] = []
    with timed(rows, "open and first answer"):
        index = Index.open(home, embedder=embedder, readonly=True)
        retriever = HybridRetriever(index)
        retriever.retrieve(questions[0], K)
    ways: dict[str, Callable[[str], object]] = {
        "dense": lambda question: index.dense(question, K),
        "lexical": lambda question: index.lexical(question, K),
        "hybrid": lambda question: retriever.retrieve(question, K),
    }
    rows += [percentiles(what, search, questions) for what, search in ways.items()]
    index.close()
    return rows


def drawn(prose: Prose, documents: Sequence[Document], count: int) -> list[str]:
    """Questions of eight words."""
    known = [document.text.split()[40:48] for document in documents[: count // 2]]
    return [" ".join(words) for words in known] + [
        " ".join(prose.words(8)) for _ in range(count - len(known))
    ]


def shown(rows: Sequence[Row]) -> str:
    """Rows of the same columns as tables under each other."""
    lines, before = [], ""
    for row in rows:
        widths = [max(10, len(name)) for name in row]
        names = " ".join(
            [f"{'':24}", *(f"{n:>{w}}" for n, w in list(zip(row, widths, strict=True))[1:])]
        )
        if names != before:
            lines += [names]
        before = names
        values = [f"{v!s:>{w}}" for v, w in list(zip(row.values(), widths, strict=True))[1:]]
        lines.append(" ".join([f"{row['what']:24}", *values]))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--model", help="a model directory or name; default the embedded one")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    embedder = embedders.load(arguments.model)
    prose = Prose()
    print("writing texts", file=sys.stderr)
    documents = list(prose.documents(arguments.passages))
    questions = drawn(prose, documents, arguments.questions)
    home = Path(tempfile.mkdtemp()) / "index"
    try:
        rows = [build(home, embedder, documents, arguments.passages)]
        rows += searches(home, embedder, questions)
    finally:
        shutil.rmtree(home.parent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if arguments.json:
        print(json.dumps({"model": embedder.name, "peak_rss_mb": peak, "rows": rows}, indent=2))
    else:
        print(f"{arguments.passages:,} passages, model {embedder.name}, {peak} MB at most\n")
        print(shown(rows))


if __name__ == "__main__":
    main()
