"""What every engine is given: the same articles, passages, vectors and questions, in one folder.

``articles/`` holds the files, ``texts.jsonl`` a passage a line, ``vectors.npy`` the vectors of the
embedded embedder, ``questions.json`` and ``question_vectors.npy`` the questions, ``nearest.npy``
the passages nearest to each by comparing all. A passage is known by its number, from 0.
"""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.prose import PASSAGES_OF_A_DOCUMENT, Prose
from index.passages import split
from index.ports import Embedder, Vectors
from index.sources import expand, read
from index.text import sentences

NEAREST = 10
FACTS = "facts.json"
_A_FOLDER = 1000
"""Articles in a folder: some file systems are slow with more."""
_BATCH = 4096
_WORDS = 8
_DRAWN = 300_000
"""Sentences kept to be drawn from; some 60 MB."""
_PARAGRAPHS, _SENTENCES = 20, 4
"""Of an article put together of them."""
_A_PASSAGE = 640
"""Characters of an article for each of its passages, as news turn out."""
_FEWEST_WORDS, _MOST_WORDS = 6, 30
"""A shorter title says too little to be asked, and a longer one is a paragraph."""


@dataclass(frozen=True, slots=True)
class Article:
    """A text, and what may be asked of it."""

    text: str
    question: str = ""
    """Found when any passage of the article is; empty for none."""


def invented(prose: Prose, passages: int) -> Iterator[Article]:
    """Random prose; some words of each article are its question."""
    for document in prose.documents(passages):
        yield Article(document.text, " ".join(document.text.split()[40 : 40 + _WORDS]))


def given(paths: Sequence[Path]) -> Iterator[Article]:
    """Articles of text files: the first line, left out of the text, is the question.

    A folder stands for its ``.txt`` and ``.txt.gz`` files; in a file, articles are separated by a
    line that holds one form feed.
    """
    for path in itertools.chain.from_iterable(map(_files, paths)):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            yield from filter(None, map(_article, _parts(file)))


def continued(articles: Iterable[Article], seed: int = 7) -> Iterator[Article]:
    """The articles, and without end more of sentences drawn from them, which nothing asks."""
    drawn: list[str] = []
    for article in articles:
        yield article
        if len(drawn) < _DRAWN:
            found = sentences(article.text)
            drawn += [" ".join(span.of(article.text).split()) for span in found]
    random = np.random.default_rng(seed)
    while drawn:
        chosen = random.integers(0, len(drawn), (_PARAGRAPHS, _SENTENCES)).tolist()
        yield Article("\n\n".join(" ".join(drawn[at] for at in row) for row in chosen))


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.txt*")) if path.is_dir() else [path]


def _parts(lines: Iterable[str]) -> Iterator[str]:
    part: list[str] = []
    for line in itertools.chain(lines, ["\f"]):
        if line.strip(" \n") == "\f":
            yield "".join(part)
            part = []
        else:
            part.append(line)


def _article(part: str) -> Article | None:
    title, _, text = part.strip().partition("\n")
    text = text.removeprefix("\n").strip()
    while title and text.startswith(title):  # some repeat it
        text = text.removeprefix(title).strip()
    asked = title if _FEWEST_WORDS <= len(title.split()) <= _MOST_WORDS else ""
    return Article(text, asked) if text else None


def written(folder: Path, articles: Iterable[Article], passages: int) -> list[tuple[str, int, int]]:
    """Write articles and their passages until there are so many.

    Returns:
        Of each question its text, the first passage that answers it and the one after the last.
    """
    count, asked = 0, []
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as texts:
        for number, article in enumerate(articles):
            document = read(_file(folder, number, article))
            found = split(document)
            texts.writelines(json.dumps(p.span.of(document.text)) + "\n" for p in found)
            if article.question and found:
                asked.append((article.question, count, count + len(found)))
            count += len(found)
            if count >= passages:
                break
    return asked


def _file(folder: Path, number: int, article: Article) -> Path:
    path = folder / "articles" / f"{number // _A_FOLDER:04}" / f"{number:07}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(article.text, encoding="utf-8")
    return path


def make_alone(
    folder: Path, articles: Iterable[Article], passages: int, *, embedder: Embedder, questions: int
) -> None:
    """Fill ``folder`` with articles of about so many passages, and questions, and nothing else.

    Of a million passages the rest takes longer than their index.
    """
    folder.mkdir(parents=True)
    characters, asked = 0, []
    for number, article in enumerate(articles):
        _file(folder, number, article)
        asked += [article.question] if article.question else []
        characters += len(article.text)
        if characters >= passages * _A_PASSAGE:
            break
    chosen = [asked[at] for at in np.linspace(0, len(asked) - 1, questions, dtype=int)]
    rows = [{"text": text, "first": 0, "stop": 0} for text in chosen]
    (folder / "questions.json").write_text(json.dumps(rows), encoding="utf-8")
    np.save(folder / "question_vectors.npy", np.stack([embedder.question(q) for q in chosen]))
    (folder / FACTS).write_text(json.dumps({"characters": characters}), encoding="utf-8")


def make(
    folder: Path,
    articles: Iterable[Article],
    passages: int,
    *,
    embedder: Embedder,
    questions: int,
    strange: Sequence[str] = (),
) -> int:
    """Fill ``folder``; ``strange`` are further questions, which nothing answers.

    Returns:
        How many passages there are. In the file `FACTS` stands as JSON: ``passages``,
        ``characters``, and ``embedding CPU s`` for all passages.
    """
    folder.mkdir(parents=True)
    asked = written(folder, articles, passages)
    chosen = [asked[at] for at in np.linspace(0, len(asked) - 1, questions, dtype=int)]
    rows = [{"text": text, "first": first, "stop": stop} for text, first, stop in chosen]
    rows += [{"text": text, "first": 0, "stop": 0} for text in strange]
    (folder / "questions.json").write_text(json.dumps(rows), encoding="utf-8")
    texts = [json.loads(line) for line in (folder / "texts.jsonl").open(encoding="utf-8")]
    before = time.process_time()
    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", "w+", np.float32, (len(texts), embedder.dimension)
    )
    for start in range(0, len(texts), _BATCH):
        vectors[start : start + _BATCH] = embedder.passages(texts[start : start + _BATCH])
    spent = time.process_time() - before
    vectors.flush()
    asking = np.stack([embedder.question(str(row["text"])) for row in rows])
    np.save(folder / "question_vectors.npy", asking)
    np.save(folder / "nearest.npy", nearest(vectors, asking))
    facts = {
        "passages": len(texts),
        "characters": sum(map(len, texts)),
        "embedding CPU s": round(spent, 2),
    }
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    return len(texts)


def nearest(vectors: Vectors, asked: Vectors) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Numbers of the nearest passages of each question, best first, by comparing all."""
    kept: list[tuple[np.ndarray, np.ndarray]] = []
    for start in range(0, len(vectors), _BATCH * 16):
        scores = asked @ vectors[start : start + _BATCH * 16].T
        top = np.argsort(-scores, axis=1, kind="stable")[:, :NEAREST]
        kept.append((top + start, np.take_along_axis(scores, top, axis=1)))
    numbers, scores = (np.concatenate(side, axis=1) for side in zip(*kept, strict=True))
    order = np.argsort(-scores, axis=1, kind="stable")[:, :NEAREST]
    return np.take_along_axis(numbers, order, axis=1)


def files(folder: Path) -> list[Path]:
    """The articles of a corpus, in the order of their passages."""
    return expand([folder / "articles"])


def prose_articles(passages: int, questions: int) -> tuple[Iterator[Article], list[str]]:
    """Random prose and, besides its questions, as many of words at large."""
    other = Prose(11)
    strange = [" ".join(other.words(_WORDS)) for _ in range(questions)]
    whole = -(-passages // PASSAGES_OF_A_DOCUMENT) * PASSAGES_OF_A_DOCUMENT
    return invented(Prose(), whole), strange
