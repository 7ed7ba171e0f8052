"""Fit the weights that turn features into the probability that a sentence answers.

    python -m training.combiner DATA --reader lexical

DATA is the directory of the data; its question sets are in ``qa``. Rows that embedder and reader
have learnt are not read: only split ``dev`` of most sets, and of the training part of SQuAD the
articles that were held out. What the finished product is measured on is not read at all.
Paragraphs of one title form an article, those of rarer titles are put together until they do. Each
article is asked its own questions, unanswerable ones among them, and some of another article.

First the weights: the sentence with the answer must win over the others (softmax over the
candidates of one question). Then scale and bias, by logistic regression on the winners' scores
over other articles, so that a confidence is the share of answers that are right (Platt 1999).
The threshold is where false answers and false refusals together are fewest.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.settings import Settings
from index.text import blocks
from index.types import Document
from qa.assistant import Assistant
from qa.combining import COMBINER, candidates, context
from qa.ports import Reader
from qa.readers import load
from training.corpora import question_rows

SETS = {
    "squad_train_part": "held",
    "squad_dev": "held",
    "nq_qed": "dev",
    "tydiqa_en": "dev",
    "clapnq_dev": "dev",
    "mrqa_ood_small": "dev",
    "timeqa_human": "dev",
    "selqa": "dev",
    "fairytaleqa": "dev",
}
"""Question sets with the split that is read."""
PARAGRAPHS = 20
"""Of an article that is put together."""
Array = npt.NDArray[np.float64]
_Paragraphs = dict[str, list[dict[str, Any]]]
"""Rows by their context."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's candidates: n sentences, f features."""

    features: Array
    """[n, f]"""
    gold: npt.NDArray[np.bool_]
    """[n]; none is gold if the article does not tell, or retrieval missed it."""
    told: bool
    """Whether the article tells."""


@dataclass(frozen=True, slots=True)
class Article:
    """Paragraphs as one document, and questions with the places of their answers."""

    document: Document
    questions: list[tuple[str, list[int]]]
    paragraphs: int


def articles(data: Path, least: int = 8) -> Iterator[Article]:
    """Those of ``least`` paragraphs or more of one title, and others put together."""
    for name, split in SETS.items():
        by_title: dict[str, _Paragraphs] = defaultdict(lambda: defaultdict(list))
        for row in question_rows(data, name, split):
            by_title[row.get("title") or ""][row["context"]].append(row)
        single: list[tuple[str, list[dict[str, Any]]]] = []
        for title, paragraphs in sorted(by_title.items()):
            if title and len(paragraphs) >= least:
                yield _article(f"{name} {title}", paragraphs)
            else:
                single += paragraphs.items()
        for start in range(0, len(single), PARAGRAPHS):
            yield _article(f"{name} {start}", dict(single[start : start + PARAGRAPHS]))


def _article(title: str, paragraphs: _Paragraphs) -> Article:
    text, questions = "", []
    for paragraph, asked in paragraphs.items():
        start = len(text)
        text += paragraph + "\n\n"
        questions += [
            (row["question"], [start + answer["start"] for answer in row["answers"]])
            for row in asked
        ]
    return Article(
        Document(title, title, text, title, tuple(blocks(text))), questions, len(paragraphs)
    )


def ask(
    assistant: Assistant, reader: Reader, document: Document, question: str, answers: Sequence[int]
) -> tuple[list[str], Asked]:
    """The features of every candidate, with their names."""
    hits = assistant.retrieve(question, 8)
    readings = reader.read(question, [context(document, hit) for hit in hits])
    found = candidates(question, hits, {document.key: document}, readings)
    names = list(found[0].features) if found else []
    gold = [any(c.sentence.start <= at < c.sentence.end for at in answers) for c in found]
    features = np.array([[c.features[name] for name in names] for c in found])
    return names, Asked(features, np.array(gold, dtype=bool), bool(answers))


def collect(
    data: Path, reader: Reader, each: int, seed: int
) -> tuple[list[str], list[list[Asked]]]:
    """For each article ``each`` questions to twenty paragraphs, and some of another article."""
    dice = random.Random(seed)
    known = list(articles(data))
    names: list[str] = []
    collected: list[list[Asked]] = []
    for number, article in enumerate(known):
        foreign = known[(number + len(known) // 2) % len(known)].questions
        wanted = each * max(1, article.paragraphs // PARAGRAPHS)
        questions = dice.sample(article.questions, min(wanted, len(article.questions)))
        questions += [(q, []) for q, _ in dice.sample(foreign, min(wanted // 4, len(foreign)))]
        with Assistant.over([article.document], settings=Settings()) as assistant:
            asked = [ask(assistant, reader, article.document, *question) for question in questions]
        names = next((found for found, _ in asked if found), names)
        collected.append([one for _, one in asked if len(one.gold)])
    return names, collected


def fit_weights(asked: Sequence[Asked], rounds: int = 300, l2: float = 1e-3) -> Array:
    """[f] weights that make the gold sentences of each question likely, by Adam."""
    useful = [one for one in asked if one.gold.any()]
    features = np.concatenate([one.features for one in useful])
    gold = np.concatenate([one.gold for one in useful])
    group = np.repeat(np.arange(len(useful)), [len(one.gold) for one in useful])
    weights = np.zeros(features.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, rounds + 1):
        every = _softmax(features @ weights, group)
        right = np.where(gold, every, 0.0)
        right /= np.bincount(group, right)[group]
        slope = features.T @ (every - right) / len(useful) + l2 * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        weights -= 0.05 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights


def _softmax(scores: Array, group: npt.NDArray[np.int64]) -> Array:
    tops = np.full(group[-1] + 1, -np.inf)
    np.maximum.at(tops, group, scores)
    powers = np.exp(scores - tops[group])
    shares: Array = powers / np.bincount(group, powers)[group]
    return shares


def fit_scale(scores: Array, right: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Scale and bias of the logistic curve from score to the chance of being right (Newton)."""
    inputs = np.stack([scores, np.ones_like(scores)], axis=1)
    found = np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-inputs @ found))
        slope = inputs.T @ (chance - right) + 1e-3 * found
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + 1e-3 * np.eye(2)
        found -= np.linalg.solve(curve, slope)
    return float(found[0]), float(found[1])


def best_threshold(confidence: Array, told: npt.NDArray[np.bool_]) -> float:
    """Where the shares of false answers and of false refusals have the smallest sum."""
    tried = np.linspace(0.02, 0.9, 177)
    errors = [(confidence[~told] >= t).mean() + (confidence[told] < t).mean() for t in tried]
    return float(tried[int(np.argmin(errors))])


def main() -> None:
    """Fit, print what came of it, and write the weights into ``combiner.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--reader", default=None)
    parser.add_argument("--each", type=int, default=10, help="questions of twenty paragraphs")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=Path, default=COMBINER)
    given = parser.parse_args()
    reader = load(given.reader)
    names, collected = collect(given.data, reader, given.each, given.seed)
    rest = [one for number, article in enumerate(collected) if number % 3 for one in article]
    held = [one for article in collected[::3] for one in article]
    weights = fit_weights(rest)
    winners = [int(np.argmax(one.features @ weights)) for one in held]
    scores = np.array([one.features[at] @ weights for one, at in zip(held, winners, strict=True)])
    right = np.array([bool(one.gold[at]) for one, at in zip(held, winners, strict=True)])
    told = np.array([one.told for one in held])
    scale, bias = fit_scale(scores, right)
    confidence = 1 / (1 + np.exp(-(scale * scores + bias)))
    threshold = best_threshold(confidence, told)
    write(given.out, reader.name, names, scale * weights, bias, threshold)
    refused, false = confidence[told] < threshold, confidence[~told] >= threshold
    print(f"articles {len(collected)}, held out {len(held)} questions, {told.sum()} told")
    print(f"sentence@1 of told questions {right[told].mean():.3f}")
    print(
        f"threshold {threshold:.3f}: "
        f"false answers {false.mean():.3f}, refusals {refused.mean():.3f}"
    )


def write(
    path: Path, reader: str, names: Sequence[str], weights: Array, bias: float, threshold: float
) -> None:
    """Put one reader's weights into the file, and leave those of others as they are."""
    data = json.loads(path.read_text("utf-8"))
    data["readers"][reader] = {
        "bias": round(bias, 4),
        "threshold": round(threshold, 3),
        "near": round(0.6 * threshold, 3),
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
    }
    path.write_text(json.dumps(data, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
