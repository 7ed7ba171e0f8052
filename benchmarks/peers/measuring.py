"""Measures one engine in this process and prints lines of JSON.

    python -m benchmarks.peers.measuring build ENGINE CORPUS FOLDER
    python -m benchmarks.peers.measuring ask ENGINE CORPUS FOLDER

``ask`` opens the index and prints how long that took; then each line of standard input names a way
of asking and the seconds that it may take, and a line of JSON with the times of one pass comes
back. So several engines can be asked in turns, and what else the machine does disturbs all alike.

An index that is not in the folder is built there, or in memory, before it is opened. Times are
those of the clock and of all threads of the process; imports and the reading of the corpus are not
counted.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.engines import ENGINES
from benchmarks.peers.protocol import WAYS, Corpus, Engine, Question

K = 10
_WARMING = 2
_LEAST = 10
"""Questions asked however slow it is."""
Figures = dict[str, Any]


@contextmanager
def timed(figures: Figures) -> Iterator[None]:
    """Adds the seconds that the block took."""
    clock, cpu = time.perf_counter(), time.process_time()
    yield
    figures["wall s"] = round(time.perf_counter() - clock, 4)
    figures["CPU s"] = round(time.process_time() - cpu, 4)


def peak_mb() -> int:
    """The most memory that this process has had."""
    status = Path("/proc/self/status")
    if status.exists():  # where it is not, a process is charged with what its parent had
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def build(engine: Engine, corpus: Corpus, folder: Path) -> Figures:
    """Build into an empty folder."""
    figures: Figures = {}
    passages = len(corpus.texts)
    with timed(figures):
        engine.build(corpus, folder)
    figures["peak MB"] = peak_mb()
    if any(folder.iterdir()):
        figures["bytes per passage"] = round(size(folder) / passages)
    return figures


def opened(engine: Engine, corpus: Corpus, folder: Path) -> Figures:
    """Open it, and find out which ways of asking it has; a few questions warm it up."""
    figures: Figures = {"ways": []}
    if not any(folder.iterdir()):
        figures["build"] = build(engine, corpus, folder)
    with timed(figures):
        engine.open(corpus, folder)
        engine.dense(corpus.questions[0], K)
    for way in WAYS:
        with suppress(NotImplementedError):
            for question in corpus.questions[:_WARMING]:
                getattr(engine, way)(question, K)
            figures["ways"].append(way)
    return figures


@dataclass(slots=True)
class Pass:
    """Every question asked once, or as many as there was time for."""

    walls: list[float] = field(default_factory=list)
    """Milliseconds of the clock."""
    cpus: list[float] = field(default_factory=list)
    """Milliseconds of the processor, all threads together."""
    found: list[list[int]] = field(default_factory=list)


def asked(
    search: Callable[[Question, int], list[int]], questions: Sequence[Question], seconds: float
) -> Pass:
    """One pass, which ends early when the time is over, but not before a few are asked."""
    done = Pass()
    end = time.perf_counter() + seconds
    for question in questions:
        clock, cpu = time.perf_counter(), time.process_time()
        ids = search(question, K)
        done.walls.append((time.perf_counter() - clock) * 1000)
        done.cpus.append((time.process_time() - cpu) * 1000)
        done.found.append(ids)
        if len(done.walls) >= _LEAST and time.perf_counter() > end:
            break
    return done


def summed(passes: Sequence[Pass]) -> Figures:
    """Percentiles over the questions, of each the least of its passes.

    What else the machine does only ever adds to a time.
    """
    figures: Figures = {"questions": len(passes[0].walls)}
    for name, rows in (("wall", [p.walls for p in passes]), ("CPU", [p.cpus for p in passes])):
        least = [min(times) for times in zip(*rows, strict=False)]
        for percent in (50, 95, 99):
            figures[f"p{percent} {name} ms"] = round(float(np.percentile(least, percent)), 3)
        figures[f"per {name} s"] = round(1000 / float(np.mean(least)), 1)
    return figures


def quality(way: str, corpus: Corpus, found: Sequence[Sequence[int]]) -> Figures:
    """How much of what should be found is.

    ``found@10``: the share of the questions with a known answer for which a passage that answers
    is among ten. ``recall@10``, of the dense way: the share of the ten nearest passages.
    """
    asked = list(zip(corpus.questions, corpus.nearest, found, strict=False))
    known = [any(id_ in q.answers for id_ in ids) for q, _, ids in asked if q.answers]
    figures: Figures = {"found@10": round(float(np.mean(known)), 4)} if known else {}
    if way == "dense":
        shares = [len(set(ids) & set(true[:K])) / len(true[:K]) for _, true, ids in asked]
        figures["recall@10"] = round(float(np.mean(shares)), 4)
    return figures


def serve(engine: Engine, questions: Sequence[Question], lines: Iterable[str]) -> Iterator[Figures]:
    """The answer to each line, and at last the most memory there was."""
    for line in lines:
        way, seconds = line.split()
        yield asdict(asked(getattr(engine, way), questions, float(seconds)))
    yield {"peak MB": peak_mb()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("phase", choices=("build", "ask"))
    parser.add_argument("engine", choices=sorted(ENGINES))
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path, help="of the index; empty before it is built")
    given = parser.parse_args()
    out = sys.stdout
    sys.stdout = sys.stderr  # libraries print there too
    entry, corpus = ENGINES[given.engine], Corpus(given.corpus)
    engine = entry.engine()
    if given.phase == "build":
        print(json.dumps(build(engine, corpus, given.folder)), file=out)
        return
    told = {"settings": engine.settings, "versions": entry.versions()}
    print(json.dumps(opened(engine, corpus, given.folder) | told), file=out, flush=True)
    for figures in serve(engine, corpus.questions, sys.stdin):
        print(json.dumps(figures), file=out, flush=True)


if __name__ == "__main__":
    main()
