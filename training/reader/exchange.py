"""Two runs that train the same reader and meet every few minutes, each on a core of its own.

Each leaves its weights in a file and moves half the way to what the other left, without ever
waiting for it: local steps with averaging (Stich 2019, arXiv 1805.09767), asynchronous as in
elastic averaging (Zhang, Choromanska and LeCun 2015, arXiv 1412.6651).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn


@dataclass
class Exchange:
    """Where a run leaves its weights, and where it finds those of the other."""

    own: Path
    other: Path
    met: int = -1
    """Time of change of the other's file when it was read last, in nanoseconds."""

    @classmethod
    def between(cls, work: Path, name: str, peer: str) -> Exchange:
        """For the run of this name."""
        return cls(work / f"{name}.shared.pt", work / f"{peer}.shared.pt")

    @torch.no_grad()
    def meet(self, model: nn.Module) -> bool:
        """Leave the weights and take in the other's; False if it has left no new ones."""
        temporary = self.own.with_suffix(".tmp")
        torch.save(model.state_dict(), temporary)
        temporary.replace(self.own)
        if not self.other.exists() or (changed := self.other.stat().st_mtime_ns) == self.met:
            return False
        self.met = changed
        theirs = torch.load(self.other, weights_only=True)
        for name, value in model.named_parameters():
            value.lerp_(theirs[name], 0.5)
        return True
