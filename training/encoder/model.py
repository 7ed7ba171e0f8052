"""A Transformer over words, small enough to read eight passages on a laptop.

A word is the mean of its pieces' vectors plus its shape, as in the recurrent reader, so that both
read the same input and run behind the same adapter. Blocks normalise first (Xiong et al. 2020,
arXiv 2002.04745), turn positions into rotations (Su et al. 2021, arXiv 2104.09864), and gate their
inner layer (Shazeer 2020, arXiv 2002.05202).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from qa.features import SHAPES


@dataclass(frozen=True, slots=True)
class Width:
    """Sizes of an encoder."""

    pieces: int = 24_576
    word: int = 256
    """Of the state of a word."""
    layers: int = 5
    heads: int = 4
    inner: int = 640
    """Of the gated layer of a block."""

    def narrow(self, factor: int, layers: int) -> Width:
        """For a generator: states by ``factor`` narrower; heads stay as wide as they were."""
        heads = max(1, self.heads // factor)
        return Width(self.pieces, self.word // factor, layers, heads, self.inner // factor)


class Norm(nn.Module):
    """Root mean square normalisation (Zhang and Sennrich 2019), in parts that ONNX 17 knows."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        """[..., size], each vector scaled to a mean square of 1."""
        square = x.float().pow(2).mean(-1, keepdim=True)
        scaled: Tensor = (x * torch.rsqrt(square + 1e-6)).to(x.dtype) * self.weight
        return scaled


class Words(nn.Module):
    """Pieces and shape of a word to one vector."""

    def __init__(self, width: Width) -> None:
        super().__init__()
        self.table = nn.Embedding(width.pieces, width.word, padding_idx=0)
        self.shape = nn.Linear(SHAPES, width.word, bias=False)
        self.norm = Norm(width.word)
        nn.init.normal_(self.table.weight, std=0.5)
        with torch.no_grad():
            self.table.weight[0].zero_()

    def forward(self, pieces: Tensor, shapes: Tensor) -> Tensor:
        """[b, n, PIECES] and [b, n, SHAPES] to [b, n, word]."""
        count = (pieces > 0).sum(2, keepdim=True).clamp(min=1)
        normed: Tensor = self.norm(self.table(pieces).sum(2) / count + self.shape(shapes))
        return normed


def rotations(positions: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines [b, 1, n, size / 2] for positions [b, n]."""
    steps = torch.arange(0, size, 2, device=positions.device) / size
    angles = positions.unsqueeze(-1).float() * (10_000.0**-steps)
    return angles.cos().unsqueeze(1), angles.sin().unsqueeze(1)


def rotated(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """[b, h, n, size] turned by position, the first half of each head against the second."""
    first, second = x.chunk(2, -1)
    cosine, sine = (part.to(x.dtype) for part in turn)
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], -1)


class Block(nn.Module):
    """Attention and a gated layer, each added to what comes in."""

    def __init__(self, width: Width) -> None:
        super().__init__()
        self.heads = width.heads
        self.before_attention = Norm(width.word)
        self.asked = nn.Linear(width.word, 3 * width.word, bias=False)
        self.told = nn.Linear(width.word, width.word, bias=False)
        self.before_inner = Norm(width.word)
        self.inner = nn.Linear(width.word, 2 * width.inner, bias=False)
        self.outer = nn.Linear(width.inner, width.word, bias=False)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], seen: Tensor) -> Tensor:
        """[b, n, word]; ``seen`` [b, 1, 1, n] is 0 where attention may look, else very low."""
        b, n, size = x.shape
        parts = self.asked(self.before_attention(x)).view(b, n, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = functional.scaled_dot_product_attention(
            rotated(query, turn), rotated(key, turn), value, attn_mask=seen.to(query.dtype)
        )
        x = x + self.told(mixed.transpose(1, 2).reshape(b, n, size))
        gate, inner = self.inner(self.before_inner(x)).chunk(2, -1)
        left: Tensor = x + self.outer(functional.gelu(gate) * inner)
        return left

    def quieten(self, depth: int) -> None:
        """Begin with small steps: what ``depth`` blocks add stays in bounds."""
        for layer in (self.told, self.outer):
            nn.init.normal_(layer.weight, std=0.02 / (2 * depth) ** 0.5)


class Encoder(nn.Module):
    """Words in, words that know their neighbours out."""

    def __init__(self, width: Width) -> None:
        super().__init__()
        self.width = width
        self.words = Words(width)
        blocks = [Block(width) for _ in range(width.layers)]
        for block in blocks:
            block.quieten(width.layers)
        self.blocks = nn.ModuleList(blocks)
        self.norm = Norm(width.word)

    def forward(self, states: Tensor, there: Tensor) -> Tensor:
        """States [b, n, word] of words; ``there`` [b, n] is False on padding, which no word sees.

        Positions count the words that are there.
        """
        positions = there.long().cumsum(1) - 1
        turn = rotations(positions, self.width.word // self.width.heads)
        seen = (~there).to(states.dtype)[:, None, None, :] * -1e4
        for block in self.blocks:
            states = block(states, turn, seen)
        normed: Tensor = self.norm(states)
        return normed
