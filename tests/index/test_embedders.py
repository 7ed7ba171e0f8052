from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from index import embedders, word_pieces
from index.problems import ModelProblem
from index.static_embedder import StaticEmbedder, is_static
from index.word_pieces import WordPieces, treats_words_alone

TEXTS = [
    "Hello world.",
    "hellos, worlds - harboured!",
    "what nobody knows",
    "",
    " ",
    "🎉 👩‍👩‍👧 hello",
    "HÉLLO wörld’s a\u0301",
    "[UNK] [PAD]hello",
    "hello\x1cworld\x85a\u2028ferry\u00a0storm\u200bhello",
    "ferry " * 5000,
    "x" * 20_000,
    "北京 ferry",
]
Making = Callable[..., Path]


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("prompts", [{}, {"query": "a ferry: ", "document": "world "}])
def test_vectors_equal_those_of_sentence_transformers(
    static_model: Making, normalize: bool, prompts: dict[str, str]
) -> None:
    path = static_model(normalize=normalize, prompts=prompts)
    ours = embedders.load(str(path))
    theirs = embedders.TransformerEmbedder(str(path))
    assert isinstance(ours, StaticEmbedder)
    assert ours.dimension == theirs.dimension == 8
    np.testing.assert_allclose(ours.passages(TEXTS), theirs.passages(TEXTS), atol=1e-5)
    for text in TEXTS:
        np.testing.assert_allclose(ours.question(text), theirs.question(text), atol=1e-5)


def test_half_precision_differs_by_its_rounding_only(static_model: Making) -> None:
    half = embedders.load(str(static_model("half", half=True))).passages(TEXTS)
    single = embedders.load(str(static_model("single"))).passages(TEXTS)
    assert half.dtype == np.float32
    np.testing.assert_allclose(half, single, atol=2e-3)


def test_vectors_have_unit_length_and_nothing_has_none(static_model: Making) -> None:
    embedder = embedders.load(str(static_model()))
    lengths = np.linalg.norm(embedder.passages(["hello", "", "zzz", "  "]), axis=1)
    np.testing.assert_allclose(lengths, [1, 0, 1, 0], atol=1e-6)
    assert embedder.passages([]).shape == (0, 8)
    assert embedder.question("").shape == (8,)


def test_half_a_character_does_no_harm(static_model: Making) -> None:
    embedder = embedders.load(str(static_model()))
    vectors = embedder.passages(["hello \ud800 world", "\udfff"])
    assert np.isfinite(vectors).all()
    assert embedder.question("hello \ud800 world") @ vectors[0] == pytest.approx(1)


def test_batches_do_not_change_vectors(static_model: Making) -> None:
    embedder = embedders.load(str(static_model()))
    texts = [f"hello {'ferry ' * (n % 7)}" for n in range(2500)]
    one_by_one = np.stack([embedder.passages([text])[0] for text in texts])
    np.testing.assert_array_equal(embedder.passages(texts), one_by_one)


def test_the_fingerprint_follows_the_files(static_model: Making) -> None:
    first, same = static_model("first"), static_model("same")
    changed, prompted = (
        static_model("changed", half=True),
        static_model("p", prompts={"query": "a"}),
    )
    prints = [embedders.load(str(path)).fingerprint for path in (first, same, changed, prompted)]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.safetensors", b"noise"),
        ("model.safetensors", None),
        ("tokenizer.json", b"{}"),
        ("tokenizer.json", None),
        ("config_sentence_transformers.json", b"["),
    ],
)
def test_a_damaged_model_is_told(static_model: Making, file: str, content: bytes | None) -> None:
    path = static_model()
    (path / file).unlink()
    if content is not None:
        (path / file).write_bytes(content)
    with pytest.raises(ModelProblem, match="cannot be read") as problem:
        embedders.load(str(path))
    assert problem.value.remedy


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/model", "~/nothing", "a/b/c"])
def test_a_missing_directory_is_told(name: str) -> None:
    with pytest.raises(ModelProblem, match="no model directory"):
        embedders.load(name)


def test_a_directory_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="cannot be loaded"):
        embedders.load(str(tmp_path))


def test_a_model_that_is_not_here_is_told_and_not_fetched() -> None:
    with pytest.raises(ModelProblem, match="'nobody/has-this-model'") as problem:
        embedders.load("nobody/has-this-model")
    assert "already on this machine" in problem.value.remedy


def test_the_embedded_model_is_missing_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedders, "EMBEDDED_DIRECTORY", tmp_path / "none")
    with pytest.raises(ModelProblem, match="model that comes with Pullquote"):
        embedders.load(None)


def test_the_embedded_model_goes_by_its_name(
    static_model: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedders, "EMBEDDED_DIRECTORY", static_model())
    assert embedders.load(None).name == "embedded"
    assert embedders.load("embedded").fingerprint == embedders.load(None).fingerprint


def test_a_static_model_loads_without_torch(static_model: Making) -> None:
    code = (
        "import sys; from index import embedders\n"
        f"embedders.load({str(static_model())!r}).question('hello')\n"
        "print({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_other_modules_are_not_static(static_model: Making) -> None:
    path = static_model(normalize=True)
    assert is_static(path)
    modules = json.loads((path / "modules.json").read_text())
    (path / "modules.json").write_text(json.dumps(modules[::-1]))
    assert not is_static(path)
    (path / "modules.json").write_text("{}")
    assert not is_static(path)


# Words one by one

PIECES = Tokenizer(
    models.WordPiece({"[UNK]": 0, "a": 1, "##b": 2, "'": 3, "c": 4, ".": 5}, unk_token="[UNK]")
)
PIECES.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.BertNormalizer()])
PIECES.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
PIECES.add_special_tokens(["[UNK]"])
ALPHABET = "abcABİΣ. '\t\n\r\x1c\x85\xa0\u200b\u2028\u3000\u0301\u0345中🎉[UNK]ﬁ´\x00"


def ids(pieces: WordPieces, texts: list[str]) -> list[list[int]]:
    found, borders = pieces.of(texts)
    return [found[first:last].tolist() for first, last in pairwise(borders)]


@settings(deadline=None)
@given(st.lists(st.text(ALPHABET, max_size=12), max_size=4))
def test_ids_word_by_word_equal_those_of_the_whole_text(texts: list[str]) -> None:
    pieces = WordPieces(PIECES)
    assert treats_words_alone(word_pieces.settings(PIECES))
    whole = [PIECES.encode(text, add_special_tokens=False).ids for text in texts]
    assert ids(pieces, texts) == whole
    assert ids(pieces, texts) == whole


@pytest.mark.parametrize(
    "change",
    [
        {"pre_tokenizer": {"type": "Metaspace"}},
        {"pre_tokenizer": None},
        {"truncation": {"max_length": 9}},
        {"normalizer": {"type": "Replace", "pattern": {"Regex": "a b"}, "content": "c"}},
        {"normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "_"}},
        {"normalizer": {"type": "Prepend", "prepend": "_"}},
        {"added_tokens": [{"content": "New York"}]},
    ],
)
def test_tokenizers_that_look_beyond_a_word_are_used_as_they_are(change: dict[str, object]) -> None:
    assert not treats_words_alone({**word_pieces.settings(PIECES), **change})


def test_settings_are_those_that_the_tokenizer_writes_down(static_model: Making) -> None:
    for directory in (embedders.EMBEDDED_DIRECTORY, static_model()):
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        written = json.loads(tokenizer.to_str())
        asked = word_pieces.settings(tokenizer)
        added = [{"content": token["content"]} for token in written["added_tokens"]]
        assert asked == {**{name: written[name] for name in asked}, "added_tokens": added}
        assert treats_words_alone(asked)


def test_another_tokenizer_gives_its_own_ids(static_model: Making) -> None:
    path = static_model(splitter=pre_tokenizers.Metaspace())
    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    expected = tokenizer.encode("hello  world", add_special_tokens=False).ids
    assert ids(WordPieces(tokenizer), ["hello  world", ""]) == [expected, []]
