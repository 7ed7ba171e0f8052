from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from index.problems import ModelProblem
from index.settings import Settings
from qa.assistant import Assistant
from qa.rerankers import load
from tests.qa.models import tokenizer
from tests.qa.texts import FERRY, document


def cross_encoder(path: Path, labels: int) -> Path:
    """An untrained BERT that gives ``labels`` scores for a pair."""
    import torch
    from tokenizers.processors import TemplateProcessing
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    made = tokenizer([FERRY], ("[UNK]", "[PAD]", "[CLS]", "[SEP]"))
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    make_tokenizer: Any = PreTrainedTokenizerFast
    make_tokenizer(
        tokenizer_object=made,
        model_max_length=64,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(path)
    torch.manual_seed(1)
    make_config: Any = BertConfig
    config = make_config(
        vocab_size=made.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        num_labels=labels,
        initializer_range=0.5,
    )
    BertForSequenceClassification(config).save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(cross_encoder(tmp_path_factory.mktemp("rerankers") / "one", 1))


def test_one_score_for_each_text_whatever_stands_beside_it(model: str) -> None:
    reranker = load(model)
    texts = [*FERRY.split("\n\n"), ""]
    scores = reranker.scores("Who chairs the council?", texts)
    alone = [reranker.scores("Who chairs the council?", [text])[0] for text in texts]
    assert scores == pytest.approx(alone, abs=1e-4)
    assert len(set(scores)) > 1
    assert reranker.scores("Who?", []) == []
    assert reranker.name == model


def test_an_assistant_reads_in_the_order_of_its_reranker(model: str, embedder: Path) -> None:
    texts = [document(text, f"{i}") for i, text in enumerate(FERRY.split("\n\n"))]
    settings = Settings(model=str(embedder), reader="lexical", reranker=model)
    with Assistant.over(texts, settings=settings) as assistant:
        hits = assistant.retrieve("Who chairs the council of the ferry?", 6)
        found = [assistant.passage_text(hit.passage) for hit in hits]
    scores = load(model).scores("Who chairs the council of the ferry?", found)
    assert scores == sorted(scores, reverse=True)


def test_a_model_that_classifies_is_no_reranker(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="3 scores"):
        load(str(cross_encoder(tmp_path / "three", 3)))


def test_a_missing_reranker_is_a_problem_with_a_remedy() -> None:
    with pytest.raises(ModelProblem, match="CrossEncoder"):
        load("/nowhere/at/all")
