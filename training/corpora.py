"""Where the training data lies, which of it may train weights that ship, and how to walk it.

Sets whose source marks them non-commercial, research-only or withdrawn are not listed here.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
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
    """The rows of one question set; ``split`` is train, held (out of train), or dev."""
    for row in rows(data / "qa" / f"{name}.jsonl.gz"):
        if split == "dev":
            if row.get("split", "train") == "dev":
                yield row
        elif row.get("split", "train") == "train" and held_out(row) == (split == "held"):
            yield row
