"""The embedded reader: an ONNX graph run by ONNX Runtime, without torch.

The graph scores words (see ``training/reader/model.py``); ``qa.decoding`` turns scores into spans.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.problems import ModelProblem
from index.types import Span
from qa.decoding import WordScores, read_sentence
from qa.features import Lexicon, Words, sentence_numbers
from qa.types import Context, Reading, SentenceReading

WINDOW = 320
"""Words that are read at once; a longer context is read in windows that share a sentence."""
BATCH = 16
"""Windows in one run of the graph."""
LONGEST_QUESTION = 64
"""Words of a question that count; the first half and the last half of a longer one are kept."""
REMEMBERED = 1024
"""Contexts whose words are kept: the next questions are asked of the same texts."""
NOWHERE = -30.0
"""Log-odds of a sentence without a word, and of a context without a sentence."""


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring words of one context."""

    context: int
    first: int
    last: int
    """Excluded."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A context as words, and the sentence that each word is in."""

    words: Words
    sentence_of: npt.NDArray[np.int32]
    sentences: int


class OnnxReader:
    """See ``qa.ports.Reader``. Not safe to share between threads while it learns new words."""

    def __init__(self, session: Any, lexicon: Lexicon, name: str) -> None:
        self._session = session
        self._lexicon = lexicon
        self._name = name
        self._prepare = lru_cache(REMEMBERED)(self._prepare_context)

    @classmethod
    def load(cls, path: Path, threads: int = 2) -> OnnxReader:
        """Open the directory that ``training.reader.export`` wrote.

        Raises:
            ModelProblem: a file is missing or damaged.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # A thread that spins while it waits costs a fifth more processor time and saves none here.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(
                str(path / "reader.onnx"), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise ModelProblem(
                f"The reader in {path} cannot be loaded.",
                "Install Pullquote anew, or name another reader with --reader.",
            ) from error
        return cls(session, Lexicon(tokenizer), "embedded")

    @property
    def name(self) -> str:
        """What the user would type to name it again."""
        return self._name

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        """One reading for each context; see the port."""
        asked = self._lexicon.words(question).types
        if len(asked) > LONGEST_QUESTION:
            half = LONGEST_QUESTION // 2
            asked = np.concatenate([asked[:half], asked[-half:]])
        prepared = [self._prepare(context) for context in contexts]
        found: list[dict[int, SentenceReading]] = [{} for _ in contexts]
        here = [NOWHERE] * len(contexts)
        windows = [w for i, ready in enumerate(prepared) for w in cut(i, ready)]
        if len(asked):
            for window, scores, answerable in self._run(asked, prepared, windows):
                ready = prepared[window.context]
                _take(found[window.context], scores, ready, window)
                here[window.context] = max(here[window.context], answerable)
        return [
            Reading(
                tuple(
                    found[i].get(n, SentenceReading(_empty(sentence), NOWHERE, NOWHERE))
                    for n, sentence in enumerate(context.sentences)
                ),
                here[i],
            )
            for i, context in enumerate(contexts)
        ]

    def _prepare_context(self, context: Context) -> Prepared:
        words = self._lexicon.words(context.text)
        return Prepared(words, sentence_numbers(words, context.sentences), len(context.sentences))

    def _run(
        self, asked: npt.NDArray[np.int32], prepared: list[Prepared], windows: list[Window]
    ) -> Iterator[tuple[Window, WordScores, float]]:
        """Run the graph over all windows, in batches of about equal length."""
        lexicon = self._lexicon
        ordered = sorted(windows, key=lambda w: w.last - w.first)
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            longest = max(w.last - w.first for w in batch)
            types = np.zeros((len(batch), longest), dtype=np.int32)
            sentence_of = np.full((len(batch), longest), -1, dtype=np.int32)
            for row, w in enumerate(batch):
                types[row, : w.last - w.first] = prepared[w.context].words.types[w.first : w.last]
                numbers = prepared[w.context].sentence_of[w.first : w.last]
                sentence_of[row, : w.last - w.first] = numbers
            outputs = self._session.run(
                None,
                {
                    "question_pieces": lexicon.pieces[asked][None],
                    "question_identities": lexicon.identities[asked][None],
                    "question_shapes": lexicon.shapes[asked][None],
                    "context_pieces": lexicon.pieces[types],
                    "context_identities": lexicon.identities[types],
                    "context_shapes": lexicon.shapes[types],
                    "sentence_of": sentence_of,
                    "lengths": np.array([w.last - w.first for w in batch], dtype=np.int32),
                },
            )
            *words, answerable = outputs
            for row, w in enumerate(batch):
                scores = WordScores(*(part[row, : w.last - w.first] for part in words))
                yield w, scores, float(answerable[row])


def cut(number: int, ready: Prepared) -> Iterator[Window]:
    """Windows of whole sentences with at most ``WINDOW`` words; a longer sentence is cut."""
    total = len(ready.words)
    if ready.sentences == 0:
        return
    borders = [0, *(np.flatnonzero(np.diff(ready.sentence_of)) + 1).tolist(), total]
    first = 0
    while first < total:
        fits = [b for b in borders if first < b <= first + WINDOW]
        last = fits[-1] if fits else min(first + WINDOW, total)
        yield Window(number, first, last)
        if last == total:
            return
        again = [b for b in fits[:-1] if last - b <= WINDOW // 4]
        first = again[-1] if again else last


def _take(
    found: dict[int, SentenceReading], scores: WordScores, ready: Prepared, window: Window
) -> None:
    """Read each sentence of a window; of two readings of one sentence keep the better."""
    numbers = ready.sentence_of[window.first : window.last]
    part = slice(window.first, window.last)
    words = Words(ready.words.starts[part], ready.words.ends[part], ready.words.types[part])
    borders = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    for first, last in itertools.pairwise(borders):
        reading = read_sentence(scores, words, first, last)
        known = found.get(int(numbers[first]))
        if known is None or reading.span_score > known.span_score:
            found[int(numbers[first])] = reading


def _empty(sentence: Span) -> Span:
    return Span(sentence.start, sentence.start)
