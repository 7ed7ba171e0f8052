"""The articles that come with Pullquote, found in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

from index.problems import SourceProblem

DEFAULT = "geneva"
"""The sample that opens when none is named."""


def directory() -> Path:
    """Where the samples lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "examples"
    return installed if installed.is_dir() else package.parent / "examples"


def names() -> list[str]:
    """The names of the samples, in alphabetical order."""
    return sorted(article.stem for article in directory().glob("*.txt"))


def path(name: str = DEFAULT) -> Path:
    """The file of the sample called ``name``.

    Raises:
        SourceProblem: there is no such sample.
    """
    known = names()
    if name not in known:
        raise SourceProblem(
            f"There is no sample called “{name}”.",
            f"Choose one of: {', '.join(known)}." if known else "Install Pullquote again.",
        )
    return directory() / f"{name}.txt"
