"""A training run that follows the clock, and can be stopped and taken up again at any time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

WARM = 0.03
DECAY = 0.999


def rate(share: float, peak: float) -> float:
    """The learning rate after ``share`` (0 to 1) of the time: warm up, then half a cosine."""
    if share < WARM:
        return peak * share / WARM
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, (share - WARM) / (1 - WARM))))


@dataclass
class Run:
    """A model in training with its moving average and its clock, which a checkpoint carries on."""

    model: nn.Module
    average: nn.Module
    optimizer: torch.optim.Optimizer
    path: Path
    total: float
    """Seconds of training in all."""
    peak: float
    """The highest learning rate."""
    elapsed: float = 0.0
    step: int = 0

    def over(self) -> bool:
        """Whether the time is used up."""
        return self.elapsed >= self.total

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

    def resume(self, device: str = "cpu") -> None:
        """Go on from the checkpoint, if there is one."""
        if self.path.exists():
            state = torch.load(self.path, weights_only=True, map_location=device)
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.elapsed, self.step = state["elapsed"], state["step"]
            print(f"resumed at step {self.step} after {self.elapsed / 60:.1f} min", flush=True)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """One step: sets the learning rate before it, and counts it and its time."""
        start = time.monotonic()
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.elapsed / self.total, self.peak)
        yield
        self.step += 1
        self.elapsed += time.monotonic() - start

    def descend(self, value: torch.Tensor, clip: float) -> None:
        """Take one step down the slope of ``value``, and move the average along."""
        self.optimizer.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), clip)
        self.optimizer.step()
        self.blend()

    @torch.no_grad()
    def blend(self) -> None:
        """Move the average towards the model."""
        decay = min(DECAY, (1 + self.step) / (10 + self.step))
        for kept, new in zip(self.average.parameters(), self.model.parameters(), strict=True):
            kept.lerp_(new, 1 - decay)


class Every:
    """Says when so many seconds of a run have passed since it last said so."""

    def __init__(self, run: Run, seconds: float) -> None:
        self._run, self._seconds, self._last = run, seconds, run.elapsed

    def due(self) -> bool:
        """Whether it is time, or the run is over."""
        if self._run.elapsed - self._last < self._seconds and not self._run.over():
            return False
        self._last = self._run.elapsed
        return True
