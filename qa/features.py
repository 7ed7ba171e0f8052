"""Text as the embedded reader sees it: words with offsets, pieces, stems and shapes.

Training and answering share this file, so that a model meets the same features in both.
Chen et al. 2017 (DrQA, arXiv 1704.00051) and Weissenborn et al. 2017 (FastQA, arXiv 1703.04816)
show how far match and shape features carry a small reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.types import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PIECES = 4
"""Pieces of a word that count; the rest of a longer word is left out."""

_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|\d+(?:[.,]\d+)+"  # 175,000 and 3.5
    r"|(?<=\w)['\u2019](?:s|t|d|m|re|ve|ll)\b"  # the clitic of Russia's
    r"|[^\W_]+"
    r"|\S",
    re.IGNORECASE,
)

_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")

_SHAPES = (
    ("title", re.compile(r"[^\W\d_a-z]\w*[a-z]\w*")),
    ("upper", re.compile(r"[^\W\d_a-z]{2,}|(?:[A-Z]\.)+")),
    ("digit", re.compile(r".*\d")),
    ("number", re.compile(r"[\d.,]*\d")),
    ("year", re.compile(r"1\d{3}|20\d\d")),
    ("punctuation", re.compile(r"[^\w]")),
    ("comma", re.compile(r"[,;:]")),
    ("stop", re.compile(r"[.?!\u2026]")),
    ("quote", re.compile(r"[\"\u201c\u201d\u201e\u00ab\u00bb]")),
    ("dash", re.compile(r"[-\u2013\u2014]")),
    ("bracket", re.compile(r"[()\[\]]")),
)
SHAPES = len(_SHAPES)


def word_spans(text: str) -> list[Span]:
    """The words and marks of ``text``: every character that is not white space is in one."""
    return [Span(*match.span()) for match in _WORD.finditer(text)]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one text as arrays; n words."""

    starts: npt.NDArray[np.int32]
    """[n], characters of the text."""
    ends: npt.NDArray[np.int32]
    """[n], characters of the text."""
    types: npt.NDArray[np.int32]
    """[n], rows of the lexicon's tables."""

    def __len__(self) -> int:
        return len(self.types)


class Lexicon:
    """A growing table of word types: pieces, identities and shape of each, computed once.

    Row 0 is padding. Identities are numbers that two words share when they are equal as written,
    in lower case, or by stem; they hold within one lexicon only.
    """

    def __init__(self, tokenizer: Tokenizer, capacity: int = 1 << 12) -> None:
        import Stemmer

        self._tokenizer = tokenizer
        self._stemmer = Stemmer.Stemmer("english", 0)
        self._rows: dict[str, int] = {"": 0}
        self._identities: dict[str, int] = {"": 0}
        self.pieces: npt.NDArray[np.int32] = np.zeros((capacity, PIECES), dtype=np.int32)
        self.identities: npt.NDArray[np.int32] = np.zeros((capacity, 3), dtype=np.int32)
        self.shapes: npt.NDArray[np.float32] = np.zeros((capacity, SHAPES), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._rows)

    def forms(self) -> list[str]:
        """Every word type as written, without the padding."""
        return list(self._rows)[1:]

    def row(self, form: str) -> int:
        """The row of a known word type, or 0."""
        return self._rows.get(form, 0)

    def words(self, text: str) -> Words:
        """Split ``text`` and look up, or learn, each of its words."""
        matches = list(_WORD.finditer(text))
        forms = [match.group() for match in matches]
        self._learn({form for form in forms if form not in self._rows})
        return Words(
            np.fromiter((match.start() for match in matches), np.int32, len(matches)),
            np.fromiter((match.end() for match in matches), np.int32, len(matches)),
            np.fromiter((self._rows[form] for form in forms), np.int32, len(matches)),
        )

    def _learn(self, new: Iterable[str]) -> None:
        forms = sorted(new)
        if not forms:
            return
        self._reserve(len(self._rows) + len(forms))
        encodings = self._tokenizer.encode_batch(forms, add_special_tokens=False)
        for form, encoding in zip(forms, encodings, strict=True):
            row = len(self._rows)
            self._rows[form] = row
            ids = encoding.ids[:PIECES]
            self.pieces[row, : len(ids)] = ids
            lower = _fold(form)
            stem = self._stemmer.stemWord(lower)
            self.identities[row] = [
                self._identity(key) for key in ("=" + form, "<" + lower, "~" + stem)
            ]
            self.shapes[row] = shape(form)

    def _identity(self, key: str) -> int:
        return self._identities.setdefault(key, len(self._identities))

    def _reserve(self, rows: int) -> None:
        while rows > len(self.pieces):
            self.pieces = np.concatenate([self.pieces, np.zeros_like(self.pieces)])
            self.identities = np.concatenate([self.identities, np.zeros_like(self.identities)])
            self.shapes = np.concatenate([self.shapes, np.zeros_like(self.shapes)])


def shape(form: str) -> list[float]:
    """The shape features of a word, each 0 or 1, ``SHAPES`` of them."""
    return [float(pattern.fullmatch(form) is not None) for _, pattern in _SHAPES]


def _fold(form: str) -> str:
    """Lower case, without accents and typographic marks: two writings of one word meet."""
    decomposed = unicodedata.normalize("NFKD", form.translate(_STRAIGHT))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def sentence_numbers(words: Words, sentences: Sequence[Span]) -> npt.NDArray[np.int32]:
    """For each word the number of the sentence that it starts in; words between belong before."""
    starts = np.array([sentence.start for sentence in sentences], dtype=np.int32)
    numbers = np.searchsorted(starts, words.starts, side="right") - 1
    return np.maximum(numbers, 0).astype(np.int32)
