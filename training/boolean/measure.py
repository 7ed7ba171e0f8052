"""Whether yes or no can be told from small features, measured on BoolQ and its contrast set.

    python -m training.boolean.measure DATA

``DATA`` holds ``boolq.jsonl.gz``. A logistic regression sees, of a question and the sentence of
its passage that shares most with it: how much they share, negations on either side, numbers and
names that differ, words of doubt, and the words of both. It is fitted on the train split and
judged on the dev split, which shares no passage with it: how many questions it can decide so that
nine of ten verdicts are right.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.terms import STOP_WORDS, terms
from index.text import sentences
from training.corpora import rows

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|without|nobody|nothing|unless)\b|n['’]t\b", re.I
)
_DOUBT = re.compile(r"\b(?:but|however|although|except|only|rarely|some|usually|may|might)\b", re.I)
Array = npt.NDArray[np.float64]


def features(question: str, passage: str) -> Iterator[tuple[str, float]]:
    """Of a question and the sentences nearest to it."""
    asked = set(terms(question)) - STOP_WORDS
    found = [span.of(passage) for span in sentences(passage)] or [passage]
    best = max(found, key=lambda sentence: len(asked & set(terms(sentence))))
    own = set(terms(best)) - STOP_WORDS
    shared = len(asked & own) / max(1, len(asked))
    negated = bool(_NEGATION.search(best))
    yield from (("bias", 1.0), ("shared", shared), ("negated", float(negated)))
    yield "negated and shared", negated * shared
    yield "negation in question", float(bool(_NEGATION.search(question)))
    yield "in passage", len(asked & set(terms(passage))) / max(1, len(asked))
    yield "negations", min(5, len(_NEGATION.findall(passage))) / 5
    yield "doubt", float(bool(_DOUBT.search(best)))
    yield "numbers", float(bool(re.search(r"\d", best)))
    asked_words = terms(question)
    yield f"first {asked_words[0] if asked_words else ''}", 1.0
    yield f"begins {' '.join(asked_words[:2])}", 1.0
    for word in asked:
        yield f"q {word}", 0.5
    for word in own:
        yield f"s {word}", 0.3
    for word in terms(best):
        if word in STOP_WORDS:
            yield f"s {word}", 0.3


def vocabulary(found: Iterable[dict[str, Any]], least: int = 5) -> dict[str, int]:
    """The number of each feature that stands in ``least`` rows or more."""
    counts = Counter(
        name for row in found for name, value in features(row["question"], row["context"]) if value
    )
    return {name: at for at, name in enumerate(n for n, c in counts.items() if c >= least)}


def matrix(found: Sequence[dict[str, Any]], known: dict[str, int]) -> tuple[Array, Array]:
    """[rows, features] and [rows] answers."""
    table = np.zeros((len(found), len(known)))
    for number, row in enumerate(found):
        for name, value in features(row["question"], row["context"]):
            if name in known:
                table[number, known[name]] = value
    return table, np.array([float(row["answer"]) for row in found])


def fit(table: Array, answers: Array, l2: float, rounds: int = 100) -> Array:
    """Weights of a logistic regression, by Adam."""
    weights = np.zeros(table.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, rounds + 1):
        error = 1 / (1 + np.exp(-table @ weights)) - answers
        slope = table.T @ error / len(answers) + l2 * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        weights -= 0.03 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights


def main() -> None:
    """Fit, and print how many verdicts are right at each certainty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    every = list(rows(given.data / "boolq.jsonl.gz"))
    train = [row for row in every if row["split"] == "train"]
    known = vocabulary(train)
    table, answers = matrix(train, known)
    held, told = matrix([row for row in every if row["split"] == "dev"], known)
    print(f"train {len(answers)}, dev {len(told)}, always yes {told.mean():.3f} right")
    for l2 in (0.0003, 0.001, 0.003, 0.01):
        chance = 1 / (1 + np.exp(-held @ fit(table, answers, l2)))
        right = (chance >= 0.5) == (told > 0.5)
        print(f"l2 {l2}: accuracy {right.mean():.3f}")
        for least in (0.7, 0.8, 0.9, 0.95):
            for verdict, sure in (("yes", chance >= least), ("no", chance <= 1 - least)):
                share = right[sure].mean() if sure.any() else 0.0
                print(f"  {verdict} from {least}: {sure.sum()} verdicts, {share:.3f} right")


if __name__ == "__main__":
    main()
