from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def torture(*options: str) -> str:
    # In a process of its own: it forks, which a process with threads must not do.
    command = [sys.executable, "-m", "tests.index.torture", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")


def test_killed_writers_lose_nothing_that_was_reported() -> None:
    assert torture("--rounds", "12", "--seed", "5").startswith("12 writers killed")


def test_readers_beside_a_writer_see_whole_states() -> None:
    said = torture("--minutes", "0.05", "--readers", "2", "--seed", "5")
    assert said.startswith("2 readers beside a writer")
    assert said.endswith(", 0 wrong\n")
