"""What an engine finds, made sure that readers may see it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from index.current import Current
from index.parts import Parts
from index.passage_store import PassageStore
from index.types import Match

_TRIES = 10
"""Searches in a row that a change may overtake. Changes take longer than searches, so the second
is all but sure to be the last."""


def searched(state: Current, k: int, search: Callable[[Parts, int], list[Match]]) -> list[Match]:
    """The ``k`` best on one state; a change that shows meanwhile makes it search again."""
    for _ in range(_TRIES):
        parts = state.fresh()
        version = parts.version
        matches, then = _live(parts.store, partial(search, parts), k)
        if then == version:
            break
    return matches


def _live(
    store: PassageStore, search: Callable[[int], list[Match]], k: int
) -> tuple[list[Match], int]:
    """The ``k`` best that are LIVE: an engine may hold what is not yet, or not any more.

    With the version of the store after the search.
    """
    wanted, before = k, store.calm()
    while True:
        matches = search(wanted)
        if before is not None and store.calm() == before:
            return matches[: max(0, k)], before
        live = store.live([match.id for match in matches])
        found = [match for match in matches if match.id in live][: max(0, k)]
        if len(found) >= k or len(matches) < wanted:
            return found, store.version()
        wanted *= 2
