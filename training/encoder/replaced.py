"""The task of pretraining: tell which words a small generator has put in the place of others.

ELECTRA (Clark et al. 2020, arXiv 2003.10555), with whole words for tokens and with runs of words
hidden together (SpanBERT, Joshi et al. 2020, arXiv 1907.10529).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder.model import Encoder, Width, Words

HIDDEN = 0.15
"""The share of words that are hidden."""
RUN = 0.4
"""The chance that a run of hidden words goes on after each word."""
WEIGHT = 30.0
"""Of the discriminator's loss against the generator's."""


@dataclass(frozen=True, slots=True)
class Types:
    """What is known of word types, on the device that trains."""

    pieces: Tensor
    """[types, PIECES]."""
    shapes: Tensor
    """[types, SHAPES], uint8."""
    common: Tensor
    """[classes]: the types that the generator can say."""
    classes: Tensor
    """[types]: the class of a type, -1 for one that it cannot say."""


class Pretraining(nn.Module):
    """Generator and discriminator over one table of word vectors."""

    def __init__(self, width: Width, classes: int) -> None:
        super().__init__()
        small = width.narrow(factor=4, layers=max(1, width.layers // 2))
        self.words = Words(width)
        self.hidden = nn.Parameter(torch.randn(width.word))
        self.down = nn.Linear(width.word, small.word, bias=False)
        self.generator = Encoder(small)
        self.generator.words = nn.Identity()  # type: ignore[assignment]
        self.say = nn.Linear(small.word, classes)
        self.encoder = Encoder(width)
        self.encoder.words = self.words
        self.judge = nn.Sequential(
            nn.Linear(width.word, width.word), nn.GELU(), nn.Linear(width.word, 1)
        )

    def forward(self, words: Tensor, types: Types, chance: torch.Generator) -> dict[str, Tensor]:
        """Losses and the discriminator's hits over ``words`` [b, n], types with 0 for padding."""
        there = words > 0
        chosen = hide(words, types.classes, chance)
        states = self._states(words, types)
        covered = torch.where(chosen.unsqueeze(-1), self.hidden.to(states.dtype), states)
        guessed = self.say(self.generator(self.down(covered), there)[chosen])
        wanted = types.classes[words[chosen]].long()
        missed = functional.cross_entropy(guessed.float(), wanted, reduction="sum")
        generator = missed / max(1, len(wanted))
        filled = words.clone()
        filled[chosen] = types.common[sample(guessed.detach(), chance)].to(words.dtype)
        false = (filled != words)[there].float()
        said = self.judge(self.encoder(self._states(filled, types), there)).squeeze(-1)[there]
        judged = functional.binary_cross_entropy_with_logits(said.float(), false)
        found = ((said > 0) & (false > 0)).sum() / false.sum().clamp(min=1)
        return {
            "loss": generator + WEIGHT * judged,
            "generator": generator.detach(),
            "judged": judged.detach(),
            "found": found.detach(),
            "false": false.mean().detach(),
        }

    def _states(self, words: Tensor, types: Types) -> Tensor:
        shapes = types.shapes[words].to(self.hidden.dtype)
        states: Tensor = self.words(types.pieces[words].long(), shapes)
        return states


def hide(words: Tensor, classes: Tensor, chance: torch.Generator) -> Tensor:
    """[b, n]: which words are hidden, in runs; never one that the generator cannot say."""
    drawn = torch.rand(words.shape, generator=chance, device=words.device)
    chosen = newest = drawn < HIDDEN * (1 - RUN)
    for _ in range(4):
        drawn = torch.rand(words.shape, generator=chance, device=words.device)
        newest = functional.pad(newest, (1, 0))[:, :-1] & (drawn < RUN)
        chosen = chosen | newest
    return chosen & (classes[words] >= 0)


def sample(scores: Tensor, chance: torch.Generator) -> Tensor:
    """One class for each row of log-odds, by its probability (the Gumbel trick)."""
    drawn = torch.rand(scores.shape, generator=chance, device=scores.device)
    noise = -torch.log(-torch.log(drawn.clamp(1e-9, 1 - 1e-7)))
    return (scores.float() + noise).argmax(-1)
