"""Engines side by side: the same passages, vectors and questions, a process for each.

`benchmarks.bench` calls it; the adapters and their settings are in `benchmarks.peers`.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.engines import ENGINES, OURS
from benchmarks.peers.measuring import Figures, Pass, quality, summed
from benchmarks.peers.protocol import WAYS, Corpus

ROOT = Path(__file__).parents[1]
_QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANCE_LOG": "error",
    "OMP_WAIT_POLICY": "PASSIVE",  # else idle threads burn the time that others need
    "PYTHONPATH": str(ROOT),
    "TOKENIZERS_PARALLELISM": "false",
}

_TOLD = ("settings", "versions", "build")


@dataclass(frozen=True, slots=True)
class Plan:
    """How to measure."""

    peers_python: Path | None
    """The interpreter of the peers' environment; None leaves them out."""
    seconds: float = 60
    """At most, for all passes of one way of asking."""
    passes: int = 5
    patience: float = 3000
    """Seconds after which a build is given up."""


@dataclass(slots=True)
class Asked:
    """An engine that has its index open in a process of its own."""

    process: subprocess.Popen[str]
    opened: Figures
    passes: dict[str, list[Pass]]
    """By way."""

    def answer(self, line: str) -> Figures:
        """What it says to a line; to an empty one, what it says at last.

        Raises:
            EOFError: it has ended.
        """
        reading, writing = self.process.stdout, self.process.stdin
        assert reading is not None
        assert writing is not None
        if line:
            writing.write(line + "\n")
            writing.flush()
        else:
            writing.close()
        return _parsed(reading.readline())

    def ask(self, way: str, plan: Plan) -> None:
        """One pass more, if there is time for it."""
        done = self.passes.setdefault(way, [])
        spent = sum(map(sum, (one.walls for one in done))) / 1000
        if way in self.opened["ways"] and spent < plan.seconds:
            done.append(Pass(**self.answer(f"{way} {plan.seconds}")))


def compare(
    folder: Path, work: Path, plan: Plan, names: Sequence[str] = tuple(ENGINES)
) -> dict[str, Figures]:
    """The figures of each engine that can run here; one that fails says why.

    Each is built, one after the other (those in memory when they are opened); then all are asked
    in turns.
    """
    found: dict[str, Figures] = {}
    for name in names:
        if _python(name, plan):
            _say(f"building {ENGINES[name].title}")
            found[name] = _kept(name, folder, work, plan) if ENGINES[name].persistent else {}
            (work / name).mkdir(parents=True, exist_ok=True)
    asking: dict[str, Asked] = {}
    for name in found:
        if "failed" not in found[name]:
            _say(f"opening {ENGINES[name].title}")
            try:
                asking[name] = _opened(name, folder, work / name, plan)
            except EOFError:
                found[name]["failed"] = "it could not be opened"
    for number, way in itertools.product(range(plan.passes), WAYS):
        _say(f"asking, {way}, pass {number + 1}")
        for name in list(asking):
            try:
                asking[name].ask(way, plan)
            except EOFError:
                asking.pop(name)
                found[name]["failed"] = f"it ended when it was asked ({way})"
    corpus = Corpus(folder)
    for name, asked in asking.items():
        found[name] |= _figures(asked, corpus)
    return found


def _figures(asked: Asked, corpus: Corpus) -> Figures:
    ways = {
        way: summed(passes) | quality(way, corpus, passes[0].found)
        for way, passes in asked.passes.items()
        if passes
    }
    opening = {name: asked.opened.pop(name) for name in ("wall s", "CPU s")}
    told = {name: asked.opened[name] for name in _TOLD if name in asked.opened}
    last = asked.answer("")
    asked.process.wait()
    return {"open": opening, **ways, "asking peak MB": last["peak MB"], **told}


def _python(name: str, plan: Plan) -> Path | None:
    return Path(sys.executable) if ENGINES[name].ours else plan.peers_python


def _command(phase: str, name: str, corpus: Path, folder: Path, plan: Plan) -> list[str]:
    module = (str(_python(name, plan)), "-m", "benchmarks.peers.measuring")
    return [*module, phase, name, str(corpus), str(folder)]


def _kept(name: str, corpus: Path, work: Path, plan: Plan) -> Figures:
    """Its figures of building; what another run built is used, but for Pullquote, which changes."""
    figures = work / f"{name}.json"
    if figures.exists() and name != OURS:
        kept: Figures = json.loads(figures.read_text(encoding="utf-8"))
        return kept
    shutil.rmtree(work / name, ignore_errors=True)
    (work / name).mkdir(parents=True)
    built = _built(name, corpus, work / name, plan)
    if "failed" not in built:
        figures.write_text(json.dumps(built), encoding="utf-8")
    return built


def _built(name: str, corpus: Path, folder: Path, plan: Plan) -> Figures:
    try:
        done = subprocess.run(
            _command("build", name, corpus, folder, plan),
            cwd=ROOT,
            env={**os.environ, **_QUIET},
            capture_output=True,
            text=True,
            check=True,
            timeout=plan.patience,
        )
    except subprocess.CalledProcessError as error:
        lines = str(error.stderr).strip().splitlines()
        return {"failed": lines[-1] if lines else f"exit code {error.returncode}"}
    except subprocess.TimeoutExpired:
        return {"failed": f"building takes more than {plan.patience:.0f} s"}
    return {"build": _parsed(done.stdout)}


def _opened(name: str, corpus: Path, folder: Path, plan: Plan) -> Asked:
    process = subprocess.Popen(
        _command("ask", name, corpus, folder, plan),
        cwd=ROOT,
        env={**os.environ, **_QUIET},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    return Asked(process, _parsed(process.stdout.readline()), {})


def _parsed(printed: str) -> Figures:
    if not printed.strip():
        raise EOFError
    figures: Figures = json.loads(printed.splitlines()[-1])
    return figures


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr)
