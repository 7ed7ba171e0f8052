"""What was read as arrays: each question's candidates with their features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.combining import Candidate, candidates
from training.combiner.fit import Array, Asked, Flags
from training.combiner.readings import Read, ReadArticle

FOLDS = 10


@dataclass(frozen=True, slots=True)
class Questions:
    """n questions with what was read for each."""

    texts: list[str]
    candidates: list[list[Candidate]]
    asked: list[Asked]
    told: Flags
    """[n]"""
    fold: Array
    """[n]: the fold of its article."""
    kinds: list[str]


def questions(articles: Sequence[ReadArticle]) -> tuple[list[str], Questions]:
    """Names of the features, and all questions for which anything was read."""
    names: list[str] = []
    rows = []
    for number, article in enumerate(articles):
        for read in article.read:
            found = _candidates(article, read)
            if found:
                names = list(found[0].features)
                rows.append((number % FOLDS, read, found))
    asked = [Asked(_table(found, names), _gold(found, read)) for _, read, found in rows]
    return names, Questions(
        [read.question.text for _, read, _ in rows],
        [found for _, _, found in rows],
        asked,
        np.array([bool(read.question.answers) for _, read, _ in rows]),
        np.array([fold for fold, _, _ in rows]),
        [read.question.kind for _, read, _ in rows],
    )


def _candidates(article: ReadArticle, read: Read) -> list[Candidate]:
    documents = {article.document.key: article.document}
    return candidates(read.question.text, read.hits, documents, read.readings)


def _table(found: Sequence[Candidate], names: Sequence[str]) -> Array:
    return np.array([[candidate.features[name] for name in names] for candidate in found])


def _gold(found: Sequence[Candidate], read: Read) -> Flags:
    return np.array(
        [
            any(c.sentence.start <= at < c.sentence.end for at in read.question.answers)
            for c in found
        ]
    )
