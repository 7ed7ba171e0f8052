"""The documentation tells what the program does: its examples run, its tables are complete.

``python -m tests.test_docs`` writes what the commands print now into the README.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from index.settings import Settings
from qa.cli import COMMANDS
from qa.exits import MEANINGS, Exit

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md"))]
PAGES += sorted((ROOT / "docs").glob("*.md"))
PROGRAM = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TESTED = re.compile(r"(?<=<!-- tested -->\n)```console\n.*?^```$", re.MULTILINE | re.DOTALL)
SCORE = re.compile(r"\b[01]\.\d\d\b")
"""Differs in the last digits from machine to machine."""


@dataclass(frozen=True, slots=True)
class Example:
    """A command of a console block, and what the page says it prints to stdout."""

    command: str
    printed: str


def examples(block: str) -> list[Example]:
    """The commands of a console block: lines that begin with ``$``."""
    body = block.removeprefix("```console\n").removesuffix("```")
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    pairs = [part.partition("\n") for part in parts]
    return [Example(command, printed) for command, _, printed in pairs]


def shell(command: str, home: Path) -> str:
    """What ``command`` prints to stdout in the folder of the project, as a newcomer types it."""
    return _run(["bash", "-c", f'pullquote() {{ "$PYTHON" -m qa "$@"; }}\n{command}'], home)


def python(program: str, home: Path) -> str:
    """What ``program`` prints to stdout in the folder of the project."""
    return _run([sys.executable, "-c", program], home)


def _run(arguments: list[str], home: Path) -> str:
    done = subprocess.run(
        arguments, cwd=ROOT, env=_environment(home), capture_output=True, text=True, timeout=120
    )
    assert done.returncode in (Exit.ANSWERED, Exit.NOT_IN_TEXT), done.stderr
    return done.stdout


def _environment(home: Path) -> dict[str, str]:
    """That of a newcomer: no settings, an empty home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PULLQUOTE_")}
    return kept | {
        "PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
    }


def masked(text: str) -> str:
    """The text without what may differ on another machine."""
    return SCORE.sub("N", text)


def refreshed(page: str, home: Path) -> str:
    """The page with what its tested commands print now."""

    def block(match: re.Match[str]) -> str:
        parts = [f"$ {one.command}\n{shell(one.command, home)}" for one in examples(match.group())]
        return "```console\n" + "".join(parts) + "```"

    def program(match: re.Match[str]) -> str:
        code = match.group(1)
        return f"```python\n{code}```\n\n```text\n{python(code, home)}```"

    return PROGRAM.sub(program, TESTED.sub(block, page))


TESTED_EXAMPLES = [
    one for block in TESTED.findall(README.read_text("utf-8")) for one in examples(block)
]
PROGRAMS = PROGRAM.findall(README.read_text("utf-8"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def test_the_readme_has_examples_that_are_tested() -> None:
    assert len(TESTED_EXAMPLES) >= 4
    assert len(PROGRAMS) == README.read_text("utf-8").count("```python\n") >= 1


@pytest.mark.parametrize("example", TESTED_EXAMPLES, ids=lambda example: example.command)
def test_a_command_prints_what_the_readme_shows(example: Example, home: Path) -> None:
    assert masked(shell(example.command, home)) == masked(example.printed)


@pytest.mark.parametrize(("program", "printed"), PROGRAMS)
def test_a_python_example_prints_what_the_readme_shows(
    program: str, printed: str, home: Path
) -> None:
    assert masked(python(program, home)) == masked(printed)


def table(heading: str) -> dict[str, str]:
    """The first two columns of the table under a heading of the README."""
    section = README.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return {row[0].strip().strip("`"): row[1].strip() for row in rows[2:]}


def test_the_readme_lists_every_command() -> None:
    written = " ".join(table("On the command line"))
    assert [name for name in COMMANDS if f"pullquote {name}" not in written] == []


def test_the_readme_lists_every_exit_code() -> None:
    assert table("Exit codes") == {str(int(code)): says for code, says in MEANINGS.items()}


def test_the_readme_lists_every_setting() -> None:
    assert set(table("Settings")) == {field.name for field in fields(Settings)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_and_files_that_are_named_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z][\w-]*)", text)) <= targets
    named = re.findall(r"`((?:qa|index|terminal|tests|training|benchmarks|docs)/[\w/.-]+)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        README.write_text(refreshed(README.read_text("utf-8"), Path(folder)), "utf-8")
