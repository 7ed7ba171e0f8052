from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from index.addresses import Address
from index.ports import Vectors
from index.types import Document

WORDS = ["[PAD]", "[UNK]", "hello", "world", "harbour", "ferry", "##s", "##ed", "'", "-", ".", "a"]


class WordEmbedder:
    """A vector for each word, drawn by its checksum; a text is their normalised sum."""

    dimension = 16

    def __init__(self, name: str = "words") -> None:
        self.name = name
        self.fingerprint = f"fingerprint of {name}"
        self.embedded: list[str] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self._vector(text) for text in texts]) if texts else self._nothing(0)

    def question(self, text: str) -> Vectors:
        return self._vector(text)

    def _nothing(self, rows: int) -> Vectors:
        return np.zeros((rows, self.dimension), dtype=np.float32)

    def _vector(self, text: str) -> Vectors:
        vector = self._nothing(1)[0]
        for word in text.lower().split():
            seed = zlib.crc32(f"{self.name} {word.strip('.,?!')}".encode(errors="replace"))
            vector += np.random.default_rng(seed).normal(size=self.dimension).astype(np.float32)
        length = float(np.linalg.norm(vector))
        unit: Vectors = vector / np.float32(length or 1)
        return unit


@pytest.fixture
def address(milvus: str) -> Address:
    """A place on it that no other test has."""
    return Address(milvus, f"t{uuid.uuid4().hex}")


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def make_embedder() -> Callable[[str], WordEmbedder]:
    return WordEmbedder


@pytest.fixture
def document() -> Callable[..., Document]:
    def make(key: str, text: str) -> Document:
        return Document(key, key.title(), text, f"{key}.txt")

    return make


@pytest.fixture
def static_model(tmp_path: Path) -> Callable[..., Path]:
    """Writes what sentence-transformers writes for a StaticEmbedding, and says where."""

    def make(
        name: str = "model",
        *,
        half: bool = False,
        normalize: bool = False,
        prompts: dict[str, str] | None = None,
        splitter: pre_tokenizers.PreTokenizer | None = None,
    ) -> Path:
        directory = tmp_path / name
        directory.mkdir()
        vocabulary = {word: at for at, word in enumerate(WORDS)}
        tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.Sequence(
            [
                normalizers.NFKC(),
                normalizers.Replace(Regex("[\u2018\u2019]"), "'"),
                normalizers.BertNormalizer(),
            ]
        )
        tokenizer.pre_tokenizer = splitter or pre_tokenizers.BertPreTokenizer()
        tokenizer.add_special_tokens(["[PAD]", "[UNK]"])
        tokenizer.save(str(directory / "tokenizer.json"))
        rows = np.random.default_rng(5).normal(size=(len(WORDS), 8))
        kind = np.float16 if half else np.float32
        save_file({"embedding.weight": rows.astype(kind)}, directory / "model.safetensors")
        package = "sentence_transformers.sentence_transformer.modules.static_embedding"
        modules = [{"idx": 0, "name": "0", "path": "", "type": f"{package}.StaticEmbedding"}]
        if normalize:
            kind_name = "sentence_transformers.base.modules.normalize.Normalize"
            modules.append({"idx": 1, "name": "1", "path": "1_Normalize", "type": kind_name})
            (directory / "1_Normalize").mkdir()
            (directory / "1_Normalize" / "config.json").write_text("{}")
        (directory / "modules.json").write_text(json.dumps(modules))
        config = {"prompts": prompts or {}, "default_prompt_name": None}
        (directory / "config_sentence_transformers.json").write_text(json.dumps(config))
        return directory

    return make
