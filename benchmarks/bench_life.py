"""What an index costs over its life, each step a whole process as a user starts it.

`benchmarks.bench` calls it. Built from files, asked, refreshed after a hundredth of the files has
changed, and a hundredth removed; and how many questions one process answers, and two at once.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus import files
from benchmarks.peers.measuring import Figures, size
from benchmarks.peers.protocol import Corpus
from index import embedders
from index.library import Index

ROOT = Path(__file__).parents[1]
_SHARE = 100
"""One file of so many changes, and one is removed."""
_MOST_NAMED = 2000
"""Files named on a command line, which has a greatest length."""
_ASKED = 5
_SECONDS = 8.0
_CHANGE = "\n\nA sentence that was not there before ends the article now.\n"


def life(corpus: Path, work: Path) -> Figures:
    """All of it, in ``work``, which must be empty; the corpus is left as it is."""
    articles, home = work / "articles", work / "index"
    shutil.copytree(corpus / "articles", articles, copy_function=_linked)
    build = whole("index", "build", str(home), str(articles))
    passages = _passages(home)
    build["passages per wall s"] = round(passages / build["wall s"])
    build["passages per CPU s"] = round(passages / build["CPU s"])
    figures: Figures = {"passages": passages, "build": build}
    figures["bytes per passage"] = round(size(home) / passages)
    figures["ask"] = asked(home, corpus)
    figures["in process"] = run_asking(home, corpus)
    figures["askers"] = [at_once(home, corpus, 1), at_once(home, corpus, 2)]
    figures["refresh, nothing changed"] = whole("index", "refresh", str(home))
    changed = files(work)[::_SHARE]
    for path in changed:
        _rewrite(path, path.read_text(encoding="utf-8") + _CHANGE)
    figures["refresh"] = whole("index", "refresh", str(home)) | {"files": len(changed)}
    removed = files(work)[1::_SHARE][:_MOST_NAMED]
    named = whole("index", "remove", str(home), *map(str, removed))
    return figures | {"remove": named | {"files": len(removed)}}


def _passages(home: Path) -> int:
    index = Index.open(home, embedder=embedders.load(None), readonly=True)
    try:
        return index.status().passages
    finally:
        index.close()


def _linked(source: str, copy: str) -> None:
    try:
        os.link(source, copy)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, copy)


def _rewrite(path: Path, text: str) -> None:
    """Replace a file, which is a link to that of the corpus."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def whole(*arguments: str, ok: Sequence[int] = (0,)) -> Figures:
    """Clock, processor and most memory of ``pullquote`` with these arguments.

    Raises:
        SystemExit: it ended with another code.
    """
    command = [sys.executable, "benchmarks/whole.py", sys.executable, "-m", "qa", *arguments]
    printed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    figures: Figures = json.loads(printed)
    code = figures.pop("code")
    if code not in ok:
        raise SystemExit(f"pullquote {arguments[0]} ended with {code}")
    return figures


def asked(home: Path, corpus: Path) -> Figures:
    """The median of some questions, the first left out; one may well have no answer (1)."""
    questions = Corpus(corpus).questions[: _ASKED + 1]
    rows = [whole("ask", q.text, "--index", str(home), ok=(0, 1)) for q in questions][1:]
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def run_asking(home: Path, corpus: Path) -> Figures:
    """What `benchmarks.asking` prints."""
    command = [sys.executable, "-m", "benchmarks.asking", str(home), str(corpus)]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    figures: Figures = json.loads(printed)
    return figures


def at_once(home: Path, corpus: Path, count: int) -> Figures:
    """Hybrid questions a second by so many processes that ask at the same time."""
    command = [sys.executable, "-m", "benchmarks.asking", str(home), str(corpus)]
    command += ["--seconds", str(_SECONDS)]
    askers = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]
    for asker in askers:
        assert asker.stdout is not None
        asker.stdout.readline()
    for asker in askers:
        assert asker.stdin is not None
        asker.stdin.write("\n")
        asker.stdin.flush()
    rows = [json.loads(asker.communicate()[0]) for asker in askers]
    rate = sum(row["answered"] / row["wall s"] for row in rows)
    return {"processes": count, "per wall s": round(rate, 1)}
