from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_killed_writers_lose_nothing_that_was_reported() -> None:
    # In a process of its own: it forks, which a process with threads must not do.
    command = [sys.executable, "-m", "tests.index.torture", "--rounds", "12", "--seed", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("12 writers killed")
