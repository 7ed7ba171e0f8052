"""The law of ``qa.ports.Reader``, held over the readers that need no trained model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.problems import ModelProblem
from index.text import sentences
from qa import readers
from qa.lexical_reader import LexicalReader
from qa.ports import Reader
from qa.types import Context
from tests.qa.models import tokenizer
from tests.qa.texts import FERRY

MakeReader = Callable[[], Reader]


@pytest.fixture(scope="module")
def qa_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained BERT with two small layers, its windows 32 tokens long."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

    path = tmp_path_factory.mktemp("reader")
    special = ("[UNK]", "[PAD]", "[CLS]", "[SEP]")
    made = tokenizer([FERRY], special)
    from tokenizers.processors import TemplateProcessing

    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    make_tokenizer: Any = PreTrainedTokenizerFast
    make_tokenizer(
        tokenizer_object=made,
        model_max_length=32,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(path)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=made.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        initializer_range=0.5,
    )
    BertForQuestionAnswering(config).save_pretrained(path)
    return path


@pytest.fixture(params=["lexical", "transformers"])
def reader(request: pytest.FixtureRequest) -> Reader:
    if request.param == "lexical":
        return readers.load("lexical")
    return readers.load(str(request.getfixturevalue("qa_model")))


def context(text: str) -> Context:
    return Context(text, tuple(sentences(text)))


def check(reader: Reader, question: str, text: str) -> None:
    """The law for one context."""
    given = context(text)
    (reading,) = reader.read(question, [given])
    assert len(reading.sentences) == len(given.sentences)
    for entry, sentence in zip(reading.sentences, given.sentences, strict=True):
        assert sentence.start <= entry.span.start < sentence.end
        assert entry.span.start < entry.span.end <= len(text)
        assert entry.sentence_score >= entry.span_score - 1e-4


def test_every_sentence_has_its_entry(reader: Reader) -> None:
    check(reader, "Who chairs the council?", FERRY)


def test_readings_come_in_the_order_of_contexts(reader: Reader) -> None:
    texts = [*FERRY.split("\n\n"), "", "One.", FERRY]
    together = reader.read("Why will the ferry be repaired?", [context(text) for text in texts])
    alone = [reader.read("Why will the ferry be repaired?", [context(t)])[0] for t in texts]
    assert [len(reading.sentences) for reading in together] == [
        len(context(text).sentences) for text in texts
    ]
    if reader.name != "lexical":  # which weighs words by all that is read together
        for one, other in zip(together, alone, strict=True):
            assert one.answerable == pytest.approx(other.answerable, abs=1e-3)


def test_no_contexts_give_no_readings(reader: Reader) -> None:
    assert reader.read("Who?", []) == []


def test_a_context_without_sentences_gives_an_empty_reading(reader: Reader) -> None:
    (reading,) = reader.read("Who?", [Context("   ", ())])
    assert reading.sentences == ()
    assert reading.answerable < 0


def test_a_context_far_too_long_is_read_to_its_end(reader: Reader) -> None:
    text = "The ferry will be repaired. " * 40 + "Ines Okafor chairs the council."
    (reading,) = reader.read("Who chairs the council?", [context(text)])
    assert reading.sentences[-1].sentence_score > -30


def test_a_question_too_long_for_the_model_is_still_a_question(reader: Reader) -> None:
    check(reader, "Who chairs the council " * 60, FERRY)


@pytest.mark.parametrize("question", ["?", "…", "谁？", "\x1b[31m", "a" * 500])
def test_odd_questions_are_read_too(reader: Reader, question: str) -> None:
    check(reader, question, FERRY)


@settings(max_examples=50)
@given(st.text(max_size=200), st.text(max_size=40))
def test_the_law_holds_for_any_text(text: str, question: str) -> None:
    check(LexicalReader(), question, text)


def test_counting_words_finds_the_sentence() -> None:
    (reading,) = LexicalReader().read("When will the ferry be repaired?", [context(FERRY)])
    best = max(reading.sentences, key=lambda entry: entry.sentence_score)
    assert best.span.of(FERRY).startswith("The ferry will be repaired in March")


def test_the_answerable_score_is_that_of_the_best_sentence() -> None:
    (reading,) = LexicalReader().read("Who chairs the council?", [context(FERRY)])
    assert reading.answerable == max(entry.sentence_score for entry in reading.sentences)


@pytest.mark.parametrize("name", ["/nowhere/at/all", "no-such/reader"])
def test_a_missing_model_is_a_problem_with_a_remedy(name: str) -> None:
    with pytest.raises(ModelProblem, match="--reader lexical"):
        readers.load(name)


def test_without_the_embedded_model_words_are_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(readers, "EMBEDDED", tmp_path)
    assert readers.load(None).name == "lexical"
