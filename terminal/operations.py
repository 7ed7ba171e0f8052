"""What is done to the index on a thread, as functions that know no thread and no screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from index.problems import Problem, SourceProblem
from index.types import Cancelled, Changes, Document, OnProgress
from terminal import phrasing
from terminal.ports import Answering

Source: TypeAlias = str | Path | Document


@dataclass(frozen=True, slots=True)
class Outcome:
    """What changed, and what could not be done."""

    changes: Changes = field(default_factory=Changes)
    problems: tuple[Problem, ...] = ()
    said: str = ""
    """What the user should hear, if it is not to be seen."""


Operation: TypeAlias = Callable[[Answering, OnProgress, Cancelled], Outcome]


def adding(sources: Sequence[Source]) -> Operation:
    """Index ``sources``; one that cannot be read does not keep the others out."""

    def add(assistant: Answering, on_progress: OnProgress, cancelled: Cancelled) -> Outcome:
        try:
            changes = assistant.add(sources, on_progress=on_progress, cancelled=cancelled)
            assistant.follow([one for one in sources if not isinstance(one, Document)])
            return Outcome(changes)
        except SourceProblem as problem:
            if len(sources) < 2:
                return Outcome(problems=(problem,))
        each = [adding([source])(assistant, on_progress, cancelled) for source in sources]
        return Outcome(
            _together([one.changes for one in each]),
            tuple(problem for one in each for problem in one.problems),
        )

    return add


def removing(keys: Sequence[str]) -> Operation:
    """Forget these documents."""

    def remove(assistant: Answering, _: OnProgress, __: Cancelled) -> Outcome:
        return Outcome(assistant.remove(keys))

    return remove


def refreshing(assistant: Answering, on_progress: OnProgress, cancelled: Cancelled) -> Outcome:
    """Read again what has changed on disk, and what is new in the folders that were added."""
    files = assistant.on_disk(patient=False).readable
    if not files:
        return Outcome(said="No file has changed since it was read.")
    outcome = adding(files)(assistant, on_progress, cancelled)
    many = len(outcome.changes.changed) + len(outcome.changes.added)
    return replace(outcome, said=f"{phrasing.count(many, 'file')} read.") if many else outcome


def rebuilding(assistant: Answering, on_progress: OnProgress, cancelled: Cancelled) -> Outcome:
    """Build the index anew."""
    return Outcome(assistant.rebuild(on_progress=on_progress, cancelled=cancelled))


def attempted(
    operation: Operation, assistant: Answering, on_progress: OnProgress, cancelled: Cancelled
) -> Outcome:
    """What comes of ``operation``; a fault in it is a problem of the outcome."""
    try:
        return operation(assistant, on_progress, cancelled)
    except Exception as error:  # the border of a thread: see as_problem
        return Outcome(problems=(as_problem(error),))


def _together(changes: Sequence[Changes]) -> Changes:
    return Changes(
        added=tuple(key for one in changes for key in one.added),
        changed=tuple(key for one in changes for key in one.changed),
        unchanged=tuple(key for one in changes for key in one.unchanged),
        removed=tuple(key for one in changes for key in one.removed),
    )


def as_problem(error: Exception) -> Problem:
    """An error at the border of a thread, as something that can be shown.

    A fault in our own code must cost one operation, not the conversation, so anything may come
    here; its kind is named, since that is what a report of the fault needs.
    """
    if isinstance(error, Problem):
        return error
    return Problem(
        f"Something went wrong inside Pullquote ({type(error).__name__}: {error}).",
        "Nothing stored is lost; you can go on.",
    )
