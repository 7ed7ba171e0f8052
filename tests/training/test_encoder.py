"""The encoder sees what is there and nothing else; pretraining learns."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from qa.features import PIECES, SHAPES
from training import corpora
from training.encoder.corpus import Corpus, build
from training.encoder.model import Encoder, Width
from training.encoder.pretrain import draw, placed
from training.encoder.reader import EncoderReader
from training.encoder.replaced import Pretraining, hide, sample
from training.reader.batches import Packed, assemble, plain
from training.reader.loss import loss

TINY = Width(pieces=400, word=16, layers=2, heads=2, inner=24)
TEXTS = (
    "The ferry left at dawn.",
    "Nobody came. The ferry left.",
    "At dawn nobody left the ferry.",
)


@pytest.fixture
def corpus(tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    (tmp_path / "text").mkdir()
    with gzip.open(tmp_path / "text" / "tales.txt.gz", "wt") as out:
        out.write("\n\f\n".join(TEXTS) + "\n")
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    monkeypatch.setattr(corpora, "TEXTS", ("tales",))
    build(tmp_path, tmp_path, None)
    whole = Corpus.load(tmp_path)
    pieces = np.where(whole.pieces > 0, whole.pieces % 399 + 1, 0).astype(np.int32)
    return dataclasses.replace(whole, pieces=pieces)


def test_the_corpus_holds_every_word_and_an_end_for_every_text(corpus: Corpus) -> None:
    assert int((corpus.words == 0).sum()) == len(TEXTS)
    assert len(corpus.words) == 6 + 7 + 7 + len(TEXTS)
    ferry = corpus.words[1]
    assert list(corpus.words).count(ferry) == 3
    assert corpus.classes()[corpus.common[1]] == 1
    assert corpus.classes()[0] == -1


def test_a_drawn_row_stops_at_the_end_of_a_text(corpus: Corpus) -> None:
    rows = draw(corpus, 50, 8, np.random.default_rng(0)).numpy()
    for row in rows:
        ends = np.flatnonzero(row[1:] == 0)
        assert not len(ends) or (row[1 + ends[0] :] == 0).all()


def test_padding_changes_nothing() -> None:
    torch.manual_seed(2)
    encoder = Encoder(TINY).eval()
    states = torch.randn(1, 5, 16)
    there = torch.ones(1, 5, dtype=torch.bool)
    padded = torch.cat([states, torch.randn(1, 4, 16)], 1)
    with torch.no_grad():
        alone = encoder(states, there)
        beside = encoder(padded, torch.nn.functional.pad(there, (0, 4)))
    assert torch.allclose(alone, beside[:, :5], atol=1e-5)


def test_padding_between_question_and_context_changes_nothing(packed: Packed) -> None:
    torch.manual_seed(2)
    reader = EncoderReader(TINY, torch.from_numpy(packed.rarity)).eval()
    together = assemble(packed, [plain(packed, q, [q]) for q in range(4)])
    with torch.no_grad():
        all_scores = reader(together.batch)
        for q in range(4):
            alone = reader(assemble(packed, [plain(packed, q, [q])]).batch)
            n = alone.start.shape[1]
            assert torch.allclose(all_scores.start[q, :n], alone.start[0], atol=1e-4)
            assert torch.allclose(all_scores.answerable[q], alone.answerable[0], atol=1e-4)


def test_hidden_words_come_in_runs_and_never_where_nothing_can_be_said() -> None:
    chance = torch.Generator().manual_seed(0)
    words = torch.randint(1, 10, (400, 100))
    classes = torch.tensor([-1, *range(8), -1])
    chosen = hide(words, classes, chance)
    assert not chosen[words == 9].any()
    assert 0.09 < chosen.float().mean() < 0.17
    after = chosen[:, 1:][chosen[:, :-1] & (words[:, 1:] < 9)]
    assert after.float().mean() > 2 * chosen.float().mean()


def test_a_class_is_drawn_by_its_probability() -> None:
    chance = torch.Generator().manual_seed(0)
    scores = torch.log(torch.tensor([0.7, 0.3])).expand(4000, 2)
    assert (sample(scores, chance) == 0).float().mean() == pytest.approx(0.7, abs=0.03)


def test_pretraining_learns_three_texts_by_heart(corpus: Corpus) -> None:
    torch.manual_seed(4)
    width = Width(pieces=400, word=48, layers=2, heads=4, inner=48)
    model = Pretraining(width, len(corpus.common))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    types = placed(corpus, "cpu")
    assert types.pieces.shape[1] == PIECES
    assert types.shapes.shape[1] == SHAPES
    rng, chance = np.random.default_rng(1), torch.Generator().manual_seed(1)
    seen = []
    for _ in range(120):
        told = model(draw(corpus, 16, 12, rng), types, chance)
        optimizer.zero_grad()
        told["loss"].backward()
        optimizer.step()
        seen.append(float(told["generator"]))
    assert np.mean(seen[-20:]) < 0.7 * np.mean(seen[:20])


def test_the_reader_upon_it_learns_a_few_questions(packed: Packed) -> None:
    torch.manual_seed(4)
    reader = EncoderReader(TINY, torch.from_numpy(packed.rarity))
    optimizer = torch.optim.AdamW(reader.parameters(), lr=3e-3)
    example = assemble(packed, [plain(packed, q, [q]) for q in range(4)])
    first = float(loss(reader(example.batch), example)[0].detach())
    for _ in range(60):
        value, _ = loss(reader(example.batch), example)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert float(value.detach()) < 0.2 * first
