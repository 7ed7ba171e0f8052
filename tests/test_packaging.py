"""What is shipped, and that every version of it is pinned."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from index.problems import SourceProblem
from qa import samples

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def requirements() -> list[Requirement]:
    named = [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
    parsed = [Requirement(line) for line in named]
    return [one for one in parsed if one.name != PROJECT["name"]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it would be published."""
    folder = tmp_path_factory.mktemp("dist")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_code_the_samples_and_the_models(wheel: Path) -> None:
    shipped = set(zipfile.ZipFile(wheel).namelist())
    code = [ROOT / "tui.py", *(p for top in TOPS for p in (ROOT / top).rglob("*.py"))]
    data = [p for top in TOPS for p in (ROOT / top).glob("models/**/*") if p.is_file()]
    styles = list((ROOT / "terminal").rglob("*.tcss"))
    assert {path.relative_to(ROOT).as_posix() for path in [*code, *data, *styles]} <= shipped
    assert {f"qa/examples/{name}.txt" for name in samples.names()} <= shipped
    assert {f"{top}/py.typed" for top in TOPS} <= shipped


TOPS = ("index", "qa", "terminal")


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    version = PROJECT["version"]
    assert tops == {*TOPS, "tui.py", f"pullquote-{version}.dist-info"}


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_every_requirement_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_what_the_requirements_require_is_pinned_too() -> None:
    assert _closure(PROJECT["dependencies"] + EXTRAS["dev"]) - set(pins()) == set()


def test_the_extra_all_names_every_extra_for_one_machine() -> None:
    (everything,) = (Requirement(line) for line in EXTRAS["all"])
    apart = {"all", "browser", "dask", "dev", "milvus", "training"}
    assert everything.extras == set(EXTRAS) - apart


def _closure(lines: Iterable[str]) -> set[str]:
    """The names that these requirements pull in here, as far as they are installed."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(line) for line in lines]
    while waiting:
        wanted = waiting.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        waiting += [one for one in _required_by(wanted) if _applies(one, wanted.extras)]
    return {name for name, _ in seen} - {PROJECT["name"]}


def _required_by(wanted: Requirement) -> list[Requirement]:
    if wanted.name == PROJECT["name"]:
        return [Requirement(line) for extra in wanted.extras for line in EXTRAS[extra]]
    try:
        return [Requirement(line) for line in metadata.requires(wanted.name) or ()]
    except metadata.PackageNotFoundError:  # for another platform, or an extra left out here
        return []


def _applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": name}) for name in ("", *extras))


def test_samples_are_found_by_name() -> None:
    assert samples.names() == ["geneva", "harbor", "meteorites"]
    assert all(samples.path(name).read_text(encoding="utf-8") for name in samples.names())
    assert samples.path() == samples.path("geneva")


@pytest.mark.parametrize("name", ["", "gen", "../geneva", "README"])
def test_an_unknown_sample_is_a_problem_that_names_the_known_ones(name: str) -> None:
    with pytest.raises(SourceProblem, match="geneva, harbor, meteorites"):
        samples.path(name)


def test_samples_are_long_enough_to_ask() -> None:
    for name in samples.names():
        assert 900 <= len(samples.path(name).read_text(encoding="utf-8").split()) <= 1300


@pytest.mark.wheel
def test_the_wheel_works_in_an_empty_environment_from_another_folder(
    wheel: Path, tmp_path: Path
) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    constraints = str(ROOT / "constraints.txt")
    subprocess.run([*pip, "install", "-q", "-c", constraints, str(wheel)], check=True, timeout=900)
    away = tmp_path / "elsewhere"
    away.mkdir()
    asked = subprocess.run(
        [str(home / "bin" / "pullquote"), "sample"],
        input="What did Ryabkov demand?\n",
        capture_output=True,
        text=True,
        cwd=away,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        timeout=120,
    )
    assert asked.returncode == 0, asked.stderr
    assert re.search("guarantees|signed promise", asked.stdout)
    assert list(away.iterdir()) == []
