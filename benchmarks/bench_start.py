"""How long a cold command takes, from the start of the process.

python -m benchmarks.bench_start

``ask``: until the answer to one question about the sample is printed and the process has ended.
``first frame``: until anything is on the screen, on a terminal of 120 columns and 36 lines.
``app``: until the app itself has painted, and the keys it names work; ``key`` until it has shown
a letter that was typed then. Beside them stand what no program here can be faster than: an
interpreter that does nothing, and one that imports Textual. All are whole processes, started in
turn, so that a busy machine is busy for all; the first of each only warms the disk cache.
"""

from __future__ import annotations

import argparse
import os
import pty
import resource
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from qa.samples import path

QUESTION = "What did Ryabkov demand?"
KEYS = "⏎".encode()
"""What the app alone paints: the keys that work now."""
TYPED = "Ø"
PATIENCE = 30.0
"""Seconds after which an app that has painted nothing is given up."""
NOTHING = "an interpreter alone"
TEXTUAL = "import textual.app"


def ended(*arguments: str) -> tuple[float, float]:
    """Seconds on the clock and on the processor until Python with these arguments has ended."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def painted() -> tuple[float, float, float]:
    """Seconds until the first frame, until the app's own picture, and until it shows a key."""
    start = time.perf_counter()
    child, screen = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="120", LINES="36")
        os.execv(sys.executable, [sys.executable, "-m", "qa", "sample"])
    try:
        frame = _until(screen, b"Pullquote", start)
        app = _until(screen, KEYS, start)
        os.write(screen, TYPED.encode())
        key = _until(screen, TYPED.encode(), start)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(screen)
    return frame, app, key


def _until(screen: int, sign: bytes, start: float) -> float:
    """Read until ``sign`` is written; seconds since ``start``."""
    written = b""
    while sign not in written:
        if time.perf_counter() - start > PATIENCE:
            raise TimeoutError(f"Nothing like {sign!r} was painted.")
        if select.select([screen], [], [], 0.05)[0]:
            written += os.read(screen, 65_536)
    return time.perf_counter() - start


def measured() -> dict[str, float]:
    """One of each, in seconds."""
    frame, app, key = painted()
    ask, processor = ended("-m", "qa", "ask", QUESTION, str(path()))
    return {
        NOTHING: ended("-c", "pass")[0],
        TEXTUAL: ended("-c", "import textual.app")[0],
        "first frame": frame,
        "app": app,
        "key": key,
        "ask": ask,
        "ask, processor": processor,
    }


def _ratio(seconds: Sequence[float], others: Sequence[float]) -> float:
    """The median of the ratios of those that were measured in turn."""
    return statistics.median(one / other for one, other in zip(seconds, others, strict=True))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=7)
    rounds = [measured() for _ in range(parser.parse_args().times + 1)][1:]
    rows = {name: [one[name] for one in rounds] for name in rounds[0]}
    print(f"{'':<21} median   least    most   of an interpreter   of Textual")
    for name, seconds in rows.items():
        print(
            f"{name:<20} {statistics.median(seconds):5.2f} s {min(seconds):5.2f} s"
            f" {max(seconds):5.2f} s {_ratio(seconds, rows[NOTHING]):18.1f}"
            f" {_ratio(seconds, rows[TEXTUAL]):12.2f}"
        )


if __name__ == "__main__":
    main()
