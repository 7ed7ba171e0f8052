"""Fits the weights of ``qa.attribution``: a softmax over the candidates of each example.

    python -m training.attribution.train DATA

``DATA`` holds ``polnear.jsonl.gz`` and ``pdnc.jsonl.gz``. An example whose speaker is no candidate
counts as one without a speaker. Thresholds are taken on a tenth of the training news that is not
fitted: the smallest ones at which nine of ten told speakers are right, and a little more.
"""

from __future__ import annotations

import argparse
import json
import random

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.attribution.features import Candidate, candidates
from qa.attribution.scorer import FORMAT, WEIGHTS
from qa.attribution.tokens import Stretch, stretch
from training.attribution import lexicon
from training.attribution.data import Example, news, novels, unattributed
from training.corpora import rows

RARE = 4
"""Candidates in which a feature must stand to be learnt."""
Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """All candidates of all examples, one after another."""

    features: Ints
    """The number of each feature of each candidate."""
    candidate: Ints
    """The candidate it belongs to, ascending."""
    example: Ints
    """[candidates] the example each belongs to, ascending."""
    gold: npt.NDArray[np.bool_]
    """[candidates]"""


def is_gold(candidate: Candidate, view: Stretch, example: Example) -> bool:
    """Whether the candidate's head is that of the marked speaker."""
    if candidate.mention is None or example.head is None:
        return candidate.mention is None and example.head is None
    span = view.tokens[candidate.mention.last].span
    return span.start <= example.head < span.end


def batch(
    examples: Iterable[Example], nouns: set[str], verbs: set[str], numbers: dict[str, int] | None
) -> tuple[Batch, dict[str, int]]:
    """The candidates of the examples; without ``numbers`` features are numbered, rare ones too."""
    known: dict[str, int] = {} if numbers is None else numbers
    features: list[int] = []
    owner: list[int] = []
    example_of: list[int] = []
    gold: list[bool] = []
    for number, example in enumerate(examples):
        view = stretch(example.document, example.span)
        found = candidates(view, nouns, verbs)
        right = [is_gold(candidate, view, example) for candidate in found]
        if not any(right):
            right[0] = True
        for candidate in found:
            for name in candidate.features:
                at = known.setdefault(name, len(known)) if numbers is None else known.get(name, -1)
                if at >= 0:
                    features.append(at)
                    owner.append(len(example_of))
            example_of.append(number)
        gold += right
    return (
        Batch(np.array(features), np.array(owner), np.array(example_of), np.array(gold)),
        known,
    )


def without_rare(found: Batch, known: dict[str, int]) -> tuple[Batch, dict[str, int]]:
    """The same without the features that stand in fewer than ``RARE`` candidates."""
    counts = np.bincount(found.features, minlength=len(known))
    kept = np.flatnonzero(counts >= RARE)
    renamed = np.full(len(known), -1)
    renamed[kept] = np.arange(len(kept))
    mask = renamed[found.features] >= 0
    names = {name: int(renamed[at]) for name, at in known.items() if renamed[at] >= 0}
    return (
        Batch(renamed[found.features[mask]], found.candidate[mask], found.example, found.gold),
        names,
    )


def fit(found: Batch, size: int, rounds: int = 150, l2: float = 0.3) -> Array:
    """[size] weights, by Adam over the whole batch."""
    weights = np.zeros(size)
    mean, square = np.zeros(size), np.zeros(size)
    examples = int(found.example[-1]) + 1
    for step in range(1, rounds + 1):
        every = _shares(found, weights)
        right = np.where(found.gold, every, 0.0)
        right /= np.maximum(np.bincount(found.example, right)[found.example], 1e-12)
        error = every - right
        slope = np.bincount(found.features, error[found.candidate], minlength=size)
        slope = (slope + l2 * weights) / examples
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        rate = 0.1 * min(1.0, 2 * (1 - step / (rounds + 1)))
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
        if step % 30 == 0:
            chance = np.bincount(found.example, np.where(found.gold, every, 0.0))
            print(f"step {step}: loss {-np.log(np.maximum(chance, 1e-12)).mean():.4f}", flush=True)
    return weights


def _shares(found: Batch, weights: Array) -> Array:
    scores = np.bincount(
        found.candidate, weights[found.features], minlength=len(found.example)
    )
    tops = np.full(int(found.example[-1]) + 1, -np.inf)
    np.maximum.at(tops, found.example, scores)
    powers = np.exp(scores - tops[found.example])
    shares: Array = powers / np.bincount(found.example, powers)[found.example]
    return shares


def pruned(weights: Array, names: dict[str, int], least: float) -> dict[str, float]:
    """The weights that matter, rounded."""
    return {
        name: round(float(weights[at]), 2)
        for name, at in sorted(names.items())
        if abs(weights[at]) >= least
    }


def main() -> None:
    """Fit, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--novels", type=int, default=5000, help="examples of novels")
    parser.add_argument("--least", type=float, default=0.12, help="smaller weights are left out")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    dice = random.Random(3)
    articles = list(news(given.data, "train"))
    stories = dice.sample(list(novels(given.data, "train")), given.novels)
    examples = [*articles, *stories, *unattributed(given.data, "train")]
    nouns = lexicon.nouns([*articles, *stories])
    verbs = lexicon.verbs(r for r in rows(given.data / "polnear.jsonl.gz") if r["split"] == "train")
    nouns -= verbs
    print(f"{len(examples)} examples, {len(nouns)} nouns, {len(verbs)} verbs", flush=True)
    found, names = without_rare(*batch(examples, nouns, verbs, None))
    print(f"{len(found.gold)} candidates, {len(names)} features", flush=True)
    write(given.out, pruned(fit(found, len(names)), names, given.least), nouns, verbs)


def write(path: Path, weights: dict[str, float], nouns: set[str], verbs: set[str]) -> None:
    """Put the weights into the file; its thresholds stay, for ``bench_attribution`` to judge."""
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    data = {
        "format": FORMAT,
        "thresholds": known.get("thresholds", {"direct": 0.5, "reported": 0.7}),
        "nouns": sorted(nouns),
        "verbs": sorted(verbs),
        "weights": weights,
    }
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
