"""The command as a process of its own: what it imports, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qa.exits import Exit
from tests.qa.texts import FERRY

ROOT = Path(__file__).parents[2]
QUESTION = "Why will the ferry be repaired?"


@pytest.fixture
def environment(embedder: Path, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "ferry.txt").write_text(FERRY, "utf-8")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PULLQUOTE_")},
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "PULLQUOTE_HOME": str(tmp_path / "home"),
        "PULLQUOTE_MODEL": str(embedder),
        "PULLQUOTE_READER": "lexical",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }


def start(
    *arguments: str, environment: dict[str, str], cwd: Path, stdout: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def imported(code: str, environment: dict[str, str], cwd: Path) -> set[str]:
    """The top-level modules loaded after ``code`` ran in a fresh interpreter."""
    report = "; import sys; print('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    with start("-c", code + report, environment=environment, cwd=cwd) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    return set(out.split())


HEAVY = {"torch", "transformers", "sentence_transformers", "textual", "rich", "sklearn", "scipy"}


def test_asking_loads_nothing_heavy(environment: dict[str, str], tmp_path: Path) -> None:
    code = f"from qa.cli import main; assert main(['ask', {QUESTION!r}, 'ferry.txt']) == 0"
    loaded = imported(code, environment, tmp_path)
    assert "qa" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("arguments", [["--help"], ["aks"]])
def test_help_loads_no_engine(
    arguments: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    code = f"from qa.cli import main; main({arguments})"
    loaded = imported(code, environment, tmp_path)
    assert not loaded & (HEAVY | {"numpy", "faiss", "tantivy", "onnxruntime", "tokenizers"})


def test_importing_the_package_loads_no_engine(environment: dict[str, str], tmp_path: Path) -> None:
    assert not imported("import qa", environment, tmp_path) & (HEAVY | {"numpy", "click"})


def test_a_reader_that_goes_away_is_no_error(environment: dict[str, str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    arguments = ("-m", "qa", "ask", QUESTION, "ferry.txt")
    os.close(reading)
    with start(*arguments, environment=environment, cwd=tmp_path, stdout=writing) as process:
        os.close(writing)
        _, err = process.communicate()
    assert (process.returncode, err) == (Exit.PIPE, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        process = start(
            *("-m", "qa", "ask", QUESTION, "ferry.txt"),
            environment=environment,
            cwd=tmp_path,
            stdout=full.fileno(),
        )
        _, err = process.communicate()
    assert process.returncode == Exit.OTHER
    assert "cannot be written" in err
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_an_interrupt_ends_it_with_its_code(environment: dict[str, str], tmp_path: Path) -> None:
    code = (
        "import signal, sys, time; from qa.commands import sample; from qa.cli import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # none in the background\n"
        "def wait(*_):\n"
        "    print('ready', flush=True); time.sleep(60)\n"
        "sample.answer_all = wait; sys.exit(main(['sample']))"
    )
    process = start("-c", code, environment=environment, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == Exit.INTERRUPTED
    assert err.strip() == "Interrupted."


def test_closed_streams_are_survived(environment: dict[str, str], tmp_path: Path) -> None:
    command = f'exec "{sys.executable}" -m qa ask "{QUESTION}" ferry.txt <&- >&- 2>&-'
    done = subprocess.run(["sh", "-c", command], env=environment, cwd=tmp_path, check=False)
    assert done.returncode == Exit.ANSWERED


def test_an_output_that_cannot_say_everything(environment: dict[str, str], tmp_path: Path) -> None:
    arguments = ("-m", "qa", "ask", QUESTION, "ferry.txt")
    poor = environment | {"PYTHONIOENCODING": "ascii"}
    with start(*arguments, environment=poor, cwd=tmp_path) as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (Exit.ANSWERED, "")
    assert "its hull has begun to rust" in out
