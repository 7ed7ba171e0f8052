from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks import corpus
from benchmarks.corpus import Article
from benchmarks.peers.protocol import Corpus
from index.ports import Vectors


class Letters:
    """Counts a, b and c."""

    name = fingerprint = "letters"
    dimension = 3

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[t.count(c) for c in "abc"] for t in texts], dtype=np.float32)

    def question(self, text: str) -> Vectors:
        found: Vectors = self.passages([text])[0]
        return found


ARTICLES = [Article("aaa.\n", "which has many a"), Article("bbb.\n"), Article("ccc.\n", "cc")]


def made(folder: Path, passages: int = 3) -> Corpus:
    corpus.make(folder, ARTICLES, passages, embedder=Letters(), questions=2, strange=["strange bb"])
    return Corpus(folder)


def test_a_corpus_is_what_was_put_into_it(tmp_path: Path) -> None:
    found = made(tmp_path / "corpus")
    assert found.texts == ["aaa.", "bbb.", "ccc."]
    facts = json.loads((found.folder / corpus.FACTS).read_text(encoding="utf-8"))
    assert (facts["passages"], facts["characters"]) == (3, 12)
    assert found.vectors.tolist() == [[3, 0, 0], [0, 3, 0], [0, 0, 3]]
    asked = [(q.text, q.answers) for q in found.questions]
    assert asked == [
        ("which has many a", range(1)),
        ("cc", range(2, 3)),
        ("strange bb", range(0)),
    ]
    assert [numbers[0] for numbers in found.nearest] == [0, 2, 1]
    assert [path.name for path in corpus.files(found.folder)] == [
        f"000000{n}.txt" for n in range(3)
    ]


def test_no_more_articles_than_are_needed(tmp_path: Path) -> None:
    assert made(tmp_path / "corpus", 1).texts == ["aaa."]


def test_the_nearest_of_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "_BATCH", 1)
    vectors = np.arange(40, dtype=np.float32)[:, None]
    asked = np.array([[1.0], [-1.0]], dtype=np.float32)
    highest, lowest = corpus.nearest(vectors, asked).tolist()
    assert highest == list(range(39, 29, -1))
    assert lowest == list(range(10))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_articles_of_a_file(tmp_path: Path, packed: bool) -> None:
    title = "Six words make a good headline"
    text = f"{title}\n\n{title}\n\nBody.\n\n\f\nShort\n\nMore.\nLines.\n\f\nAlone\n"
    path = tmp_path / ("news.txt.gz" if packed else "news.txt")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    expected = [Article("Body.", title), Article("More.\nLines.")]
    assert list(corpus.given([path])) == list(corpus.given([tmp_path])) == expected


def test_invented_articles_fill_whole_documents() -> None:
    articles, strange = corpus.prose_articles(21, 2)
    found = list(articles)
    assert len(found) == 2
    assert all(article.question in article.text for article in found)
    assert len(set(strange)) == 2


def test_texts_are_one_line_each(tmp_path: Path) -> None:
    found = made(tmp_path / "corpus")
    lines = (found.folder / "texts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == found.texts
