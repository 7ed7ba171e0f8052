"""Rerankers: any sentence-transformers CrossEncoder, by its path or name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.problems import ModelProblem
from qa.ports import Reranker

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderReranker:
    """Looks at question and passage together; slower and surer than retrieval."""

    def __init__(self, name: str, model: CrossEncoder) -> None:
        self._name = name
        self._model = model

    @property
    def name(self) -> str:
        """The path or name it was loaded by."""
        return self._name

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, higher is better."""
        if not texts:
            return []
        pairs = [(question, text) for text in texts]
        scores = self._model.predict(pairs, show_progress_bar=False)
        return [float(score) for score in scores]


def load(name: str) -> Reranker:
    """The CrossEncoder of this path or name, from this machine alone.

    Raises:
        ModelProblem: it is not there, or is no model with one score for each pair.
    """
    try:
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(name, local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise ModelProblem(
            f"The reranker {name} cannot be loaded ({type(error).__name__}).",
            "Give the path of a sentence-transformers CrossEncoder on this machine.",
        ) from error
    if model.config.num_labels != 1:
        raise ModelProblem(
            f"The reranker {name} gives {model.config.num_labels} scores for a pair, not one.",
            "Choose a CrossEncoder that was trained to rank.",
        )
    return CrossEncoderReranker(name, model)
