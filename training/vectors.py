"""Word vectors for the pieces of the vocabulary: skip-gram with negative sampling.

Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their
Compositionality"; trained by gensim.

    python -m training.vectors --data DATA --work WORK
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training import corpora

DIMENSION = 256
LINE = 400
"""Pieces in one line of the corpus file: a window never reaches over its end."""


def write_corpus(data: Path, tokenizer: Tokenizer, path: Path) -> int:
    """Write all prose as lines of piece ids; returns the number of pieces."""
    total = 0
    documents = corpora.prose(data)
    with path.open("w", encoding="ascii") as out:
        while batch := list(itertools.islice(documents, 512)):
            for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
                ids = encoding.ids
                total += len(ids)
                for start in range(0, len(ids), LINE):
                    out.write(" ".join(map(str, ids[start : start + LINE])) + "\n")
    return total


def main() -> None:
    """Train and save ``vectors.npy`` (float32, one row for each piece) and ``counts.npy``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    from gensim.models import Word2Vec

    work: Path = arguments.work
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    corpus = work / "corpus.txt"
    if not corpus.exists():
        print(write_corpus(arguments.data, tokenizer, corpus), "pieces")
    model = Word2Vec(
        corpus_file=str(corpus),
        vector_size=DIMENSION,
        window=6,
        sg=1,
        negative=5,
        sample=1e-4,
        min_count=1,
        epochs=arguments.epochs,
        workers=arguments.workers,
        seed=1,
    )
    pieces = tokenizer.get_vocab_size()
    vectors = np.zeros((pieces, DIMENSION), dtype=np.float32)
    counts = np.zeros(pieces, dtype=np.int64)
    for piece, row in model.wv.key_to_index.items():
        vectors[int(piece)] = model.wv.vectors[row]
        counts[int(piece)] = model.wv.get_vecattr(piece, "count")
    np.save(work / "vectors.npy", vectors)
    np.save(work / "counts.npy", counts)


if __name__ == "__main__":
    main()
