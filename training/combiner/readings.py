"""Every question with what retrieval and reader say of it, kept so that a refit takes a minute."""

from __future__ import annotations

import hashlib
import pickle
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from index.settings import Settings
from index.types import Document
from qa.assistant import Assistant
from qa.combining import context
from qa.onnx_reader import OnnxReader
from qa.ports import Reader
from qa.readers import EMBEDDED, load
from qa.types import Hit, Reading
from training.combiner.questions import Article, Question, articles, asked

EACH = 10
"""Articles between two states of the cache."""
READ = 8
"""Passages, as many as the product reads."""


@dataclass(frozen=True, slots=True)
class Read:
    """One question with its hits and their readings."""

    question: Question
    hits: list[Hit]
    readings: list[Reading]


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article with everything that it was asked."""

    document: Document
    read: list[Read]


def collect(
    data: Path, name: str | None, share: float, seed: int, cache: Path | None, processes: int = 2
) -> list[ReadArticle]:
    """Ask all questions; what ``cache`` holds of the same models and questions is taken from it.

    The cache is written along the way, so that stopping loses little.
    """
    wanted = list(asked(list(articles(data)), share, seed))
    random.Random(seed).shuffle(wanted)
    stamp = _stamp(name, wanted)
    found = _kept(cache, stamp)
    with ProcessPoolExecutor(processes, get_context("spawn"), _load, (name,)) as pool:
        for number, one in enumerate(pool.map(_read, wanted[len(found) :]), start=len(found) + 1):
            found.append(one)
            if cache is not None and (number % EACH == 0 or number == len(wanted)):
                _keep(cache, stamp, found)
                print(f"{number} of {len(wanted)} articles read", file=sys.stderr, flush=True)
    return found


def _keep(cache: Path, stamp: str, found: list[ReadArticle]) -> None:
    part = cache.with_suffix(".part")
    part.write_bytes(pickle.dumps((stamp, found)))
    part.replace(cache)


def _kept(cache: Path | None, stamp: str) -> list[ReadArticle]:
    if cache is None or not cache.is_file():
        return []
    kept_stamp, kept = pickle.loads(cache.read_bytes())
    return list(kept) if kept_stamp == stamp else []


def _stamp(name: str | None, wanted: Sequence[tuple[Article, Sequence[Question]]]) -> str:
    from index.embedders import load as embedder

    digest = hashlib.sha256(f"{name} {embedder(None).fingerprint}".encode())
    for article, questions in wanted:
        digest.update(f"{article.document.key} {questions}".encode())
    if name is None:
        digest.update((EMBEDDED / "reader.onnx").read_bytes())
    return digest.hexdigest()


_readers: list[Reader] = []
"""That of this process; several threads of one reader wait for each other more than they help."""


def _load(name: str | None) -> None:
    _readers.append(OnnxReader.load(EMBEDDED, threads=1) if name is None else load(name))


def _read(wanted: tuple[Article, Sequence[Question]]) -> ReadArticle:
    (article, questions), document, read = wanted, wanted[0].document, []
    with Assistant.over([article.document], settings=Settings()) as assistant:
        for question in questions:
            hits = assistant.retrieve(question.text, READ)
            contexts = [context(document, hit) for hit in hits]
            read.append(Read(question, hits, _readers[0].read(question.text, contexts)))
    return ReadArticle(document, read)
