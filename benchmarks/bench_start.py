"""How long a cold command takes, from the start of the process.

python -m benchmarks.bench_start

``ask``: until the answer to one question about the sample is printed and the process has ended.
``paint``: until the app has written its name onto a terminal of 120 columns and 36 lines. Both
are whole processes, started one after the other; the first of each only warms the disk cache.
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

from qa.samples import path

QUESTION = "What did Ryabkov demand?"
PATIENCE = 20.0
"""Seconds after which an app that has painted nothing is given up."""


def ask() -> tuple[float, float]:
    """Seconds on the clock and on the processor until an answer is printed."""
    command = [sys.executable, "-m", "qa", "ask", QUESTION, str(path())]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def paint() -> float:
    """Seconds on the clock until the app's name is on the screen."""
    start = time.perf_counter()
    child, screen = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="120", LINES="36")
        os.execv(sys.executable, [sys.executable, "-m", "qa", "sample"])
    written = b""
    while b"Pullquote" not in written and time.perf_counter() - start < PATIENCE:
        if select.select([screen], [], [], 0.05)[0]:
            written += os.read(screen, 65_536)
    seconds = time.perf_counter() - start
    os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(screen)
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=7)
    times = parser.parse_args().times
    asked = [ask() for _ in range(times + 1)][1:]
    painted = [paint() for _ in range(times + 1)][1:]
    rows = {
        "ask, wall clock": [wall for wall, _ in asked],
        "ask, processor": [processor for _, processor in asked],
        "paint, wall clock": painted,
    }
    for name, seconds in rows.items():
        low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
        print(f"{name:<18} median {middle:.2f} s   least {low:.2f} s   most {high:.2f} s")


if __name__ == "__main__":
    main()
