"""Pretrain the encoder within a number of minutes, on a processor or an accelerator.

    python -m training.encoder.pretrain --work WORK --minutes 22 --device cuda

Stops and goes on at any time; prints a line for every hundred steps, which is the curve.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch

from training.encoder.corpus import Corpus
from training.encoder.model import Width
from training.encoder.replaced import Pretraining, Types
from training.run import Every, Run

NAME = "encoder.pt"


def placed(corpus: Corpus, device: str) -> Types:
    """What is known of the types, on the device."""
    return Types(
        torch.from_numpy(corpus.pieces).to(device),
        torch.from_numpy(corpus.shapes).to(device),
        torch.from_numpy(corpus.common).to(device),
        torch.from_numpy(corpus.classes()).to(device),
    )


def draw(corpus: Corpus, rows: int, length: int, rng: np.random.Generator) -> torch.Tensor:
    """[rows, length] words from anywhere; what stands after the first end of a text is padding."""
    starts = rng.integers(0, len(corpus.words) - length, rows)
    words = np.stack([corpus.words[start : start + length] for start in starts])
    ended = np.cumsum(words == 0, axis=1) > 0
    ended[:, 0] = False
    return torch.from_numpy(np.where(ended, 0, words)).long()


def train(run: Run, corpus: Corpus, arguments: argparse.Namespace) -> None:
    """Draw, step, print, until the time is over."""
    device: str = arguments.device
    types = placed(corpus, device)
    saving = Every(run, 180)
    seen, parts = 0, []
    half = torch.autocast(device, torch.bfloat16) if device == "cuda" else nullcontext()
    while not run.over():
        rng = np.random.default_rng((arguments.seed, run.step))
        chance = torch.Generator(device).manual_seed(arguments.seed + run.step)
        with run.timed():
            words = draw(corpus, arguments.rows, arguments.length, rng).to(device)
            with half:
                told = run.model(words, types, chance)
            run.descend(told.pop("loss"), clip=1.0)
        seen += words.numel()
        parts.append(told)
        if run.step % 100 == 0 or run.over():
            means = {k: round(float(np.mean([float(p[k]) for p in parts])), 3) for k in parts[0]}
            print(f"{run.elapsed / 60:.1f} min step {run.step} words {seen:,} {means}", flush=True)
            parts.clear()
        if saving.due():
            run.save()


def begin(corpus: Corpus, arguments: argparse.Namespace) -> Run:
    """A run that is new, or goes on from its checkpoint."""
    made = [
        Pretraining(width(arguments), len(corpus.common)).to(arguments.device) for _ in range(2)
    ]
    made[1].load_state_dict(made[0].state_dict())
    optimizer = torch.optim.AdamW(
        made[0].parameters(), lr=arguments.rate, betas=(0.9, 0.98), weight_decay=0.02, fused=True
    )
    run = Run(
        made[0],
        made[1],
        optimizer,
        arguments.work / NAME,
        arguments.minutes * 60,
        arguments.rate,
    )
    run.resume(arguments.device)
    return run


def options(parser: argparse.ArgumentParser) -> None:
    """The sizes of an encoder, shared by what makes one and what uses it."""
    sizes = Width()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--word", type=int, default=sizes.word)
    parser.add_argument("--layers", type=int, default=sizes.layers)
    parser.add_argument("--heads", type=int, default=sizes.heads)
    parser.add_argument("--inner", type=int, default=sizes.inner)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)


def width(arguments: argparse.Namespace) -> Width:
    """The sizes that were asked for."""
    return Width(
        word=arguments.word, layers=arguments.layers, heads=arguments.heads, inner=arguments.inner
    )


def main() -> None:
    """Start or resume."""
    parser = argparse.ArgumentParser(description=__doc__)
    options(parser)
    parser.add_argument("--minutes", type=float, default=22)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--length", type=int, default=128)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    corpus = Corpus.load(arguments.work)
    run = begin(corpus, arguments)
    if not run.over():
        train(run, corpus, arguments)


if __name__ == "__main__":
    main()
