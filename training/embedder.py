"""Train the embedded embedder: a static model, one vector for each piece, texts as their mean.

    python -m training.embedder --data DATA --work WORK --out index/models/embedder

Contrastive with in-batch negatives (Henderson et al. 2017, arXiv 1705.00652), half of the batches
drawn from few articles so that the negatives are hard; nested dimensions (Kusupati et al. 2022,
arXiv 2205.13147). It starts from the skip-gram vectors, weighted by smooth inverse frequency
(Arora et al. 2017).
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from index.text import sentences
from training import corpora

NESTED = (256, 128, 64)
LONGEST = 220
"""Pieces of a text that count in training."""

Pair = tuple[str, str, str]
"""Group (article or set), question or headline, passage or sentence."""


def question_pairs(data: Path, rng: random.Random) -> Iterator[Pair]:
    """Questions with their contexts and with their answering sentences."""
    for name, share in corpora.QUESTIONS.items():
        if name in ("nq_swap", "ropes", "policyqa", "subjqa", "drop_contrast", "contrast_sets"):
            continue
        for row in corpora.question_rows(data, name):
            if not row["answerable"] or rng.random() > min(1.0, share * 1.5):
                continue
            context, question = row["context"], row["question"]
            group = f"{name}:{row.get('title', '')}"
            yield group, question, context
            if len(context) > 300 and rng.random() < 0.5:
                at = row["answers"][0]["start"]
                answering = [s for s in sentences(context) if s.start <= at < s.end]
                if answering:
                    yield group, question, answering[0].of(context)


def other_pairs(data: Path, rng: random.Random) -> Iterator[Pair]:
    """Query and passage pairs, and headlines with a piece of their body."""
    for name, share in corpora.PAIRS.items():
        for row in corpora.rows(data / "pairs" / f"{name}.jsonl.gz"):
            if rng.random() < share:
                yield name, row["query"], row["positive"]
    for name in ("news_allsides", "news_bbc", "wiki_passages"):
        for document in corpora.documents(data / "text" / f"{name}.txt.gz"):
            title, _, body = document.partition("\n")
            words = body.split()
            if 2 < len(title.split()) < 25 and len(words) > 60:
                at = rng.randrange(0, max(1, min(len(words), 600) - 120))
                yield name, title, " ".join(words[at : at + 120])


def encode(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    """Piece ids of each text, at most ``LONGEST``."""
    ids: list[list[int]] = []
    for start in range(0, len(texts), 4096):
        batch = tokenizer.encode_batch_fast(texts[start : start + 4096], add_special_tokens=False)
        ids += [encoding.ids[:LONGEST] or [1] for encoding in batch]
    return ids


def mean(ids: list[list[int]], table: Tensor) -> Tensor:
    """[len(ids), dimension]: the mean of each text's rows of the table."""
    borders = [0, *itertools.accumulate(len(part) for part in ids)]
    flat = torch.tensor(list(itertools.chain.from_iterable(ids)))
    return functional.embedding_bag(flat, table, torch.tensor(borders[:-1]), mode="mean")


def batches(groups: list[str], size: int, rng: random.Random) -> Iterator[list[int]]:
    """Every pair once: half of the batches mixed, half from few articles each."""
    order = list(range(len(groups)))
    rng.shuffle(order)
    half = len(order) // 2
    mixed, grouped = order[:half], order[half:]
    articles: dict[str, list[int]] = defaultdict(list)
    for i in grouped:
        articles[groups[i]].append(i)
    keys = sorted(articles)
    rng.shuffle(keys)
    near = [i for key in keys for i in articles[key]]
    cut = [part[s : s + size] for part in (mixed, near) for s in range(0, len(part), size)]
    cut = [part for part in cut if len(part) > size // 2]
    rng.shuffle(cut)
    yield from cut


def contrast(a: Tensor, b: Tensor, same: Tensor, scale: float) -> Tensor:
    """Symmetric cross entropy over the likenesses, at each nested dimension."""
    total = a.new_zeros(())
    target = torch.arange(len(a))
    for dimension in NESTED:
        x = functional.normalize(a[:, :dimension], dim=1)
        y = functional.normalize(b[:, :dimension], dim=1)
        likeness = (x @ y.T * scale).masked_fill(same, -1e4)
        total = total + functional.cross_entropy(likeness, target)
        total = total + 0.5 * functional.cross_entropy(likeness.T, target)
    return total


def train(
    pairs: list[Pair],
    tokenizer: Tokenizer,
    table: torch.nn.Parameter,
    arguments: argparse.Namespace,
) -> None:
    """Move the table until the minutes or the epochs are over."""
    rng = random.Random(arguments.seed)
    groups = [group for group, _, _ in pairs]
    left = encode(tokenizer, [question for _, question, _ in pairs])
    right = encode(tokenizer, [passage for _, _, passage in pairs])
    identity = np.unique([hash(passage) for _, _, passage in pairs], return_inverse=True)[1]
    asked = np.unique([hash(question) for _, question, _ in pairs], return_inverse=True)[1]
    optimizer = torch.optim.Adam([table], lr=arguments.rate)
    steps = arguments.epochs * (len(pairs) // arguments.batch)
    step, start, losses = 0, time.monotonic(), []
    for _ in range(arguments.epochs):
        for chosen in batches(groups, arguments.batch, rng):
            optimizer.param_groups[0]["lr"] = arguments.rate * max(0.02, 1 - step / steps)
            a, b = (mean([side[i] for i in chosen], table) for side in (left, right))
            same = _same(identity[chosen]) | _same(asked[chosen])
            value = contrast(a, b, same, arguments.scale)
            optimizer.zero_grad(set_to_none=True)
            value.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            step += 1
            losses.append(float(value.detach()))
            if step % 100 == 0:
                minutes = (time.monotonic() - start) / 60
                print(f"{minutes:.1f} min step {step}/{steps} {np.mean(losses):.3f}", flush=True)
                losses.clear()


def _same(identity: np.ndarray) -> Tensor:
    equal = identity[:, None] == identity[None, :]
    np.fill_diagonal(equal, False)
    return torch.from_numpy(equal)


def save(table: Tensor, tokenizer: Tokenizer, out: Path) -> None:
    """Write an ordinary sentence-transformers directory, its table in sixteen bits."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    static = StaticEmbedding(tokenizer, embedding_weights=table.numpy())
    SentenceTransformer(modules=[static.half()], device="cpu").save(str(out))


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--scale", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    tokenizer = Tokenizer.from_file(str(arguments.work / "tokenizer.json"))
    pairs = [*question_pairs(arguments.data, rng), *other_pairs(arguments.data, rng)]
    print(len(pairs), "pairs", flush=True)
    vectors = np.load(arguments.work / "vectors.npy")
    counts = np.load(arguments.work / "counts.npy")
    share = counts / counts.sum()
    vectors *= (1e-3 / (1e-3 + share))[:, None] / np.linalg.norm(vectors, axis=1).mean()
    table = torch.nn.Parameter(torch.from_numpy(vectors.astype(np.float32)))
    train(pairs, tokenizer, table, arguments)
    save(table.detach(), tokenizer, arguments.out)


if __name__ == "__main__":
    main()
