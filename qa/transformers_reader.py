"""A reader for any transformers question-answering model; the only file that imports them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.problems import ModelProblem
from index.types import Span
from qa.types import Context, Reading, SentenceReading

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

LONGEST = 384
"""Tokens of question and window together, unless the model takes fewer."""
STRIDE = 128
"""Tokens that neighbouring windows share, so that no answer is cut by both."""
LONGEST_SPAN = 48
"""Tokens of an answer."""
BATCH = 8
NOWHERE = -30.0
"""Log-odds of a sentence in which the model sees no token."""

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Window:
    """The tokens of one context in one run of the model; n tokens."""

    context: int
    offsets: npt.NDArray[np.int64]
    """[n, 2], characters of the context."""
    start: Scores
    """[n], log-odds against "no answer" that the answer starts here."""
    end: Scores
    """[n], logits that it ends here, against "no answer"."""


class TransformersReader:
    """Reads with start and end logits, each measured against those of the first token.

    Models trained on SQuAD 2.0 put "no answer" there (Devlin et al. 2019, BERT, section 4.3).
    """

    def __init__(
        self, name: str, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast
    ) -> None:
        self._name = name
        self._model = model
        self._tokenizer = tokenizer

    @property
    def name(self) -> str:
        """The path or name it was loaded by."""
        return self._name

    @classmethod
    def load(cls, name: str) -> TransformersReader:
        """The model of this path or name, from this machine alone.

        Raises:
            ModelProblem: it is not there, or is no question-answering model with offsets.
        """
        tokenizer: Any
        try:
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=True)
            model = AutoModelForQuestionAnswering.from_pretrained(name, local_files_only=True)
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            raise ModelProblem(
                f"The reader {name} cannot be loaded ({type(error).__name__}).",
                "Give the path of a transformers question-answering model on this machine, "
                "or --reader lexical.",
            ) from error
        if not tokenizer.is_fast:
            raise ModelProblem(
                f"The tokenizer of {name} does not tell where its tokens stand.",
                "Choose a model with a tokenizer.json.",
            )
        model.eval()
        return cls(name, model, tokenizer)

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        """One reading for each context, in their order; see ``qa.ports.Reader``."""
        windows: list[list[_Window]] = [[] for _ in contexts]
        filled = [i for i, context in enumerate(contexts) if context.sentences]
        for first in range(0, len(filled), BATCH):
            for window in self._windows(question, contexts, filled[first : first + BATCH]):
                windows[window.context].append(window)
        return [_reading(context, seen) for context, seen in zip(contexts, windows, strict=True)]

    def _windows(
        self, question: str, contexts: Sequence[Context], batch: Sequence[int]
    ) -> Iterator[_Window]:
        import torch

        longest = min(LONGEST, self._tokenizer.model_max_length)
        encoded: Any = self._tokenizer(
            [self._shortened(question, longest // 2)] * len(batch),
            [contexts[i].text for i in batch],
            truncation="only_second",
            max_length=longest,
            stride=min(STRIDE, longest // 4),
            padding=True,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").numpy()
        sources = encoded.pop("overflow_to_sample_mapping").tolist()
        with torch.inference_mode():
            output: Any = self._model(**encoded)
        for row, source in enumerate(sources):
            inside = np.array([part == 1 for part in encoded.sequence_ids(row)])
            start = output.start_logits[row].float().numpy()
            end = output.end_logits[row].float().numpy()
            yield _Window(
                batch[source], offsets[row][inside], start[inside] - start[0], end[inside] - end[0]
            )

    def _shortened(self, question: str, tokens: int) -> str:
        """The question, or as much of it as leaves half of the window to the context."""
        encoded: Any = self._tokenizer(
            question, add_special_tokens=False, return_offsets_mapping=True
        )
        offsets = encoded["offset_mapping"]
        room = tokens - self._tokenizer.num_special_tokens_to_add(pair=True)
        return question if len(offsets) <= room else question[: offsets[room - 1][1]]


def _reading(context: Context, windows: Sequence[_Window]) -> Reading:
    """The best of all windows for each sentence; "no answer" must hold in each of them."""
    found = [
        max(
            (_sentence(context, sentence, window) for window in windows),
            key=lambda reading: reading.sentence_score,
            default=SentenceReading(sentence, NOWHERE, NOWHERE),
        )
        for sentence in context.sentences
    ]
    scores = [reading.sentence_score for reading in found]
    return Reading(tuple(found), _log_sum_exp(scores) if scores else NOWHERE)


def _sentence(context: Context, sentence: Span, window: _Window) -> SentenceReading:
    """The spans of one window that start in ``sentence``: the best one, and all together."""
    starts = window.offsets[:, 0]
    real = window.offsets[:, 1] > starts
    first = np.flatnonzero(real & (starts >= sentence.start) & (starts < sentence.end))
    best, best_span, sums = NOWHERE, sentence, []
    for token in first:
        ends = window.end[token : token + LONGEST_SPAN]
        scores = window.start[token] + np.where(real[token : token + LONGEST_SPAN], ends, -math.inf)
        sums.append(_log_sum_exp(scores.tolist()))
        last = int(np.argmax(scores))
        if float(scores[last]) > best:
            best = float(scores[last])
            end = min(int(window.offsets[token + last, 1]), len(context.text))
            best_span = Span(int(starts[token]), end)
    return SentenceReading(best_span, best, _log_sum_exp(sums) if sums else NOWHERE)


def _log_sum_exp(values: Sequence[float]) -> float:
    top = max(values)
    if top == -math.inf:
        return NOWHERE
    return top + math.log(sum(math.exp(value - top) for value in values))
