"""Fit the weights of the rewriter.

    python -m training.rewriter DATA

DATA is the directory of the data sets. Conversations: CANARD, split train. Questions that stand
alone: SQuAD, articles of the training part, each question after another one of its article.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from qa.rewriting.weights import FORMAT, WEIGHTS
from training.rewriter.conversations import canard
from training.rewriter.examples import Examples, from_conversations, stand_alone
from training.rewriter.fit import logistic, ranking
from training.rewriter.verbs import verbs

LEANS, NEEDS_TOPIC = -0.3, 0.0
"""Log-odds from which a word leans on earlier turns, or a question needs its topic added."""


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--alone", type=int, default=20000, help="questions that stand alone")
    given = parser.parse_args()
    known = verbs(given.data)
    examples = Examples(frozenset(known))
    from_conversations(canard(given.data, "train"), examples)
    print(len(examples.leans), len(examples.topic), len(examples.mention), flush=True)
    alone = [*stand_alone(given.data, "squad_train_part", "train")]
    for question, before in random.Random(3).sample(alone, given.alone):
        examples.add(question, question, [before])
    print(len(examples.leans), len(examples.topic), len(examples.mention), flush=True)
    weights = {
        "format": FORMAT,
        "verbs": " ".join(known),
        "leans": {"threshold": LEANS, "weights": logistic(examples.leans, 1.0)},
        "topic": {
            "threshold": NEEDS_TOPIC,
            "weights": logistic(examples.topic, 1.0),
        },
        "mention": {"threshold": 0.0, "weights": ranking(examples.mention, 2.0)},
    }
    given.out.write_text(json.dumps(weights, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(given.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
