"""Errors that a user can do something about: a sentence and a remedy.

Problem
├── UsageProblem       the command or call asks for something that cannot be (exit code 2)
├── SourceProblem      a text cannot be read (exit code 3)
├── IndexProblem       an index is missing, damaged, locked, or of another model (exit code 4)
└── ModelProblem       a model or engine cannot be loaded (exit code 5)
"""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 - a problem is what the user has, not what the code did
    """Something the user can mend; ``str()`` of it is safe to show."""

    exit_code = 6

    def __init__(self, summary: str, remedy: str = "") -> None:
        super().__init__(f"{summary} {remedy}".strip())
        self.summary = summary
        self.remedy = remedy


class UsageProblem(Problem):
    """The command or call asks for something that cannot be."""

    exit_code = 2


class SourceProblem(Problem):
    """A text cannot be read."""

    exit_code = 3


class IndexProblem(Problem):
    """An index is missing, damaged, locked, or made by another model or version."""

    exit_code = 4


class ModelProblem(Problem):
    """A model or an engine cannot be loaded."""

    exit_code = 5
