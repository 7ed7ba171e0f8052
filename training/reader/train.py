"""Train the reader within a number of minutes; stop and resume at any time.

    python -m training.reader.train --work WORK --minutes 90

The learning rate follows the clock, not the step: warm up, hold, fall to zero at the end, so that
a run makes the most of the minutes it is given. The weights that are kept are a moving average.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from training import corpora
from training.reader.batches import Packed, assemble, epoch
from training.reader.loss import REACH, loss, sentence_scores, span_scores
from training.reader.model import Reader, Size

WARM = 0.03
DECAY = 0.999
NEGATIVE = 0.35
"""The share of questions that bring a hard negative beside their own context."""


def fresh(work: Path, packed: Packed, size: Size) -> Reader:
    """A reader with the trained word vectors and nothing else learned."""
    vectors = torch.from_numpy(np.load(work / "vectors.npy"))
    scale = vectors.norm(dim=1)
    vectors = vectors / scale[scale > 0].mean() * math.sqrt(size.vector) * 0.5
    counts = np.load(work / "counts.npy")
    common = torch.from_numpy(np.argsort(-counts)[: size.tuned].copy())
    return Reader(size, vectors, torch.from_numpy(packed.rarity), common)


def rate(share: float, peak: float) -> float:
    """The learning rate after ``share`` (0 to 1) of the time."""
    if share < WARM:
        return peak * share / WARM
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, (share - WARM) / (1 - WARM))))


@torch.no_grad()
def measure(model: nn.Module, packed: Packed, limit: int, shares: dict[str, float]) -> str:
    """Exact match, word F1, right sentence and right "not here" with the gold context in hand."""
    model.eval()
    order = np.random.default_rng(0).permutation(len(packed.context_of))
    keep = [q for q in order if shares.get(packed.names[packed.dataset[q]], 0) >= 1.0][:limit]
    keep.sort(key=lambda q: packed.context_length(int(packed.context_of[q])))
    exact, overlap, right, told = [], [], [], []
    for start in range(0, len(keep), 40):
        chosen = [(int(q), [int(packed.context_of[q])]) for q in keep[start : start + 40]]
        example = assemble(packed, chosen)
        scores = model(example.batch)
        spans = span_scores(scores, example.batch.sentence_of)
        best = spans.flatten(1).argmax(1)
        pick = sentence_scores(scores, example.batch.sentence_of).argmax(1)
        for i, golds in enumerate(example.answers.tolist()):
            gold = [tuple(g) for g in golds if g[0] >= 0]
            told.append((float(scores.answerable[i]) > 0) == bool(gold))
            if gold:
                first, more = divmod(int(best[i]), REACH)
                found = (first, first + more)
                exact.append(float(found in gold))
                overlap.append(max(_f1(found, g) for g in gold))
                numbers = {int(example.batch.sentence_of[i, g[0]]) for g in gold}
                right.append(float(int(pick[i]) in numbers))
    model.train()
    figures = (np.mean(part) * 100 for part in (exact, overlap, right, told))
    return "EM {:.1f} F1 {:.1f} sentence {:.1f} told {:.1f}".format(*figures)


def _f1(found: tuple[int, int], gold: tuple[int, ...]) -> float:
    shared = min(found[1], gold[1]) - max(found[0], gold[0]) + 1
    lengths = found[1] - found[0] + 1 + gold[1] - gold[0] + 1
    return 2 * max(0, shared) / lengths


@dataclass
class Run:
    """A training run with its clock, which a checkpoint carries on."""

    model: Reader
    average: Reader
    optimizer: torch.optim.Optimizer
    path: Path
    elapsed: float = 0.0
    step: int = 0

    def save(self) -> None:
        """Write the checkpoint whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "elapsed": self.elapsed,
            "step": self.step,
        }
        torch.save(state, self.path.with_suffix(".tmp"))
        self.path.with_suffix(".tmp").replace(self.path)

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        if self.path.exists():
            state = torch.load(self.path, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.elapsed, self.step = state["elapsed"], state["step"]
            print(f"resumed at step {self.step} after {self.elapsed / 60:.1f} min", flush=True)

    @torch.no_grad()
    def blend(self) -> None:
        """Move the average towards the model."""
        decay = min(DECAY, (1 + self.step) / (10 + self.step))
        for kept, new in zip(self.average.parameters(), self.model.parameters(), strict=True):
            kept.lerp_(new, 1 - decay)


def train(run: Run, train_set: Packed, held: Packed, arguments: argparse.Namespace) -> None:
    """Epoch after epoch until the minutes are over."""
    total = arguments.minutes * 60
    seen, parts, saved, measured = 0, [], run.elapsed, run.elapsed
    number = run.step
    while run.elapsed < total:
        rng = np.random.default_rng(arguments.seed * 1000 + number)
        number += 1
        for example in epoch(train_set, corpora.QUESTIONS, arguments.budget, rng, NEGATIVE):
            start = time.monotonic()
            for group in run.optimizer.param_groups:
                group["lr"] = rate(run.elapsed / total, arguments.rate)
            value, part = loss(run.model(example.batch), example)
            run.optimizer.zero_grad(set_to_none=True)
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(run.model.parameters(), 3.0)
            run.optimizer.step()
            run.step += 1
            run.blend()
            seen += example.questions
            parts.append(part)
            run.elapsed += time.monotonic() - start
            if run.step % 100 == 0:
                means = {k: round(float(np.mean([p[k] for p in parts])), 3) for k in parts[0]}
                print(f"{run.elapsed / 60:.1f} min step {run.step} seen {seen} {means}", flush=True)
                parts.clear()
            if run.elapsed - saved > 180 or run.elapsed >= total:
                run.save()
                saved = run.elapsed
            if run.elapsed - measured > arguments.every * 60 or run.elapsed >= total:
                print("held:", measure(run.average, held, 800, corpora.QUESTIONS), flush=True)
                measured = run.elapsed
            if run.elapsed >= total:
                return


def main() -> None:
    """Start or resume a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--budget", type=int, default=6000, help="context words in a batch")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--every", type=float, default=8, help="minutes between measurements")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="reader")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    train_set = Packed.load(arguments.work / "reader-train.npz")
    held = Packed.load(arguments.work / "reader-held.npz")
    size = Size()
    model, average = fresh(arguments.work, train_set, size), fresh(arguments.work, train_set, size)
    average.load_state_dict(model.state_dict())
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad],
        lr=1e-3,
        betas=(0.9, 0.98),
        weight_decay=1e-4,
        fused=True,
    )
    run = Run(model, average, optimizer, arguments.work / f"{arguments.name}.pt")
    run.resume()
    train(run, train_set, held, arguments)


if __name__ == "__main__":
    main()
