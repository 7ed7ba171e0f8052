"""Token ids of many texts, fast: each word is taken apart once.

Taking text apart is most of the work of a static embedder (235 of some 300 microseconds for a
passage of 75 words, with the normaliser of the embedded model). Where a tokenizer treats every word
by itself, as those of the BERT kind do, the ids of a text are those of its words in a row, and
natural text repeats its words: 15 times faster. Any other tokenizer is used as it is.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence
from itertools import accumulate, chain, count, repeat
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

_WORD = re.compile(r"[^ \t\n\r]+")
"""Only what every tokenizer takes for a space; all else is left to the tokenizer."""
_SPACE = re.compile(r"\s")
_OTHER_SPACE = re.compile(
    "[\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
"""What ``str.split`` takes for a space beyond that."""
_CHARACTERS = re.compile(r"\[[^\s\]\[\\^]+\]")
"""A pattern that is one set of characters, none of them a space."""
_REMEMBERED = 300_000
"""Words at most; some 60 MB. No natural text has as many, but a table of numbers may."""
_CHARACTERS_REMEMBERED = 10_000_000
"""In all of them; a word may be a megabyte long."""
_BY_THE_WORD = {"BertPreTokenizer", "Whitespace", "WhitespaceSplit"}
_NORMALIZERS = {"BertNormalizer", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"}


class Pieces(NamedTuple):
    """The ids of several texts."""

    ids: npt.NDArray[np.int32]
    """Of all texts in a row."""
    borders: npt.NDArray[np.int32]
    """Where each text begins, and at last where the last one ends; shape [texts + 1]."""


class WordPieces:
    """A tokenizer that remembers words; many threads may use it."""

    def __init__(self, tokenizer: Any) -> None:
        """Wrap a ``tokenizers.Tokenizer``."""
        self._tokenizer = tokenizer
        self.by_the_word = treats_words_alone(settings(tokenizer))
        """Whether the ids of a text are those of its words in a row."""
        self._known = _Known()

    def of(self, texts: Sequence[str]) -> Pieces:
        """The ids of each text, without special tokens."""
        if not self.by_the_word:
            return _joined(self._encoded(texts))
        if self._known.is_full():
            self._known = _Known()
        words = [_words(text) for text in texts]
        every = [*chain.from_iterable(words)]
        ids, ends = self._known.pieces(every, self._encoded)
        last = np.fromiter(accumulate(map(len, words), initial=0), np.int64, len(words) + 1)
        return Pieces(ids, ends[last])

    def _encoded(self, texts: Sequence[str]) -> list[list[int]]:
        whole = [text.encode("utf-8", "replace").decode() for text in texts]  # no half characters
        encodings = self._tokenizer.encode_batch_fast(whole, add_special_tokens=False)
        return [encoding.ids for encoding in encodings]


class _Known:
    """Words and their ids; grows, and never changes what it has, so that threads may share it."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._table = _joined([])
        """The ids of the n-th word; as arrays, since lists of lists are three times slower."""
        self._characters = 0
        self._learning = threading.Lock()

    def is_full(self) -> bool:
        """Whether to begin anew: a table of numbers has more words than memory has room."""
        return len(self._numbers) > _REMEMBERED or self._characters > _CHARACTERS_REMEMBERED

    def pieces(
        self, words: Sequence[str], encoded: Callable[[Sequence[str]], list[list[int]]]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """The ids of words in a row, and where those of each end, with a 0 before them."""
        numbers = self._looked_up(words)
        unknown = np.flatnonzero(numbers < 0).tolist()
        if unknown:
            self._learn([*{words[at] for at in unknown}], encoded)
            numbers[unknown] = self._looked_up([words[at] for at in unknown])
        ids, borders = self._table
        first, size = borders[numbers], np.diff(borders)[numbers]
        ends = np.zeros(len(words) + 1, dtype=np.int32)
        np.cumsum(size, out=ends[1:])
        places = np.arange(ends[-1], dtype=np.int32) + np.repeat(first - ends[:-1], size)
        return ids[places], ends

    def _looked_up(self, words: Sequence[str]) -> npt.NDArray[np.int32]:
        return np.fromiter(map(self._numbers.get, words, repeat(-1)), np.int32, len(words))

    def _learn(
        self, words: Sequence[str], encoded: Callable[[Sequence[str]], list[list[int]]]
    ) -> None:
        with self._learning:
            new = [word for word in words if word not in self._numbers]
            ids, borders = _joined(encoded(new))
            table, before = self._table
            self._table = Pieces(
                np.concatenate([table, ids]),
                np.concatenate([before, borders[1:] + before[-1]]),
            )
            self._characters += sum(map(len, new))
            # Last: whoever finds the number of a word finds its ids too.
            self._numbers.update(zip(new, count(len(before) - 1), strict=False))


def _joined(ids: Sequence[Sequence[int]]) -> Pieces:
    borders = np.fromiter(accumulate(map(len, ids), initial=0), np.int32, len(ids) + 1)
    return Pieces(np.fromiter(chain.from_iterable(ids), np.int32, int(borders[-1])), borders)


def _words(text: str) -> list[str]:
    """What stands between spaces; ``str.split`` finds the same in most texts, and faster."""
    return _WORD.findall(text) if _OTHER_SPACE.search(text) else text.split()


def settings(tokenizer: Any) -> dict[str, Any]:
    """What `treats_words_alone` asks for; the whole of it, as JSON, has the vocabulary too."""
    parts = {name: getattr(tokenizer, name) for name in ("pre_tokenizer", "normalizer")}
    added = tokenizer.get_added_tokens_decoder().values()
    return {
        **{name: part and json.loads(part.__getstate__()) for name, part in parts.items()},
        "truncation": tokenizer.truncation,
        "added_tokens": [{"content": token.content} for token in added],
    }


def treats_words_alone(settings: dict[str, Any]) -> bool:
    """Whether no token of this tokenizer (as its JSON tells) depends on more than its word.

    So it is when it splits at every space, looks at single characters only before that, cuts
    nothing off, and has no special token with a space inside.
    """
    splitter = (settings.get("pre_tokenizer") or {}).get("type")
    added = [token["content"] for token in settings.get("added_tokens") or ()]
    return (
        splitter in _BY_THE_WORD
        and not settings.get("truncation")
        and all(_looks_at_characters(step) for step in _steps(settings.get("normalizer")))
        and not any(_SPACE.search(content) for content in added)
    )


def _steps(normalizer: dict[str, Any] | None) -> list[dict[str, Any]]:
    if normalizer is None:
        return []
    if normalizer["type"] == "Sequence":
        return [step for part in normalizer["normalizers"] for step in _steps(part)]
    return [normalizer]


def _looks_at_characters(step: dict[str, Any]) -> bool:
    if step["type"] != "Replace":
        return step["type"] in _NORMALIZERS
    return bool(_CHARACTERS.fullmatch(step["pattern"].get("Regex", "")))
