"""What a question becomes before it is trained on."""

from __future__ import annotations

import numpy as np
import torch

from training.reader.batches import (
    PLAIN,
    Mixture,
    Packed,
    asked,
    assemble,
    plain,
    reworded,
    spoiled,
)
from training.reader.batches import epoch as batches


def words(packed: Packed, question: int) -> np.ndarray:
    return packed.question[
        packed.question_borders[question] : packed.question_borders[question + 1]
    ]


def test_a_reworded_question_has_its_stand_ins_and_else_its_own_words(packed: Packed) -> None:
    own = words(packed, 0)
    rng = np.random.default_rng(0)
    seen = [reworded(packed, own, rng) for _ in range(40)]
    (place,) = np.flatnonzero(packed.stand_ins[own][:, 0])
    for new in seen:
        assert (np.delete(new, place) == np.delete(own, place)).all()
    assert {int(new[place]) for new in seen} == {
        int(own[place]),
        int(packed.stand_ins[own[place], 0]),
    }


def test_a_spoiled_question_asks_of_a_name_or_number_that_the_context_lacks(packed: Packed) -> None:
    own, gold = words(packed, 0), int(packed.context_of[0])
    start, end = packed.context_borders[gold], packed.context_borders[gold + 1]
    context = packed.context[start:end]
    rng = np.random.default_rng(0)
    twins = [twin for _ in range(60) if (twin := spoiled(packed, own, gold, rng)) is not None]
    assert twins
    for twin in twins:
        (place,) = np.flatnonzero(twin != own)
        assert own[place] in context
        assert twin[place] not in context
        assert (packed.shapes[twin[place]] == packed.shapes[own[place]]).all()


def test_a_spoiled_twin_is_not_told(packed: Packed) -> None:
    rng = np.random.default_rng(0)
    always = Mixture(negative=0.0, reworded=0.0, spoiled=1.0)
    seen = [list(asked(packed, 0, rng, always)) for _ in range(60)]
    assert {tuple(item.told for item in items) for items in seen} <= {(True,), (True, False)}
    twin = next(items[1] for items in seen if len(items) == 2)
    example = assemble(packed, [plain(packed, 0, [0]), twin])
    assert example.answers[0, 0].tolist() != [-1, -1]
    assert (example.answers[1] == -1).all()


def test_an_epoch_without_a_mixture_asks_every_question_once_in_its_own_words(
    packed: Packed,
) -> None:
    rng = np.random.default_rng(0)
    examples = list(batches(packed, {"tiny": 1.0}, 40, rng, PLAIN))
    assert sum(example.questions for example in examples) == len(packed.context_of)
    told = sum(int((example.answers[:, 0, 0] >= 0).sum()) for example in examples)
    assert told == 3
    assert all(torch.isfinite(example.batch.question_shapes).all() for example in examples)
