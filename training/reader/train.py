"""Train the reader within a number of minutes; stop and resume at any time.

    python -m training.reader.train --work WORK --minutes 90

The learning rate follows the clock, not the step, so that a run makes the most of the minutes it is
given. The weights that are kept are a moving average. ``--start`` trains a shipped reader further,
``--encoder`` reads with the encoder of ``training.encoder.pretrain``, and ``--peer`` shares the
work with a second run on another core.
"""

from __future__ import annotations

import argparse
import copy
import math
from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.encoder.pretrain import NAME as ENCODER
from training.encoder.pretrain import options, width
from training.encoder.reader import EncoderReader
from training.reader.batches import Example, Mixture, Packed, assemble, epoch, plain
from training.reader.data import SHARES
from training.reader.exchange import Exchange
from training.reader.loss import REACH, loss, sentence_scores, span_scores
from training.reader.model import Reader, Scores, Size
from training.run import Every, Run

MEETING = 90
"""Seconds between two exchanges with the run beside."""


def fresh(work: Path, packed: Packed, size: Size) -> Reader:
    """A reader with the trained word vectors and nothing else learned."""
    vectors = torch.from_numpy(np.load(work / "vectors.npy"))
    scale = vectors.norm(dim=1)
    vectors = vectors / scale[scale > 0].mean() * math.sqrt(size.vector) * 0.5
    counts = np.load(work / "counts.npy")
    common = torch.from_numpy(np.argsort(-counts)[: size.tuned].copy())
    return Reader(size, vectors, torch.from_numpy(packed.rarity), common)


def begin(arguments: argparse.Namespace, packed: Packed) -> nn.Module:
    """What a run begins with: the encoder, a shipped reader, or one that knows word vectors."""
    if arguments.encoder:
        return upon(arguments, packed)
    if arguments.start is not None:
        from training.reader.warm import load

        return load(arguments.start)
    return fresh(arguments.work, packed, Size())


def kinds(parser: argparse.ArgumentParser) -> None:
    """The options that `begin` reads."""
    parser.add_argument("--encoder", action="store_true", help="read with the pretrained encoder")
    parser.add_argument("--start", type=Path, help="a shipped reader.onnx to train further")


def upon(arguments: argparse.Namespace, packed: Packed) -> EncoderReader:
    """A reader upon the pretrained encoder, or upon an untrained one if there is none yet."""
    reader = EncoderReader(width(arguments), torch.from_numpy(packed.rarity))
    path = arguments.work / ENCODER
    if path.exists():
        state = torch.load(path, weights_only=True, map_location="cpu")["average"]
        own = {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")}
        reader.encoder.load_state_dict(own)
    return reader


@torch.no_grad()
def measure(
    model: nn.Module, packed: Packed, limit: int, shares: dict[str, float], device: str
) -> str:
    """Exact match, word F1, right sentence and right "not here" with the gold context in hand."""
    model.eval()
    order = np.random.default_rng(0).permutation(len(packed.context_of))
    keep = [q for q in order if shares.get(packed.names[packed.dataset[q]], 0) >= 1.0][:limit]
    keep.sort(key=lambda q: packed.context_length(int(packed.context_of[q])))
    items = [plain(packed, int(q), [int(packed.context_of[q])]) for q in keep]
    told, rows = [], []
    for start in range(0, len(items), 40):
        example = assemble(packed, items[start : start + 40]).on(device)
        scores = model(example.batch)
        has = example.answers[:, 0, 0] >= 0
        told += ((scores.answerable > 0) == has).tolist()
        rows += judged(scores, example)
    model.train()
    figures = [*np.mean(rows, axis=0) * 100, np.mean(told) * 100]
    return "EM {:.1f} F1 {:.1f} sentence {:.1f} told {:.1f}".format(*figures)


def judged(scores: Scores, example: Example) -> list[tuple[float, float, float]]:
    """Exact match, word F1 and right sentence of each context that holds an answer."""
    sentence_of = example.batch.sentence_of
    best = span_scores(scores, sentence_of).flatten(1).argmax(1).tolist()
    pick = sentence_scores(scores, sentence_of).argmax(1).tolist()
    rows = []
    for i, answers in enumerate(example.answers.tolist()):
        golds = [(first, last) for first, last in answers if first >= 0]
        if golds:
            first, more = divmod(best[i], REACH)
            found = (first, first + more)
            numbers = {int(sentence_of[i, start]) for start, _ in golds}
            overlap = max(_f1(found, gold) for gold in golds)
            rows.append((float(found in golds), overlap, float(pick[i] in numbers)))
    return rows


def _f1(found: tuple[int, int], gold: tuple[int, ...]) -> float:
    shared = min(found[1], gold[1]) - max(found[0], gold[0]) + 1
    lengths = found[1] - found[0] + 1 + gold[1] - gold[0] + 1
    return 2 * max(0, shared) / lengths


def train(
    run: Run,
    train_set: Packed,
    held: Packed,
    exchange: Exchange | None,
    arguments: argparse.Namespace,
) -> None:
    """Epoch after epoch until the minutes are over."""
    device: str = arguments.device
    saving, measuring = Every(run, 180), Every(run, arguments.every * 60)
    meeting = Every(run, MEETING)
    seen, parts = 0, []
    while not run.over():
        rng = np.random.default_rng((arguments.seed, run.step))
        for example in epoch(train_set, SHARES, arguments.budget, rng, Mixture()):
            with run.timed():
                example = example.on(device)
                value, part = loss(run.model(example.batch), example)
                run.descend(value, clip=3.0)
            seen += example.questions
            parts.append(part)
            if run.step % 100 == 0:
                means = {k: round(float(np.mean([p[k] for p in parts])), 3) for k in parts[0]}
                print(f"{run.elapsed / 60:.1f} min step {run.step} seen {seen} {means}", flush=True)
                parts.clear()
            if exchange and meeting.due() and not run.over():
                exchange.meet(run.model)
            if saving.due():
                run.save()
            if measuring.due():
                print("held:", measure(run.average, held, 800, SHARES, device), flush=True)
            if run.over():
                return


def main() -> None:
    """Start or resume a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    options(parser)
    kinds(parser)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--budget", type=int, default=6000, help="context words in a batch")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--every", type=float, default=8, help="minutes between measurements")
    parser.add_argument("--name", default="reader")
    parser.add_argument("--peer", help="name of a run beside this one to share weights with")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    train_set = Packed.load(arguments.work / "reader-train.npz")
    held = Packed.load(arguments.work / "reader-held.npz")
    model = begin(arguments, train_set).to(arguments.device)
    average = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad],
        lr=1e-3,
        betas=(0.9, 0.98),
        weight_decay=1e-4,
        fused=True,
    )
    path = arguments.work / f"{arguments.name}.pt"
    run = Run(model, average, optimizer, path, arguments.minutes * 60, arguments.rate)
    run.resume(arguments.device)
    peer = arguments.peer
    exchange = Exchange.between(arguments.work, arguments.name, peer) if peer else None
    train(run, train_set, held, exchange, arguments)


if __name__ == "__main__":
    main()
