"""The reader, version 1: a small recurrent network over question and passage together.

Two bidirectional LSTM layers over piece vectors, match, rarity and shape features (DrQA, arXiv
1704.00051; FastQA, arXiv 1703.04816), attention from passage to question (BiDAF, arXiv
1611.01603), and a score for every span: start + end + a low-rank product of both. Span scores are
log-odds against "not here", so they compare between passages (arXiv 1710.10723).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from qa.features import SHAPES


@dataclass(frozen=True, slots=True)
class Size:
    """Widths of the network."""

    pieces: int = 24_576
    vector: int = 256
    """Of the frozen piece vectors."""
    word: int = 160
    hidden: int = 128
    """Of one direction of an LSTM."""
    pair: int = 32
    """Rank of the product between start and end."""
    tuned: int = 3_000
    """The commonest pieces, whose vectors move in training."""


@dataclass(frozen=True, slots=True)
class Batch:
    """b contexts with their questions, padded: t words a context, q words a question."""

    question_pieces: Tensor
    """[b, q, PIECES], int; 0 is padding."""
    question_identities: Tensor
    """[b, q, 3], int."""
    question_shapes: Tensor
    """[b, q, SHAPES], float."""
    context_pieces: Tensor
    context_identities: Tensor
    context_shapes: Tensor
    sentence_of: Tensor
    """[b, t], int; -1 is padding."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of every word of the contexts."""

    start: Tensor
    """[b, t]."""
    end: Tensor
    """[b, t]."""
    left: Tensor
    """[b, t, pair]; with ``right`` it scores a start and an end together."""
    right: Tensor
    """[b, t, pair]."""
    sentence: Tensor
    """[b, t]; the largest in a sentence is the sentence's log-odds."""
    answerable: Tensor
    """[b]; log-odds that the context holds an answer."""


MATCHES = 8
"""Match and rarity features of a context word, made inside the network."""


class WordVectors(nn.Module):
    """Mean of the vectors of a word's pieces, projected, with its rarity."""

    table: Tensor
    rarity: Tensor
    slot: Tensor

    def __init__(self, size: Size, vectors: Tensor, rarity: Tensor, common: Tensor) -> None:
        """``vectors`` [pieces, vector]; ``rarity`` [pieces]; ``common`` [tuned] piece ids."""
        super().__init__()
        self.register_buffer("table", vectors)
        self.register_buffer("rarity", rarity)
        slot = torch.zeros(len(vectors), dtype=torch.long)
        slot[common] = torch.arange(1, len(common) + 1)
        self.register_buffer("slot", slot)
        self.project = nn.Linear(size.vector, size.word, bias=False)
        self.moved = nn.Embedding(size.tuned + 1, size.word, padding_idx=0)
        nn.init.zeros_(self.moved.weight)

    def folded(self) -> Tensor:
        """One table [pieces, word] that stands for projection and tuning together."""
        table: Tensor = self.project(self.table) + self.moved(self.slot)
        return table

    def forward(self, pieces: Tensor) -> tuple[Tensor, Tensor]:
        """``pieces`` [b, n, p] gives vectors [b, n, word] and rarity [b, n]."""
        there = (pieces > 0).to(self.table.dtype).unsqueeze(-1)
        count = there.sum(2).clamp(min=1.0)
        mean = (self.table[pieces] * there).sum(2) / count
        moved = (self.moved(self.slot[pieces]) * there).sum(2) / count
        return self.project(mean) + moved, (self.rarity[pieces] * there.squeeze(-1)).amax(2)


def matches(batch: Batch, asked: Tensor, rare: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """Match features of context words [b, t, MATCHES] and of question words [b, q, 2].

    ``asked`` [b, q] and ``rare`` [b, t] are rarities, ``real`` [b, q] is 0 on padding.
    """
    same = batch.context_identities.unsqueeze(2) == batch.question_identities.unsqueeze(1)
    same = same.to(rare.dtype) * real[:, None, :, None]
    best = same.amax(2)
    stem = same[..., 2]
    alike = batch.sentence_of.unsqueeze(2) == batch.sentence_of.unsqueeze(1)
    alike = alike.to(rare.dtype) * (batch.sentence_of >= 0).to(rare.dtype).unsqueeze(1)
    held = torch.bmm(alike, stem).clamp(max=1.0)
    weight = asked * real
    total = weight.sum(1, keepdim=True).clamp(min=1e-3)
    share = torch.bmm(held, weight.unsqueeze(-1)).squeeze(-1) / total
    heavy = (stem * weight.unsqueeze(1)).amax(2)
    context_share = (stem.amax(1) * weight).sum(1, keepdim=True) / total
    of_context = torch.cat(
        [
            best,
            heavy.unsqueeze(-1),
            rare.unsqueeze(-1),
            share.unsqueeze(-1),
            context_share.expand_as(share).unsqueeze(-1),
            (batch.context_pieces > 0).to(rare.dtype).sum(2, keepdim=True).clamp(max=3.0) / 3.0,
        ],
        dim=-1,
    )
    of_question = torch.stack([stem.amax(1), asked], dim=-1)
    return of_context, of_question


class Reader(nn.Module):
    """See the module's docstring."""

    def __init__(self, size: Size, vectors: Tensor, rarity: Tensor, common: Tensor) -> None:
        super().__init__()
        self.size = size
        hidden, both = size.hidden, 2 * size.hidden
        self.words = WordVectors(size, vectors, rarity, common)
        self.align = nn.Linear(size.word, 96)
        self.ask = nn.LSTM(size.word + SHAPES + 2, hidden, batch_first=True, bidirectional=True)
        self.read = nn.LSTM(
            2 * size.word + SHAPES + MATCHES, hidden, batch_first=True, bidirectional=True
        )
        self.attend_context = nn.Linear(both, hidden)
        self.attend_question = nn.Linear(both, hidden)
        self.fuse = nn.Linear(4 * both + MATCHES, both)
        self.think = nn.LSTM(both, hidden, batch_first=True, bidirectional=True)
        self.weigh = nn.Linear(both, 1)
        self.summary = nn.Linear(both, both)
        self.state = nn.Linear(2 * both, both)
        self.point = nn.Linear(both, 4)
        self.left = nn.Linear(both, size.pair)
        self.right = nn.Linear(both, size.pair)
        self.judge = nn.Linear(2 * both + 1, 1)
        self.drop = nn.Dropout(0.2)

    def forward(self, batch: Batch) -> Scores:
        """Score every word of every context against its question."""
        real = (batch.question_pieces[..., 0] > 0).to(batch.question_shapes.dtype)
        there = (batch.sentence_of >= 0).to(batch.question_shapes.dtype)
        question, asked = self.words(batch.question_pieces)
        context, rare = self.words(batch.context_pieces)
        question, context = self.drop(question), self.drop(context)
        of_context, of_question = matches(batch, asked, rare, real)
        aligned = self._aligned(context, question, real)
        q = self.ask(torch.cat([question, batch.question_shapes, of_question], -1))[0]
        p = self.read(torch.cat([context, aligned, batch.context_shapes, of_context], -1))[0]
        q, p = self.drop(q), self.drop(p)
        fused = self._fused(p, q, real, there, of_context)
        t = self.drop(self.think(fused)[0])
        weight = (self.weigh(q).squeeze(-1) + (real - 1.0) * 1e4).softmax(1)
        whole = torch.bmm(weight.unsqueeze(1), q)
        state = torch.relu(self.state(torch.cat([t, t * self.summary(whole)], -1)))
        points = self.point(state)
        away = (there - 1.0) * 1e4
        peak = (state + away.unsqueeze(-1)).amax(1)
        sentence = points[..., 2] + away
        judged = torch.cat([peak, whole.squeeze(1), sentence.amax(1, keepdim=True)], -1)
        return Scores(
            points[..., 0] + away,
            points[..., 1] + away,
            self.left(state),
            self.right(state),
            sentence,
            self.judge(judged).squeeze(-1),
        )

    def _aligned(self, context: Tensor, question: Tensor, real: Tensor) -> Tensor:
        """The question as each context word sees it, by likeness of the words alone (DrQA)."""
        likeness = torch.bmm(
            torch.relu(self.align(context)), torch.relu(self.align(question)).transpose(1, 2)
        )
        likeness = likeness + (real[:, None, :] - 1.0) * 1e4
        return torch.bmm(likeness.softmax(2), question)

    def _fused(
        self, p: Tensor, q: Tensor, real: Tensor, there: Tensor, of_context: Tensor
    ) -> Tensor:
        """Context states joined with the question states that they attend to (BiDAF)."""
        scale = self.size.hidden**-0.5
        likeness = torch.bmm(self.attend_context(p), self.attend_question(q).transpose(1, 2))
        likeness = likeness * scale + (real[:, None, :] - 1.0) * 1e4
        seen = torch.bmm(likeness.softmax(2), q)
        turned = (likeness.amax(2) + (there - 1.0) * 1e4).softmax(1)
        gist = torch.bmm(turned.unsqueeze(1), p)
        return torch.relu(self.fuse(torch.cat([p, seen, p * seen, p * gist, of_context], -1)))
