"""Fit the weights that rank sentences, and those that tell whether the best of them answers.

    python -m training.combiner DATA --cache FILE
    python -m training.combiner DATA --reader lexical

DATA is the directory of the data; its question sets are in ``qa``. Rows that embedder and reader
have learnt are not read: only split ``dev`` of most sets, and of the training part of SQuAD the
articles that were held out. What the finished product is measured on is not read at all.
``training.combiner.questions`` tells what is asked.

First the ranking: the sentence with the answer must win over the others (softmax over the
candidates of one question). Then, over the signs of ``qa.telling``, two logistic regressions in ten
folds of whole articles: whether the article tells, without the signs of how far the winner is
ahead; and, of articles that tell, whether the winner is right. What is printed, and the threshold,
come from folds that were not fitted. The threshold leaves out the sets' own untold questions:
people wrote them before the passage to mislead a reader. A last logistic curve from the held-out
scores of each to what it is about (Platt 1999) makes probabilities of them.

FILE keeps what the reader says; while models and questions stay the same, a refit takes a minute.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from qa.combining import COMBINER
from qa.evaluation.metrics import auroc, calibration_error, coverage_at
from qa.readers import load
from qa.telling import OF_LEAD
from training.combiner.fit import Array, Flags, fit_ranking, fit_scale, sigmoids
from training.combiner.judges import (
    best_threshold,
    fit_fall,
    fit_judge,
    others,
    rounded,
    signs_of,
)
from training.combiner.questions import OWN
from training.combiner.readings import collect
from training.combiner.table import Questions, questions

NEAR = 0.6
"""Part of the threshold from which a sentence is worth naming as the nearest."""


def main() -> None:
    """Fit, print what came of it, and write the weights into ``combiner.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--reader", default=None)
    parser.add_argument("--share", type=float, default=0.4, help="of the questions there are")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=COMBINER)
    given = parser.parse_args()
    read = collect(given.data, given.reader, given.share, given.seed, given.cache, given.processes)
    names, found = questions(read)
    ranking = fit_ranking(found.asked)
    winners = [int(np.argmax(one.features @ ranking)) for one in found.asked]
    right = np.array([bool(one.gold[at]) for one, at in zip(found.asked, winners, strict=True)])
    tops = [one.features[at] @ ranking for one, at in zip(found.asked, winners, strict=True)]
    scale, bias = fit_scale(np.array(tops), right)
    seen = signs_of(found, ranking, scale, bias)
    told = fit_judge(seen.without(OF_LEAD), found.told, np.ones_like(found.told), found.fold)
    best = fit_judge(seen, right, found.told, found.fold)
    usual = found.told | (np.array(found.kinds) != OWN)
    threshold = best_threshold(told.probability, found.told, usual)
    row = {
        "bias": round(bias, 4),
        "threshold": round(threshold, 3),
        "near": round(NEAR * threshold, 3),
        "weights": rounded(names, scale * ranking),
        "told": told.row(),
        "right": best.row(),
        "fall": round(fit_fall(others(found, scale * ranking, best.log_odds)), 2),
    }
    write(given.out, load(given.reader).name, row)
    alone = sigmoids(scale * np.array(tops) + bias)
    report(found, right, alone, told.probability, best.probability, threshold)


def write(path: Path, reader: str, row: dict[str, object]) -> None:
    """Put one reader's weights into the file, and leave those of others as they are."""
    data = json.loads(path.read_text("utf-8"))
    data["readers"][reader] = row
    path.write_text(json.dumps(data, indent=2) + "\n", "utf-8")


def report(
    found: Questions, right: Flags, alone: Array, tells: Array, best: Array, threshold: float
) -> None:
    """Print figures of questions in folds that were not fitted."""
    told = found.told
    print(f"questions {len(told)}, told {told.sum()}")
    print(f"sentence@1 of told questions {right[told].mean():.3f}")
    for name, score, aim in (
        ("ranking alone", alone, right),
        ("texts tell", tells, told),
        ("texts tell and sentence is right", tells * best, right),
    ):
        error = calibration_error(score, aim.astype(float))
        apart = auroc(score[told], score[~told]), auroc(score[right], score[~right])
        covered = coverage_at(0.8, score, right.astype(float))
        print(
            f"{name}: AUROC told {apart[0]:.3f}, right {apart[1]:.3f}, "
            f"coverage@80 {covered:.3f}, ECE {error:.3f}"
        )
    for kind in sorted(set(found.kinds)):
        these = ~told & (np.array(found.kinds) == kind)
        let_through = (tells[these] >= threshold).mean()
        apart_from = auroc(tells[told], tells[these])
        print(f"  {kind}: {these.sum()} untold, AUROC {apart_from:.3f}, answered {let_through:.3f}")
    refused, false = tells[told] < threshold, tells[~told] >= threshold
    print(
        f"threshold {threshold:.3f}: "
        f"false answers {false.mean():.3f}, refusals {refused.mean():.3f}"
    )
    for name, those in (("told", told), ("untold", ~told)):
        near = (tells[those] < threshold) & (tells[those] >= NEAR * threshold)
        print(f"  {name}: nearest {near.mean():.3f}")


if __name__ == "__main__":
    main()
