"""The reader upon the encoder: question and context are read together, in one sequence of words.

It is told what the recurrent reader is told (matches, rarity, shapes) and says what it says, so
that loss, export and the adapter in the package serve both.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.encoder.model import Encoder, Width
from training.reader.model import MATCHES, Batch, Scores, matches

PAIR = 32
"""Rank of the product between start and end."""


class EncoderReader(nn.Module):
    """See the module's docstring."""

    rarity: Tensor

    def __init__(self, width: Width, rarity: Tensor) -> None:
        """``rarity`` [pieces], 0 to 1."""
        super().__init__()
        size = width.word
        self.encoder = Encoder(width)
        self.register_buffer("rarity", rarity)
        self.of_context = nn.Linear(MATCHES, size)
        self.of_question = nn.Linear(2, size)
        self.state = nn.Linear(2 * size, size)
        self.point = nn.Linear(size, 4)
        self.left = nn.Linear(size, PAIR)
        self.right = nn.Linear(size, PAIR)
        self.judge = nn.Linear(2 * size + 1, 1)

    def forward(self, batch: Batch) -> Scores:
        """Score every word of every context against its question."""
        asked_there = batch.question_pieces[..., 0] > 0
        read_there = batch.sentence_of >= 0
        states = self._states(batch, asked_there)
        there = torch.cat([asked_there, read_there], 1)
        known = self.encoder(states, there)
        count = batch.question_pieces.shape[1]
        question, context = known[:, :count], known[:, count:]
        real = asked_there.to(known.dtype).unsqueeze(-1)
        whole = (question * real).sum(1) / real.sum(1).clamp(min=1.0)
        both = torch.cat([context, context * whole.unsqueeze(1)], -1)
        return self._scores(torch.relu(self.state(both)), whole, read_there)

    def _states(self, batch: Batch, asked_there: Tensor) -> Tensor:
        """[b, q + t, word]: the words of both with what is known of each."""
        words = self.encoder.words
        question = words(batch.question_pieces, batch.question_shapes)
        context = words(batch.context_pieces, batch.context_shapes)
        asked = self._rare(batch.question_pieces)
        rare = self._rare(batch.context_pieces)
        of_context, of_question = matches(batch, asked, rare, asked_there.to(rare.dtype))
        return torch.cat(
            [question + self.of_question(of_question), context + self.of_context(of_context)], 1
        )

    def _rare(self, pieces: Tensor) -> Tensor:
        return (self.rarity[pieces] * (pieces > 0).to(self.rarity.dtype)).amax(2)

    def _scores(self, state: Tensor, whole: Tensor, there: Tensor) -> Scores:
        away = (there.to(state.dtype) - 1.0) * 1e4
        points = self.point(state)
        sentence = points[..., 2] + away
        peak = (state + away.unsqueeze(-1)).amax(1)
        judged = torch.cat([peak, whole, sentence.amax(1, keepdim=True)], -1)
        return Scores(
            points[..., 0] + away,
            points[..., 1] + away,
            self.left(state),
            self.right(state),
            sentence,
            self.judge(judged).squeeze(-1),
        )
