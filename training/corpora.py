"""Where the training data lies, which of it may train weights that ship, and how to walk it.

Sets whose source marks them non-commercial, research-only or withdrawn are not listed here.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = (
    "books_classics",
    "medquad_health",
    "news_allsides",
    "news_bbc",
    "wiki_passages",
    "world_factbook",
)
"""Prose for the vocabulary and the word vectors."""

QUESTIONS = {
    "squad_train_part": 1.0,
    "squad_dev": 1.0,
    "squad_train_sentences": 0.35,
    "nq_qed": 0.8,
    "nq_open_oracle": 0.8,
    "nq_swap": 0.3,
    "tydiqa_en": 1.0,
    "selqa": 0.5,
    "covidqa": 0.5,
    "fairytaleqa": 0.5,
    "bipar_en": 0.5,
    "timeqa_human": 0.3,
    "multihop": 0.7,
    "contrast_sets": 0.2,
    "mrqa_ood_small": 1.0,
    "tweetqa": 0.3,
    "qamr": 0.2,
    "qasrl_gs": 0.1,
    "qanom": 0.02,
    "squadshifts_amazon_reviews": 0.2,
    "squadshifts_reddit": 0.2,
    "subjqa": 0.1,
    "policyqa": 0.04,
    "ropes": 0.03,
    "doc2dial_rc_val": 0.1,
    "drop_contrast": 0.5,
}
"""Question sets, with the share of their training rows that one epoch sees."""

PAIRS = {
    "canard_quac": 1.0,
    "clapnq_train": 1.0,
    "covid_faq": 1.0,
    "fairytaleqa_free": 1.0,
    "fever": 1.0,
    "medquad": 0.7,
    "pubmedqa": 1.0,
    "trecqa": 1.0,
    "wiki_simplification": 0.2,
    "wikisplit": 0.1,
    "fiqa": 1.0,
    "conditionalqa": 1.0,
}
"""Query and passage pairs, with the share that one epoch sees."""


_RUN = 8
"""Words in a row by which a text is known again in another set."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def documents(path: Path) -> Iterator[str]:
    """The documents of a text file, which a line holding one form feed separates."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        held: list[str] = []
        for line in lines:
            if line.strip("\n") == "\f":
                if held:
                    yield "".join(held).strip()
                held = []
            else:
                held.append(line)
        if held:
            yield "".join(held).strip()


def prose(data: Path) -> Iterator[str]:
    """Every document of every text in use."""
    for name in TEXTS:
        yield from documents(data / "text" / f"{name}.txt.gz")


def held_out(row: dict[str, Any]) -> bool:
    """Whether a training row belongs to the one article in twenty kept for calibration."""
    article = row.get("title") or row["context"][:80]
    return zlib.crc32(article.encode()) % 20 == 0


def question_rows(data: Path, name: str, split: str = "train") -> Iterator[dict[str, Any]]:
    """The rows of one question set; ``split`` is train, held (out of train), or dev.

    Rows of train whose text stands in a held or dev context of any set are left out: sets share
    texts, and some are without titles or cut the texts of others to sentences.
    """
    if split != "train":
        yield from _marked(data, name, split)
        return
    known: dict[str, bool] = {}
    for row in _marked(data, name, split):
        context = row["context"]
        if context not in known:
            known[context] = withheld(data, context)
        if not known[context]:
            yield row


def withheld(data: Path, text: str) -> bool:
    """Whether half or more of a text stands in a held or dev context of any question set."""
    unseen, runs = _unseen(data), _runs(text)
    return 2 * sum(run in unseen for run in runs) >= len(runs)


def _marked(data: Path, name: str, split: str) -> Iterator[dict[str, Any]]:
    for row in rows(data / "qa" / f"{name}.jsonl.gz"):
        if split == "dev":
            if row.get("split", "train") == "dev":
                yield row
        elif row.get("split", "train") == "train" and held_out(row) == (split == "held"):
            yield row


@cache
def _unseen(data: Path) -> frozenset[int]:
    """The runs of words in all contexts that training must not see."""
    found: set[int] = set()
    for name in QUESTIONS:
        for split in ("held", "dev"):
            for context in {row["context"] for row in _marked(data, name, split)}:
                found.update(_runs(context))
    return frozenset(found)


def _runs(text: str) -> list[int]:
    """A number for each eight words in a row, whatever their case and punctuation."""
    words = re.findall(r"\w+", text.lower())
    last = max(1, len(words) - _RUN + 1)
    return [hash(tuple(words[at : at + _RUN])) for at in range(last)]
