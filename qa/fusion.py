"""Fusing ranked lists: pure functions over ranks, never over scores of different engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CONSTANT = 60.0
"""The k of Cormack et al. 2009; it flattens the difference between the first ranks."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one engine found, best first, and how much its word weighs."""

    ids: Sequence[int]
    weight: float = 1.0


def ranks(ids: Sequence[int]) -> dict[int, int]:
    """The rank of each id, from 1; an id that comes twice keeps its better rank."""
    found: dict[int, int] = {}
    for rank, id_ in enumerate(ids, start=1):
        found.setdefault(id_, rank)
    return found


def reciprocal_rank_fusion(
    rankings: Sequence[Ranking], constant: float = CONSTANT
) -> list[tuple[int, float]]:
    """Ids with their fused scores, best first, ties by smaller id.

    The score of an id is the sum of ``weight / (constant + rank)`` over the rankings that hold it.

    Source: Cormack, Clarke and Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and
    individual Rank Learning Methods", SIGIR.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for id_, rank in ranks(ranking.ids).items():
            scores[id_] = scores.get(id_, 0.0) + ranking.weight / (constant + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
