"""Tiny models that tests make for themselves: quick, offline, always the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace


def tokenizer(texts: Iterable[str], special: Sequence[str] = ("[UNK]",)) -> Tokenizer:
    """One token for each word of ``texts``, in lower case."""
    words = sorted(
        {word for text in texts for word, _ in Whitespace().pre_tokenize_str(text.lower())}
    )
    made = Tokenizer(WordLevel({w: i for i, w in enumerate([*special, *words])}, "[UNK]"))
    made.normalizer = Lowercase()
    made.pre_tokenizer = Whitespace()
    return made


def static_model(directory: Path, texts: Iterable[str], dimension: int = 32) -> Path:
    """A StaticEmbedding directory whose words point in fixed random directions."""
    directory.mkdir(parents=True, exist_ok=True)
    made = tokenizer(texts)
    made.save(str(directory / "tokenizer.json"))
    rows = np.random.default_rng(7).normal(size=(made.get_vocab_size(), dimension))
    save_file({"embedding.weight": rows.astype(np.float32)}, directory / "model.safetensors")
    module = {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": "sentence_transformers.models.StaticEmbedding",
    }
    (directory / "modules.json").write_text(json.dumps([module]), "utf-8")
    return directory
