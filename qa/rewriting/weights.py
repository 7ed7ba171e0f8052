"""The fitted weights of three small models, and a list of verbs.

The models tell whether a word leans on earlier turns, whether a question leaves its topic out, and
which mention is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.problems import ModelProblem

WEIGHTS = Path(__file__).parent.parent / "models" / "rewriter.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Linear:
    """Log-odds as the sum of the weights of those features that are true."""

    weights: Mapping[str, float]
    threshold: float = 0.0
    """Log-odds from which the answer is yes."""

    def score(self, features: Iterable[str]) -> float:
        """Unknown features count nothing."""
        known = self.weights
        return sum(known.get(feature, 0.0) for feature in features)

    def says(self, features: Iterable[str]) -> bool:
        """Whether the score reaches the threshold."""
        return self.score(features) >= self.threshold


@dataclass(frozen=True, slots=True)
class Weights:
    """What the rewriter knows."""

    leans: Linear
    topic: Linear
    mention: Linear
    verbs: frozenset[str]
    """Words that are mostly verbs, and so no part of what a word stands for."""

    @classmethod
    @lru_cache(maxsize=4)
    def load(cls, path: Path = WEIGHTS) -> Weights:
        """Read them.

        Raises:
            ModelProblem: the file is missing, damaged or of another format.
        """
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["format"] != FORMAT:
                raise ValueError("another format")
            leans, topic, mention = (_linear(data[part]) for part in ("leans", "topic", "mention"))
            return cls(leans, topic, mention, frozenset(data["verbs"].split()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelProblem(
                f"The weights {path.name} for follow-up questions cannot be used"
                f" ({type(error).__name__}).",
                "Reinstall pullquote.",
            ) from error


def _linear(data: Mapping[str, Any]) -> Linear:
    return Linear(dict(data["weights"]), float(data["threshold"]))
