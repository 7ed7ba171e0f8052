"""The exported reader gives what the torch model gives, and keeps the reader's promises."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from index.problems import ModelProblem
from index.text import sentences
from qa.features import PIECES, Lexicon, sentence_numbers
from qa.onnx_reader import WINDOW, OnnxReader
from qa.readers import EMBEDDED
from qa.types import Context
from training.encoder.model import Width
from training.encoder.reader import EncoderReader
from training.reader.export import export
from training.reader.loss import span_scores
from training.reader.model import Batch, Reader, Size

TEXT = (
    "The harbour board met on Monday. Chair Ida Lund said the wall would cost 4.2 million kroner. "
    "“We waited too long,” she told reporters. Work begins in March."
)
QUESTION = "What would the wall cost?"
TINY = Size(vector=24, word=16, hidden=12, pair=6, tuned=50)


def context(text: str) -> Context:
    return Context(text, tuple(sentences(text)))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(EMBEDDED / "tokenizer.json"))


@pytest.fixture(scope="module", params=["recurrent", "encoder"])
def model(request: pytest.FixtureRequest, tokenizer: Tokenizer) -> Reader | EncoderReader:
    torch.manual_seed(3)
    pieces = tokenizer.get_vocab_size()
    rarity = torch.rand(pieces)
    if request.param == "encoder":
        width = Width(pieces, word=24, layers=2, heads=2, inner=32)
        return EncoderReader(width, rarity).eval()
    size = dataclasses.replace(TINY, pieces=pieces)
    vectors = torch.randn(size.pieces, size.vector)
    return Reader(size, vectors, rarity, torch.arange(2, 2 + size.tuned)).eval()


@pytest.fixture(scope="module")
def folder(
    model: Reader | EncoderReader, tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("reader")
    export(copy.deepcopy(model), path / "reader.onnx")
    tokenizer.save(str(path / "tokenizer.json"))
    return path


@pytest.fixture(scope="module")
def reader(folder: Path) -> OnnxReader:
    return OnnxReader.load(folder, threads=1)


def torch_batch(lexicon: Lexicon, question: str, text: str) -> Batch:
    asked, read = lexicon.words(question).types, lexicon.words(text)
    numbers = sentence_numbers(read, sentences(text))

    def three(types: np.ndarray) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return (
            torch.from_numpy(lexicon.pieces[types])[None].long(),
            torch.from_numpy(lexicon.identities[types])[None],
            torch.from_numpy(lexicon.shapes[types])[None],
        )

    return Batch(*three(asked), *three(read.types), torch.from_numpy(numbers)[None])


def test_the_export_gives_the_torch_models_best_span(
    model: Reader | EncoderReader, reader: OnnxReader, tokenizer: Tokenizer
) -> None:
    batch = torch_batch(Lexicon(tokenizer), QUESTION, TEXT)
    assert batch.context_pieces.shape[-1] == PIECES
    with torch.no_grad():
        scores = model(batch)
        best = float(span_scores(scores, batch.sentence_of).max())
    reading = reader.read(QUESTION, [context(TEXT)])[0]
    assert max(s.span_score for s in reading.sentences) == pytest.approx(best, abs=0.02)
    assert reading.answerable == pytest.approx(float(scores.answerable[0]), abs=0.02)
    tops = [
        float(scores.sentence[0][batch.sentence_of[0] == n].max())
        for n in range(len(sentences(TEXT)))
    ]
    assert [s.sentence_score for s in reading.sentences] == pytest.approx(tops, abs=0.02)


def test_a_context_is_read_alike_alone_and_beside_longer_ones(reader: OnnxReader) -> None:
    alone = reader.read(QUESTION, [context(TEXT)])[0]
    beside = reader.read(QUESTION, [context(TEXT * 2), context(TEXT), context("One word.")])[1]
    assert beside.answerable == pytest.approx(alone.answerable, abs=1e-4)
    for one, other in zip(alone.sentences, beside.sentences, strict=True):
        assert one.span == other.span
        assert one.span_score == pytest.approx(other.span_score, abs=1e-4)


@pytest.mark.parametrize("text", [TEXT, TEXT * 40, "word " * (3 * WINDOW), "x", "…", "  \n "])
def test_every_sentence_has_a_span_that_starts_in_it(reader: OnnxReader, text: str) -> None:
    read = context(text)
    reading = reader.read(QUESTION, [read])[0]
    assert len(reading.sentences) == len(read.sentences)
    for sentence, entry in zip(read.sentences, reading.sentences, strict=True):
        assert sentence.contains(entry.span)
        assert len(entry.span) > 0
        assert np.isfinite([entry.span_score, entry.sentence_score]).all()


def test_nothing_to_read_and_nothing_asked(reader: OnnxReader) -> None:
    assert reader.read(QUESTION, []) == []
    assert reader.read(QUESTION, [Context("", ())])[0].sentences == ()
    blank = reader.read("   ", [context(TEXT)])[0]
    assert all(entry.span_score < -20 for entry in blank.sentences)


def test_a_very_long_question_is_read(reader: OnnxReader) -> None:
    reading = reader.read("why " * 2_000, [context(TEXT)])[0]
    assert len(reading.sentences) == len(sentences(TEXT))


def test_a_damaged_model_is_a_problem_with_a_remedy(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "reader.onnx").read_bytes()
    (tmp_path / "reader.onnx").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    with pytest.raises(ModelProblem, match="--reader"):
        OnnxReader.load(tmp_path)
