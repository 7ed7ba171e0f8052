"""Measures Pullquote, and other engines beside it; writes JSON that `benchmarks.page` shows.

    python -m benchmarks.bench --sizes 10000,100000
    python -m benchmarks.bench --sizes 100000 --texts FOLDER --name news
    python -m benchmarks.bench --sizes 1000000 --alone

Texts are invented (`benchmarks.prose`), or those of ``--texts``: a folder or file of texts, with a
line of one form feed between articles; the first line of each is asked, not indexed. Peers run in
an environment of their own (``make bench-peers``), and are left out without it. The results of a
run are in ``benchmarks/results``, a file for each set of texts, size, number of engines and commit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import corpus
from benchmarks.bench_life import life
from benchmarks.bench_peers import ROOT, Plan, compare
from benchmarks.peers.engines import ENGINES
from index import embedders

RESULTS = ROOT / "benchmarks" / "results"
PEERS = ROOT / ".venv-peers" / "bin" / "python"


def measured(given: argparse.Namespace, passages: int, work: Path) -> dict[str, Any]:
    """Everything about one size."""
    folder = (given.corpora or work) / f"{given.name}-{passages}" / "corpus"
    if not folder.exists():
        print(f"{passages:,} passages: the texts", file=sys.stderr)
        folder.parent.mkdir(parents=True, exist_ok=True)
        made(given, passages, folder)
    facts = json.loads((folder / corpus.FACTS).read_text(encoding="utf-8"))
    plan = Plan(given.peers if given.peers.exists() else None, given.seconds, given.passes)
    result: dict[str, Any] = {"set": given.name, "size": passages, **surroundings(), **facts}
    names = [] if given.alone else given.engines
    result["engines"] = compare(folder, folder.with_name("engines"), plan, names)
    if given.life:
        print("  the life of an index", file=sys.stderr)
        result["life"] = life(folder, work / "life")
        result["passages"] = result["life"]["passages"]
    return result


def made(given: argparse.Namespace, passages: int, folder: Path) -> None:
    """Write the texts, whole or not at all; where they are too few, go on with their sentences."""
    strange: list[str] = []
    if given.texts:
        articles = corpus.continued(corpus.given(given.texts))
    else:
        articles, strange = corpus.prose_articles(passages, given.questions)
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    embedder, questions = embedders.load(None), given.questions
    if given.alone:
        corpus.make_alone(unfinished, articles, passages, embedder=embedder, questions=questions)
    else:
        corpus.make(
            *(unfinished, articles, passages),
            embedder=embedder,
            questions=questions,
            strange=strange,
        )
    unfinished.rename(folder)


def surroundings() -> dict[str, Any]:
    """When, of what, and on what."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "processor": f"{os.cpu_count()} cores, {_model()}",
        "python": platform.python_version(),
    }


def commit() -> str:
    """The commit that is measured, with a plus if the code differs from it."""
    code = ("index", "qa", "benchmarks/*.py", "benchmarks/peers")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *code)
    return _git("rev-parse", "--short=7", "HEAD") + ("+" if changed else "")


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _list(text: str) -> list[str]:
    return [part for part in text.replace(" ", "").split(",") if part]


def _engines(text: str) -> list[str]:
    names = _list(text)
    if unknown := set(names) - set(ENGINES):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return names


def arguments() -> argparse.ArgumentParser:
    """What can be given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=_list, default=["10000", "100000"], help="passages")
    parser.add_argument("--texts", type=Path, nargs="*", help="instead of invented ones")
    parser.add_argument("--name", default="prose", help="of the set of texts, in the results")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--engines", type=_engines, default=list(ENGINES), metavar="A,B")
    parser.add_argument("--peers", type=Path, default=PEERS, help="their interpreter")
    parser.add_argument("--seconds", type=float, default=60, help="at most, for a way of asking")
    parser.add_argument("--passes", type=int, default=5, help="of which the fastest counts")
    alone = "the life of an index and nothing else, for large sizes"
    parser.add_argument("--alone", action="store_true", help=alone)
    parser.add_argument("--no-life", dest="life", action="store_false")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--work", type=Path, help="where to work; default a temporary folder")
    kept = "where texts, and what other engines build of them, are kept to be used again"
    parser.add_argument("--corpora", type=Path, help=kept)
    return parser


def main() -> None:
    """Measure each size and write its file."""
    given = arguments().parse_args()
    for text in given.sizes:
        work = Path(tempfile.mkdtemp(dir=given.work))
        try:
            result = measured(given, int(text), work)
        finally:
            shutil.rmtree(work)
        given.out.mkdir(parents=True, exist_ok=True)
        facts = (result["set"], result["size"], len(result["engines"]), result["commit"])
        name = "-".join(map(str, facts)).rstrip("+") + ".json"
        path = given.out / name
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
