"""Faults at every named step of a write to an index: the process dies there, or the step fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from index import layout
from index.faiss_vectors import FaissVectors
from index.growing import GrowingVectors
from index.lexical import TantivyLexical
from index.memory import MemoryLexical, MemoryVectors
from index.problems import IndexProblem
from index.snapshots import Snapshots
from index.stamps import Stamps
from index.store import Store

_VECTORS = (FaissVectors, GrowingVectors, MemoryVectors)
_WORDS = (TantivyLexical, MemoryLexical)
STEPS: dict[str, tuple[tuple[Any, ...], str]] = {
    "write a document": ((Store,), "stage"),
    "write passages": ((Store,), "stage_passages"),
    "give vectors": (_VECTORS, "put"),
    "give words": (_WORDS, "put"),
    "commit vectors": (_VECTORS, "commit"),
    "commit words": (_WORDS, "commit"),
    "retire": ((Store,), "retire"),
    "publish": ((Store,), "publish"),
    "remember looks": ((Stamps,), "put"),
    "drop vectors": (_VECTORS, "drop"),
    "drop words": (_WORDS, "drop"),
    "purge": ((Store,), "purge"),
    "give up": ((Store,), "give_up"),
    "take a snapshot": ((Snapshots,), "take"),
    "wake versions": ((Snapshots,), "wake"),
    "return folders": ((Snapshots,), "return_folders"),
    "discard a snapshot": ((Snapshots,), "discard"),
    "copy snapshots": ((Snapshots,), "copy_from"),
    "begin a generation": ((layout,), "following"),
    "switch generations": ((layout,), "switch"),
    "delete a generation": ((layout,), "discard"),
    "tidy": ((layout,), "tidy"),
}
"""What is called at each step; an engine is a class more."""


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed(step: str, *, call: int = 1, after: bool = False) -> Iterator[None]:
    """Within it a process dies at a step: `Killed` is raised there, and at every step from then on.

    Args:
        step: a name of `STEPS`.
        call: at which call of it.
        after: whether the call is made before.
    """
    is_dead = False

    def wrapped(name: str, made: Callable[[], Any]) -> Any:
        nonlocal call, is_dead
        if is_dead:
            raise Killed
        call -= name == step
        is_dead = name == step and call == 0
        if is_dead and after:
            made()
        if is_dead:
            raise Killed
        return made()

    with _wrapped(wrapped):
        yield


@contextmanager
def failing(step: str, *, call: int = 1) -> Iterator[None]:
    """Within it a call of a step fails, once."""

    def wrapped(name: str, made: Callable[[], Any]) -> Any:
        nonlocal call
        call -= name == step
        if name == step and call == 0:
            raise IndexProblem("The disk is full.", "Make room.")
        return made()

    with _wrapped(wrapped):
        yield


@contextmanager
def _wrapped(wrapped: Callable[[str, Callable[[], Any]], Any]) -> Iterator[None]:
    with ExitStack() as patches:
        for step, (owners, name) in STEPS.items():
            for owner in owners:
                patches.enter_context(
                    patch.object(owner, name, _around(step, getattr(owner, name), wrapped))
                )
        yield


def _around(
    step: str, function: Callable[..., Any], wrapped: Callable[[str, Callable[[], Any]], Any]
) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        return wrapped(step, lambda: function(*given, **named))

    return call
