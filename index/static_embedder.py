"""Static embeddings without torch: a text's vector is the mean of its tokens' rows.

Reads the directory that sentence-transformers writes for ``StaticEmbedding`` (``modules.json``,
``tokenizer.json``, ``model.safetensors``) and gives the vectors that
``SentenceTransformer(path).encode(..., normalize_embeddings=True)`` would give.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.late_interaction import Scores, closeness
from index.ports import Vectors
from index.problems import ModelProblem
from index.terms import STOP_WORDS
from index.types import Passage, sentences_of
from index.word_pieces import Pieces, WordPieces

_WEIGHTS, _TOKENIZER, _MODULES = "model.safetensors", "tokenizer.json", "modules.json"
_ROWS = ("embedding.weight", "embeddings")
"""Names of the matrix: as sentence-transformers writes it, and as model2vec does."""
_KINDS = {"F16": "<f2", "F32": "<f4"}
_MARKS = "#\u2581\u0120"
"""What tokenizers put before pieces to tell whether a word begins there."""
_BATCH = 1024
_REMEMBERED = 100_000_000
"""Bytes of rows of unit length at most; those of the embedded model are 25 MB."""
_MANY = 2000
"""Texts from which a faster way is worth its import."""


def is_static(directory: Path) -> bool:
    """Whether a directory holds one StaticEmbedding, alone or followed by Normalize."""
    try:
        modules = json.loads((directory / _MODULES).read_text(encoding="utf-8"))
        kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    at_the_top = kinds[:1] == ["StaticEmbedding"] and modules[0].get("path", "") == ""
    return at_the_top and kinds[1:] in ([], ["Normalize"])


class StaticEmbedder:
    """The embedder of the default path: loads in milliseconds."""

    def __init__(self, directory: Path, name: str) -> None:
        """Load the model of a directory, to be named again as ``name``.

        Raises:
            ModelProblem: a file is missing or damaged.
        """
        self._directory = directory
        self._name = name
        try:
            self._tokenizer = tokenizer = _tokenizer(directory / _TOKENIZER)
            self._rows = _rows(directory / _WEIGHTS)
            self._before_question, self._before_passage = _prompts(directory)
        except (OSError, ValueError, KeyError) as error:
            raise _unreadable(directory, str(error)) from error
        if tokenizer.get_vocab_size() > len(self._rows):
            raise _unreadable(directory, "it has more tokens than rows")
        self._pieces = WordPieces(tokenizer)

    @property
    def name(self) -> str:
        """What the user would type to name it again."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._rows.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of tokenizer, matrix and prompts."""
        digest = hashlib.sha256(f"{self._before_question}\0{self._before_passage}\0".encode())
        for name in (_TOKENIZER, _WEIGHTS):
            digest.update((self._directory / name).read_bytes())
        return digest.hexdigest()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Mean of the tokens' rows, of unit length; zero where there is no token."""
        batches = (
            self._pieces_of(texts[start : start + _BATCH], self._before_passage)
            for start in range(0, len(texts), _BATCH)
        )
        return self._vectors(batches, len(texts))

    def taken_in(self, passages: Sequence[Passage], texts: Sequence[str]) -> tuple[Vectors, Pieces]:
        """As `passages`, and the words of all their sentences; each is taken apart once."""
        each = [sentences_of(*pair) for pair in zip(passages, texts, strict=True)]
        pieces = self.pieces([*chain.from_iterable(each)])
        if self._before_passage or not (self._pieces.by_the_word and all(map(_is_apart, passages))):
            return self.passages(texts), pieces
        ends = [*accumulate(map(len, each), initial=0)]
        whole = Pieces(pieces.ids, pieces.borders[ends])
        batches = (_part(whole, start, start + _BATCH) for start in range(0, len(passages), _BATCH))
        return self._vectors(batches, len(passages)), pieces

    def _vectors(self, batches: Iterable[Pieces], count: int) -> Vectors:
        vectors = np.zeros((count, self.dimension), dtype=np.float32)
        add = self._sums_of_many if count > _MANY else partial(_sums, self._rows)
        start = 0
        for pieces in batches:
            stop = start + len(pieces.borders) - 1
            vectors[start:stop] = add(pieces)
            start = stop
        return _normalized(vectors)

    def question(self, text: str) -> Vectors:
        """As a passage, with the model's prompt for questions."""
        pieces = self._pieces_of([text], self._before_question)
        vector: Vectors = _normalized(_sums(self._rows, pieces))[0]
        return vector

    def pieces(self, texts: Sequence[str]) -> Pieces:
        """Numbers of rows."""
        return self._pieces.of(texts)

    def closeness(self, question: str, texts: Pieces) -> Scores:
        """Late interaction of the rows; its stop words and unknown ones do not count."""
        asked = np.unique(self._pieces.of([question]).ids)
        telling = asked[[not self._says_nothing(at) for at in asked.tolist()]]
        # Of a damaged index: words that the model does not have are any.
        ids = np.minimum(texts.ids, len(self._rows) - 1)
        there = np.zeros(len(self._rows), dtype=bool)
        there[ids] = True
        numbers = np.cumsum(there, dtype=np.int32) - 1
        words = Pieces(numbers[ids], texts.borders)
        distinct = np.flatnonzero(there)
        return closeness(
            self._unit_rows(telling if len(telling) else asked), self._unit_rows(distinct), words
        )

    def _unit_rows(self, ids: npt.NDArray[np.integer]) -> Vectors:
        """Rows of unit length, each worked out once: that takes longer than comparing them."""
        if not self._remembers:
            return self._worked_out(ids)
        rows, there = self._units
        if len(new := ids[~there[ids]]):
            rows[new] = self._worked_out(new)
            there[new] = True  # last, for other threads
        return rows.take(ids, axis=0)

    def _worked_out(self, ids: npt.NDArray[np.integer]) -> Vectors:
        return _normalized(self._rows.take(ids, axis=0).astype(np.float32, copy=False))

    @property
    def _remembers(self) -> bool:
        return int(self._rows.size) * 4 <= _REMEMBERED

    @cached_property
    def _units(self) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """Of all rows, and which of them are there; the others take no memory yet."""
        return np.zeros(self._rows.shape, dtype=np.float32), np.zeros(len(self._rows), dtype=bool)

    def _says_nothing(self, piece: int) -> bool:
        token = str(self._tokenizer.id_to_token(piece))
        word = token.strip(_MARKS).lower()
        unknown = token == getattr(self._tokenizer.model, "unk_token", None)
        return unknown or word in STOP_WORDS or not any(map(str.isalnum, word))

    def _pieces_of(self, texts: Sequence[str], prompt: str) -> Pieces:
        return self._pieces.of([prompt + text if text.strip() else "" for text in texts])

    def _sums_of_many(self, pieces: Pieces) -> Vectors:
        """As `_sums`, in half the time, and other threads may work meanwhile."""
        from scipy.sparse import csr_array  # takes 0.2 s to import

        ids, borders = pieces
        ones = np.ones(len(ids), dtype=np.float32)
        shape = (len(borders) - 1, len(self._rows))
        sums: Vectors = csr_array((ones, ids, borders), shape=shape) @ self._single_precision
        return sums

    @cached_property
    def _single_precision(self) -> Vectors:
        """The rows for many texts: converting them one by one costs more than all at once."""
        rows: Vectors = self._rows.astype(np.float32, copy=False)
        return rows


def _is_apart(passage: Passage) -> bool:
    """Whether there is white space after each sentence, so that no word is in two of them."""
    return all(one.end < following.start for one, following in pairwise(passage.sentences))


def _part(pieces: Pieces, start: int, stop: int) -> Pieces:
    borders = pieces.borders[start : stop + 1]
    return Pieces(pieces.ids[borders[0] : borders[-1]], borders - borders[0])


def _sums(rows: Any, pieces: Pieces) -> Vectors:
    """The sum of the rows of each text; the mean has the same direction."""
    distinct, ids = np.unique(pieces.ids, return_inverse=True)
    used = rows.take(distinct, axis=0).astype(np.float32, copy=False)
    sums = np.zeros((len(pieces.borders) - 1, rows.shape[1]), dtype=np.float32)
    for at, (first, last) in enumerate(pairwise(pieces.borders.tolist())):
        used.take(ids[first:last], axis=0).sum(axis=0, out=sums[at])
    return sums


def _normalized(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return unit


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_buffer(path.read_bytes())
    except OSError:
        raise
    except Exception as error:  # tokenizers raises bare Exception for a damaged file
        raise ValueError(str(error)) from error
    tokenizer.no_padding()
    return tokenizer


def _rows(path: Path) -> Any:
    """The matrix, left in its file: a question needs a few rows of it."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            names = list(file.keys())
            if len(names) != 1 or names[0] not in _ROWS:
                raise ValueError(f"{path.name} holds something else than one matrix of rows")
            rows = file.get_slice(names[0])
            shape, kind = rows.get_shape(), _KINDS.get(rows.get_dtype())
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    if len(shape) != 2 or not all(shape) or kind is None:
        raise ValueError(f"{path.name} holds no matrix of float16 or float32")
    with path.open("rb") as opened:
        header = int.from_bytes(opened.read(8), "little")
    rows = np.memmap(path, dtype=kind, mode="r", offset=8 + header, shape=tuple(shape))
    return np.asarray(rows)


def _prompts(directory: Path) -> tuple[str, str]:
    """Prompts for questions and for passages, chosen as sentence-transformers does."""
    path = directory / "config_sentence_transformers.json"
    if not path.exists():
        return "", ""
    config = json.loads(path.read_text(encoding="utf-8"))
    prompts: dict[str, str] = config.get("prompts") or {}
    default = prompts.get(config.get("default_prompt_name") or "", "")
    passage = next((prompts[n] for n in ("document", "passage", "corpus") if n in prompts), default)
    return prompts.get("query", default), passage


def _unreadable(directory: Path, why: str) -> ModelProblem:
    return ModelProblem(
        f"The model in {directory} cannot be read ({why}).",
        "Give the directory of a sentence-transformers model, or leave the model out.",
    )
