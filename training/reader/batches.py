"""Batches of about equal length from the packed arrays of ``training.reader.data``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
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
    stand_ins: Ints
    """[word types, STAND_INS]: types that may stand for a type in a question; 0 is none."""

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

    def on(self, device: str) -> Example:
        """The same on a device."""
        if device == "cpu":
            return self
        moved = Batch(*(getattr(self.batch, f.name).to(device) for f in fields(Batch)))
        owner, answers = self.question_of.to(device), self.answers.to(device)
        return Example(moved, owner, answers, self.questions)


@dataclass(frozen=True, slots=True)
class Item:
    """A question as it is asked once: with its own words or others, of one or two contexts."""

    question: int
    words: Ints
    contexts: list[int]
    told: bool
    """Whether the first context answers it as asked."""

    def length(self, packed: Packed) -> int:
        """Words of the longest context."""
        return max(packed.context_length(context) for context in self.contexts)


@dataclass(frozen=True, slots=True)
class Mixture:
    """How often a question brings what; probabilities."""

    negative: float = 0.35
    """A hard negative beside the gold context."""
    reworded: float = 0.45
    """Some of its words give way to synonyms."""
    spoiled: float = 0.08
    """It is asked once more with a name or number that the context does not speak of."""


PLAIN = Mixture(0.0, 0.0, 0.0)


def epoch(
    packed: Packed,
    shares: dict[str, float],
    budget: int,
    rng: np.random.Generator,
    mixture: Mixture,
) -> Iterator[Example]:
    """One pass over a share of each set: batches of at most ``budget`` context words.

    A share of 1.5 takes each question once or twice.
    """
    share = np.array([shares.get(name, 0.0) for name in packed.names])[packed.dataset]
    chosen = np.repeat(np.arange(len(share)), (share + rng.random(len(share))).astype(int))
    rng.shuffle(chosen)
    for start in range(0, len(chosen), 6000):
        items = [
            item
            for q in chosen[start : start + 6000]
            for item in asked(packed, int(q), rng, mixture)
        ]
        lengths = [item.length(packed) for item in items]
        order = np.argsort(np.array(lengths) + rng.random(len(items)) * 8)
        batches = list(_cut([items[i] for i in order], [lengths[i] for i in order], budget))
        for i in rng.permutation(len(batches)):
            yield assemble(packed, batches[i])


def asked(
    packed: Packed, question: int, rng: np.random.Generator, mixture: Mixture
) -> Iterator[Item]:
    """The question, and sometimes its spoiled twin."""
    gold = int(packed.context_of[question])
    words = _slice(packed.question, packed.question_borders, question)
    told = bool(packed.answers[question, 0, 0] >= 0)
    contexts = [gold]
    pool = packed.negatives[question]
    pool = pool[pool >= 0]
    if len(pool) and rng.random() < mixture.negative:
        contexts.append(int(rng.choice(pool)))
    new = reworded(packed, words, rng) if rng.random() < mixture.reworded else words
    yield Item(question, new, contexts, told)
    if told and rng.random() < mixture.spoiled:
        twin = spoiled(packed, words, gold, rng)
        if twin is not None:
            yield Item(question, twin, [gold], told=False)


def reworded(packed: Packed, words: Ints, rng: np.random.Generator) -> Ints:
    """The question with about half of the words that have stand-ins replaced."""
    choices = packed.stand_ins[words]
    count = (choices > 0).sum(1)
    moved = (count > 0) & (rng.random(len(words)) < 0.5)
    picked = choices[np.arange(len(words)), (rng.random(len(words)) * count).astype(int)]
    return np.where(moved, picked, words).astype(np.int32)


_NAME, _NUMBER = 0, 3
"""Columns of ``qa.features`` shapes: a capitalised word, a number."""


def spoiled(packed: Packed, words: Ints, gold: int, rng: np.random.Generator) -> Ints | None:
    """The question with one name or number of the context replaced by one foreign to it.

    The foreign word has the same shape and comes from another question; None if there is none. The
    first word of a question is capitalised without being a name.
    """
    context = _slice(packed.context, packed.context_borders, gold)
    shapes = packed.shapes
    named = (shapes[words, _NAME] + shapes[words, _NUMBER] > 0) & np.isin(words, context)
    named[0] = False
    places = np.flatnonzero(named)
    if not len(places):
        return None
    place = int(rng.choice(places))
    other = int(rng.integers(len(packed.context_of)))
    foreign = _slice(packed.question, packed.question_borders, other)[1:]
    alike = (shapes[foreign] == shapes[words[place]]).all(1)
    alike &= ~np.isin(packed.identities[foreign, 2], packed.identities[context, 2])
    if not alike.any():
        return None
    twin: Ints = words.copy()
    twin[place] = rng.choice(foreign[alike])
    return twin


def _cut(items: list[Item], lengths: list[int], budget: int) -> Iterator[list[Item]]:
    held: list[Item] = []
    count = 0
    for item, length in zip(items, lengths, strict=True):
        count += len(item.contexts)
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


def plain(packed: Packed, question: int, contexts: list[int]) -> Item:
    """A question in its own words."""
    words = _slice(packed.question, packed.question_borders, question)
    return Item(question, words, contexts, bool(packed.answers[question, 0, 0] >= 0))


def assemble(packed: Packed, items: list[Item]) -> Example:
    """The tensors of some questions with their contexts; the first context is the gold one."""
    questions, read, sentences, owner, answers = [], [], [], [], []
    nothing = np.full_like(packed.answers[0], -1)
    for number, item in enumerate(items):
        for context in item.contexts:
            gold = item.told and context == packed.context_of[item.question]
            owner.append(number)
            questions.append(item.words)
            read.append(_slice(packed.context, packed.context_borders, context))
            sentences.append(_slice(packed.sentence, packed.context_borders, context))
            answers.append(packed.answers[item.question] if gold else nothing)
    q, c = padded(questions), padded(read)
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
