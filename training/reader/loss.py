"""What a batch should give: span, sentence and "not here", over all contexts of a question."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.reader.batches import Example
from training.reader.model import Scores

NEVER = -1e4
REACH = 32
"""Words of the longest span that is scored."""


def band(square: Tensor) -> Tensor:
    """[b, t, REACH] of [b, t, t]: entry i, l is that of row i and column i + l, 0 outside."""
    b, t, _ = square.shape
    wide = functional.pad(square, (0, REACH)).contiguous()
    skewed = wide.as_strided((b, t, REACH), (t * (t + REACH), t + REACH + 1, 1))
    column, step = (torch.arange(n, device=square.device) for n in (t, REACH))
    inside = column.unsqueeze(1) + step < t
    return skewed * inside


def span_scores(scores: Scores, sentence_of: Tensor) -> Tensor:
    """[b, t, REACH]: the log-odds of each span by its first word and its length less one.

    ``NEVER`` where no span may be: one lies within a sentence and has at most ``REACH`` words.
    """
    rank, words = scores.left.shape[-1], sentence_of.shape[1]
    pairs = band(torch.bmm(scores.left, scores.right.transpose(1, 2))) * rank**-0.5
    ends = functional.pad(scores.end, (0, REACH - 1), value=NEVER).unfold(1, REACH, 1)
    homes = functional.pad(sentence_of, (0, REACH - 1), value=-2).unfold(1, REACH, 1)
    allowed = (homes == sentence_of.unsqueeze(2)) & (sentence_of >= 0).unsqueeze(2)
    masked: Tensor = (pairs + scores.start.unsqueeze(2) + ends).masked_fill(~allowed, NEVER)
    assert masked.shape == (len(sentence_of), words, REACH)
    return masked


def sentence_scores(scores: Scores, sentence_of: Tensor) -> Tensor:
    """[b, s]: the largest word score of each sentence; ``NEVER`` where there is none."""
    count = int(sentence_of.max()) + 1
    out = scores.sentence.new_full((len(sentence_of), count), NEVER)
    return out.scatter_reduce(1, sentence_of.clamp(min=0).long(), scores.sentence, "amax")


def _over_questions(values: Tensor, question_of: Tensor, questions: int) -> Tensor:
    """[questions]: log-sum-exp over each question's contexts and over "not here", which is 0."""
    same = question_of.unsqueeze(0) == question_of.unsqueeze(1)
    slot = same.tril(-1).sum(1)
    grid = values.new_full((questions, int(slot.max()) + 2), NEVER)
    grid[:, -1] = 0.0
    grid = grid.index_put((question_of, slot), values)
    return grid.logsumexp(1)


def _gold(values: Tensor, hit: Tensor, question_of: Tensor, questions: int) -> Tensor:
    """As above over the gold entries alone; "not here" for a question without any."""
    best = values.masked_fill(~hit, NEVER).flatten(1).logsumexp(1)
    has = values.new_zeros(questions).index_add(0, question_of, hit.flatten(1).any(1).float()) > 0
    merged = values.new_full((questions,), NEVER).scatter_reduce(0, question_of, best, "amax")
    return torch.where(has, merged, torch.zeros_like(merged))


def loss(scores: Scores, example: Example) -> tuple[Tensor, dict[str, float]]:
    """The sum to minimise, and its parts for the log."""
    sentence_of, owner, n = example.batch.sentence_of, example.question_of, example.questions
    spans = span_scores(scores, sentence_of)
    hit = _hits(example.answers, sentence_of.shape[1]) & (spans > NEVER / 2)
    span = _over_questions(spans.flatten(1).logsumexp(1), owner, n) - _gold(spans, hit, owner, n)
    span = torch.where(_out_of_reach(example.answers, hit, owner, n), torch.zeros_like(span), span)
    sentences = sentence_scores(scores, sentence_of)
    held = _sentence_hits(example.answers, sentence_of, sentences.shape[1])
    sentence = _over_questions(sentences.logsumexp(1), owner, n) - _gold(sentences, held, owner, n)
    here = held.any(1).float()
    judged = functional.binary_cross_entropy_with_logits(scores.answerable, here)
    total = span.clamp(max=25).mean() + 0.5 * sentence.clamp(max=25).mean() + 0.4 * judged
    parts = {"span": span, "sentence": sentence, "answerable": judged}
    return total, {name: float(value.detach().mean()) for name, value in parts.items()}


def _out_of_reach(answers: Tensor, hit: Tensor, question_of: Tensor, questions: int) -> Tensor:
    """[questions]: there is an answer, but no span that may be scored is it."""
    owed = (answers[..., 0] >= 0).any(1) & ~hit.flatten(1).any(1)
    return owed.new_zeros(questions, dtype=torch.float).index_add(0, question_of, owed.float()) > 0


def _hits(answers: Tensor, words: int) -> Tensor:
    hit = answers.new_zeros(len(answers), words, REACH, dtype=torch.bool)
    row, column = torch.nonzero(answers[..., 0] >= 0, as_tuple=True)
    first, last = answers[row, column].unbind(1)
    inside = (first < words) & (last < words) & (last - first < REACH)
    hit[row[inside], first[inside], (last - first)[inside]] = True
    return hit


def _sentence_hits(answers: Tensor, sentence_of: Tensor, sentences: int) -> Tensor:
    hit = answers.new_zeros(len(answers), sentences, dtype=torch.bool)
    row, column = torch.nonzero(answers[..., 0] >= 0, as_tuple=True)
    first = answers[row, column, 0]
    hit[row, sentence_of[row, first].long().clamp(min=0)] = True
    return hit
