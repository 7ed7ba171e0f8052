"""Imports go down, and what is heavy is imported where it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    "dask",
    "distributed",
    "faiss",
    "grpc",
    "numpy",
    "onnxruntime",
    "pymilvus",
    "sentence_transformers",
    "tantivy",
    "textual",
    "tokenizers",
    "torch",
    "transformers",
}


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after ``code``."""
    report = "import sys; print('\\n', *{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import index",
        "import qa",
        "import index.types, index.problems, index.settings, index.text, index.sources",
        "import qa.types, qa.exits, qa.render, qa.samples",
        "from qa.cli import main; main(['--help'])",
        "from qa.cli import main; main(['no-such-command-or-file'])",
    ],
)
def test_light_modules_and_help_load_nothing_heavy(code: str) -> None:
    assert loaded_by(code) & HEAVY == set()


def test_the_facade_is_imported_when_it_is_asked_for() -> None:
    assert "qa.assistant" not in _modules_after("import qa")
    assert "qa.assistant" in _modules_after("from qa import Assistant")


def _modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return set(done.stdout.split())


def test_answering_loads_neither_torch_nor_the_terminal() -> None:
    loaded = loaded_by(
        "from qa.cli import main; main(['ask', 'Who led the talks?', 'examples/geneva.txt'])"
    )
    assert loaded & {"torch", "transformers", "sentence_transformers", "textual"} == set()
    assert loaded & {"dask", "distributed", "grpc", "pandas", "pymilvus"} == set()


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_public_face_of_qa() -> None:
    import qa

    assert qa.__all__ == ["Assistant", "Conversation"]
