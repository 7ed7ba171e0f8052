"""How quickly the app answers to its user, in a terminal of 120 columns and 36 lines.

python -m benchmarks.bench_terminal

``answer``: from Enter until an answer about the sample is painted. ``key, idle`` and ``key,
indexing``: from a key to its letter on the screen, while nothing is done and while 10,000 passages
are indexed in the app. ``page``: from a page key to the next picture of a text of a million words.
All are measured from outside, through a pseudo terminal, as a user has them; beside them stands
``wake``, how late this machine wakes a process that sleeps for ten milliseconds, in the same
moments: on a busy machine no program can be faster than that.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from benchmarks.prose import Prose
from qa.samples import path

QUESTIONS = (
    "What did Ryabkov demand?",
    "Where does Claire Aubert teach?",
    "Who is Oksana Melnyk?",
    "Who led the American team?",
    "When did the talks take place?",
)
ANSWERED = " 0."
"""The confidence, which every card shows, and nothing in the sample looks like."""
PASSAGES = 10_000
PASSAGES_OF_A_FILE = 1_000
MILLION = 13_400
"""Paragraphs of a million words."""
NAP = 0.01
PATIENCE = 600.0
_CODE = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]")


class Driven:
    """The app in a pseudo terminal."""

    def __init__(self, *texts: Path) -> None:
        self._home = tempfile.TemporaryDirectory()
        self._child, self._screen = pty.fork()
        if self._child == 0:
            os.environ.update(TERM="xterm-256color", PULLQUOTE_HOME=self._home.name)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # it ends when this process does
            command = [sys.executable, "-m", "qa", "open", "--no-keep", *map(str, texts)]
            os.execv(sys.executable, command)
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self.written = self.before = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def press(self, keys: str) -> float:
        """Press keys; what was written since the keys before is put aside; returns when."""
        self.read()
        self.before, self.written = self.written, b""
        os.write(self._screen, keys.encode())
        return time.perf_counter()

    def shows(self, words: str) -> bool:
        """Whether these words were painted since the keys before the last ones."""
        return words.encode() in _CODE.sub(b"", self.before + self.written)

    def read(self, seconds: float = 0.0) -> bool:
        """Take in what is written within so many seconds; whether there was something."""
        if not select.select([self._screen], [], [], seconds)[0]:
            return False
        self.written += os.read(self._screen, 65_536)
        return True

    def until(self, words: str) -> float:
        """Wait until these words are painted; returns when."""
        end = time.perf_counter() + PATIENCE
        while words.encode() not in _CODE.sub(b"", self.written):
            if time.perf_counter() > end:
                raise TimeoutError(f"{words!r} is never painted.")
            self.read(0.05)
        return time.perf_counter()

    def close(self) -> None:
        """Kill it."""
        os.kill(self._child, 9)
        os.waitpid(self._child, 0)
        os.close(self._screen)
        self._home.cleanup()


def answers(times: int) -> list[float]:
    """Seconds from Enter to each answer."""
    taken = []
    with Driven(path()) as app:
        app.until("index ready")
        app.until("write your own")  # what it offers has been asked, and nothing works any more
        for question in QUESTIONS * times:
            app.press(question)
            app.until(question[-8:])
            begun = app.press("\r")
            taken.append(app.until(ANSWERED) - begun)
            app.press("\x0e")  # Ctrl+N, so that no question leans on another
            app.until("Ask this text")
    return taken


def keys(app: Driven, times: int, until: str = "") -> tuple[list[float], list[float]]:
    """Seconds from each key to its letter, and how late this process woke, until words appear."""
    taken, late = [], []
    for number in range(times):
        asleep = time.perf_counter()
        time.sleep(NAP)
        late.append(time.perf_counter() - asleep - NAP)
        letter = "QXZ"[number % 3]
        begun = app.press(letter)
        taken.append(app.until(letter) - begun)
        if until and app.shows(until):
            break
        app.press("\x7f")
        time.sleep(NAP)
    return taken, late


def keys_while_indexing(folder: Path) -> tuple[list[float], list[float]]:
    """The same from the moment that a folder is dropped on the app until it is indexed."""
    with Driven(path()) as app:
        app.until("write your own")
        app.press(f"\x1b[200~{folder}\x1b[201~")
        return keys(app, 100_000, until="index ready")


def pages(text: Path, times: int) -> list[float]:
    """Seconds from each page key to the next picture."""
    taken = []
    with Driven(text) as app:
        app.until("index ready")
        app.press("\t\t")
        while app.read(1.0):
            pass
        for _ in range(times):
            begun = app.press("\x1b[6~")
            while not app.written:
                app.read(0.05)
            taken.append(time.perf_counter() - begun)
            while app.read(0.1):
                pass
    return taken


def show(name: str, seconds: Sequence[float]) -> None:
    """One line of figures, in milliseconds."""
    ordered = sorted(seconds)
    worst = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(
        f"{name:<16} median {statistics.median(ordered) * 1000:6.0f} ms   "
        f"95 % under {worst * 1000:6.0f} ms   most {ordered[-1] * 1000:6.0f} ms   "
        f"({len(ordered)})",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--passages", type=int, default=PASSAGES)
    given = parser.parse_args()
    prose = Prose()
    with tempfile.TemporaryDirectory() as name:
        show("answer", answers(given.times))
        with Driven(path()) as app:
            app.until("write your own")
            idle, late = keys(app, 20 * given.times)
        show("key, idle", idle)
        show("  wake", late)
        folder = Path(name) / "texts"
        folder.mkdir()
        for number, document in enumerate(prose.documents(given.passages)):
            (folder / f"{number}.txt").write_text(document.text, "utf-8")
        indexing, late = keys_while_indexing(folder)
        show("key, indexing", indexing)
        show("  wake", late)
        book = Path(name) / "book.txt"
        book.write_text("\n\n".join(prose.paragraph() for _ in range(MILLION)), "utf-8")
        show("page", pages(book, 10 * given.times))


if __name__ == "__main__":
    main()
