"""A shrunk reader, taken up again, says what it said."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path

import pytest
import torch

from training.reader.batches import Packed, assemble, plain
from training.reader.export import export, shrink
from training.reader.model import Reader, Size
from training.reader.warm import load


@pytest.mark.filterwarnings("ignore")
def test_a_reader_taken_up_again_scores_as_before_but_for_rounding(
    packed: Packed, tmp_path: Path
) -> None:
    torch.manual_seed(5)
    size = dataclasses.replace(Size(), pieces=len(packed.rarity), vector=20, word=16, hidden=12)
    rarity = torch.from_numpy(packed.rarity)
    reader = Reader(size, torch.randn(size.pieces, 20), rarity, torch.arange(2, 60)).eval()
    export(copy.deepcopy(reader), tmp_path / "reader.onnx")
    shrink(tmp_path / "reader.onnx")
    again = load(tmp_path / "reader.onnx").eval()
    batch = assemble(packed, [plain(packed, q, [q]) for q in range(3)]).batch
    with torch.no_grad():
        before, after = reader(batch), again(batch)
    there = batch.sentence_of >= 0
    for name in ("start", "end", "sentence"):
        old, new = getattr(before, name)[there], getattr(after, name)[there]
        assert torch.allclose(old, new, atol=0.03)
        assert torch.corrcoef(torch.stack([old, new]))[0, 1] > 0.99
    assert torch.allclose(before.answerable, after.answerable, atol=0.03)
