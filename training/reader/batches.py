"""Batches of about equal length from the packed arrays of ``training.reader.data``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from training.reader.model import Batch

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Packed:
    """The arrays of one split; see ``training.reader.data.save``."""

    pieces: Ints
    identities: Ints
    shapes: npt.NDArray[np.float32]
    context: Ints
    context_borders: npt.NDArray[np.int64]
    sentence: Ints
    question: Ints
    question_borders: npt.NDArray[np.int64]
    context_of: Ints
    answers: Ints
    negatives: Ints
    dataset: Ints
    names: list[str]
    rarity: npt.NDArray[np.float32]

    @classmethod
    def load(cls, path: Path) -> Packed:
        """Read the arrays of one split."""
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        arrays["shapes"] = arrays["shapes"].astype(np.float32)
        arrays["names"] = [str(name) for name in arrays["names"]]
        return cls(**arrays)

    def context_length(self, number: int) -> int:
        """Words of a context."""
        return int(self.context_borders[number + 1] - self.context_borders[number])


@dataclass(frozen=True, slots=True)
class Example:
    """A batch with what it should give."""

    batch: Batch
    question_of: Tensor
    """[b]: the question of each context, from 0 and without gaps."""
    answers: Tensor
    """[b, ANSWERS, 2]: first and last word, -1 where there is none."""
    questions: int


def epoch(
    packed: Packed, shares: dict[str, float], budget: int, rng: np.random.Generator, negative: float
) -> Iterator[Example]:
    """One pass over a share of each set: batches of at most ``budget`` context words.

    A question brings its gold context and, with probability ``negative``, a hard negative.
    """
    share = np.array([shares.get(name, 0.0) for name in packed.names])[packed.dataset]
    chosen = np.flatnonzero(rng.random(len(share)) < share)
    rng.shuffle(chosen)
    for start in range(0, len(chosen), 6000):
        items = [_contexts(packed, int(q), rng, negative) for q in chosen[start : start + 6000]]
        lengths = [max(packed.context_length(c) for c in contexts) for _, contexts in items]
        order = np.argsort(np.array(lengths) + rng.random(len(items)) * 8)
        batches = list(_cut([items[i] for i in order], [lengths[i] for i in order], budget))
        for i in rng.permutation(len(batches)):
            yield assemble(packed, batches[i])


def _contexts(
    packed: Packed, question: int, rng: np.random.Generator, negative: float
) -> tuple[int, list[int]]:
    contexts = [int(packed.context_of[question])]
    pool = packed.negatives[question]
    pool = pool[pool >= 0]
    if len(pool) and rng.random() < negative:
        contexts.append(int(rng.choice(pool)))
    return question, contexts


def _cut(
    items: list[tuple[int, list[int]]], lengths: list[int], budget: int
) -> Iterator[list[tuple[int, list[int]]]]:
    held: list[tuple[int, list[int]]] = []
    count = 0
    for item, length in zip(items, lengths, strict=True):
        count += len(item[1])
        held.append(item)
        if count * (length + 12) >= budget:
            yield held
            held, count = [], 0
    if held:
        yield held


def padded(rows: list[Ints], fill: int = 0) -> Ints:
    """[len(rows), longest], filled up at the end."""
    out = np.full((len(rows), max(map(len, rows))), fill, dtype=np.int32)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out


def assemble(packed: Packed, items: list[tuple[int, list[int]]]) -> Example:
    """The tensors of some questions with their contexts; the first context is the gold one."""
    asked, read, sentences, owner, answers = [], [], [], [], []
    nothing = np.full_like(packed.answers[0], -1)
    for number, (question, contexts) in enumerate(items):
        for context in contexts:
            gold = context == packed.context_of[question]
            owner.append(number)
            asked.append(_slice(packed.question, packed.question_borders, question))
            read.append(_slice(packed.context, packed.context_borders, context))
            sentences.append(_slice(packed.sentence, packed.context_borders, context))
            answers.append(packed.answers[question] if gold else nothing)
    q, c = padded(asked), padded(read)
    batch = Batch(
        torch.from_numpy(packed.pieces[q]).long(),
        torch.from_numpy(packed.identities[q]),
        torch.from_numpy(packed.shapes[q]),
        torch.from_numpy(packed.pieces[c]).long(),
        torch.from_numpy(packed.identities[c]),
        torch.from_numpy(packed.shapes[c]),
        torch.from_numpy(padded(sentences, -1)),
    )
    return Example(
        batch, torch.tensor(owner), torch.from_numpy(np.stack(answers)).long(), len(items)
    )


def _slice(flat: Ints, borders: npt.NDArray[np.int64], number: int) -> Ints:
    return flat[borders[number] : borders[number + 1]]
