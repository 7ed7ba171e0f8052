"""Which mention is the speaker, and how sure that is: logistic regression, weights as data."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.problems import ModelProblem
from qa.attribution.features import Candidate, candidates
from qa.attribution.mentions import Mention
from qa.attribution.tokens import Stretch

WEIGHTS = Path(__file__).parents[1] / "models" / "attribution.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest speaker of a target."""

    mention: Mention
    cue: int | None
    """The token of the reporting verb, if there is one."""
    probability: float
    """That this mention is the speaker, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """A softmax over the candidates of a target, no speaker among them."""

    weights: Mapping[str, float]
    nouns: frozenset[str]
    verbs: frozenset[str]
    direct: float
    """The probability from which the speaker of a direct quote is told."""
    reported: float
    """The same for what is reported without quotation marks."""
    antecedents: Mapping[str, float]
    """Weights for whom a pronoun stands for; see ``qa.attribution.antecedents``."""
    antecedent: float
    """The probability from which a pronoun is resolved."""

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Scorer:
        """The weights that ship.

        Raises:
            ModelProblem: the file is missing, damaged or of another format.
        """
        return _load(path)

    def candidates(self, stretch: Stretch) -> list[Candidate]:
        """Every candidate of a stretch."""
        return candidates(stretch, self.nouns, self.verbs)

    def choose(self, stretch: Stretch) -> Choice | None:
        """The likeliest mention, its likeliest verb, however sure; None without any."""
        if not stretch.targets:
            return None
        found = self.candidates(stretch)
        scores = [sum(self.weights.get(name, 0.0) for name in c.features) for c in found]
        top = max(scores)
        shares = [math.exp(score - top) for score in scores]
        total = sum(shares)
        of_mention: dict[Mention, float] = defaultdict(float)
        for candidate, share in zip(found, shares, strict=True):
            if candidate.mention is not None:
                of_mention[candidate.mention] += share / total
        if not of_mention:
            return None
        best = max(of_mention, key=lambda mention: of_mention[mention])
        own = [(s, c.cue) for c, s in zip(found, scores, strict=True) if c.mention == best]
        return Choice(best, max(own, key=lambda pair: pair[0])[1], of_mention[best])


@lru_cache(maxsize=2)
def _load(path: Path) -> Scorer:
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["format"] != FORMAT:
            raise ValueError("another format")
        return Scorer(
            {name: float(weight) for name, weight in data["weights"].items()},
            frozenset(data["nouns"]),
            frozenset(data["verbs"]),
            float(data["thresholds"]["direct"]),
            float(data["thresholds"]["reported"]),
            {name: float(weight) for name, weight in data["antecedents"].items()},
            float(data["thresholds"]["antecedent"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelProblem(
            f"The weights {path.name} cannot be used ({type(error).__name__}).",
            "Reinstall pullquote.",
        ) from error
