"""Embedders by name; the only file that imports sentence_transformers."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index.ports import Embedder, Vectors
from index.problems import ModelProblem
from index.static_embedder import StaticEmbedder, is_static

EMBEDDED = "embedded"
"""Names the model that comes with the package."""
EMBEDDED_DIRECTORY = Path(__file__).parent / "models" / "embedder"


def load(name_or_path: str | None = None, *, download: bool = False) -> Embedder:
    """The embedded model (None), a model directory, or a sentence-transformers model by name.

    The network is used only with ``download``; otherwise a named model must be on this machine.

    Raises:
        ModelProblem: there is no such model here, or it cannot be read.
    """
    if name_or_path is None or name_or_path in ("", EMBEDDED):
        return _embedded()
    directory = Path(name_or_path).expanduser()
    if directory.is_dir():
        path = str(directory.resolve())
        if is_static(directory):
            return StaticEmbedder(directory, path)
        return TransformerEmbedder(path, download=False)
    if _looks_like_a_path(name_or_path):
        raise ModelProblem(
            f"There is no model directory {name_or_path}.",
            "Check the path; a directory saved by sentence-transformers is needed.",
        )
    return TransformerEmbedder(name_or_path, download=download)


def _embedded() -> Embedder:
    if not EMBEDDED_DIRECTORY.is_dir():
        raise ModelProblem(
            "The model that comes with Pullquote is missing from this installation.",
            "Install Pullquote again, or name another model: --model NAME_OR_PATH.",
        )
    return StaticEmbedder(EMBEDDED_DIRECTORY, EMBEDDED)


def _looks_like_a_path(name: str) -> bool:
    return name.startswith((".", "~", "/", "\\")) or name.count("/") > 1 or "\\" in name


class TransformerEmbedder:
    """Any sentence-transformers model; importing it takes seconds, so only on demand."""

    def __init__(self, name: str, *, download: bool = False) -> None:
        """Load a model by the path of its directory or by its public name."""
        self._name = name
        self._model = _sentence_transformer(name, download)

    @property
    def name(self) -> str:
        """What the user would type to name it again."""
        return self._name

    @cached_property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.encode("", convert_to_numpy=True).shape[-1])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the files of a directory, or over name and revision."""
        directory = Path(self._name)
        if directory.is_dir():
            return _digest(directory)
        revision = getattr(self._model[0].config, "_commit_hash", None)
        return hashlib.sha256(f"{self._name}\0{revision}".encode()).hexdigest()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors by the model's prompt for documents."""
        return self._encode(self._model.encode_document, texts)

    def question(self, text: str) -> Vectors:
        """A vector by the model's prompt for queries."""
        vector: Vectors = self._encode(self._model.encode_query, [text])[0]
        return vector

    def _encode(self, encode: Any, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        filled = [at for at, text in enumerate(texts) if text.strip()]
        if filled:
            vectors[filled] = encode(
                [texts[at] for at in filled], normalize_embeddings=True, show_progress_bar=False
            )
        return vectors


def _sentence_transformer(name: str, download: bool) -> Any:
    if sys.platform == "darwin":
        # faiss and torch each bring an OpenMP runtime there, and two of them crash the process.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
    if not download:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # else a lookup may hang without network
    try:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(name, device="cpu", local_files_only=not download)
    except ImportError as error:
        raise ModelProblem(
            f"The model {name!r} needs {error.name}, which is not installed.",
            "Install it: pip install sentence-transformers.",
        ) from error
    except Exception as error:  # whatever a model's files or its own code raise
        raise ModelProblem(
            f"The model {name!r} cannot be loaded ({_first_line(error)}).",
            "Give the directory of a sentence-transformers model, or the name of one that is "
            "already on this machine.",
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _digest(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".bin", ".json", ".txt", ".model"}:
            digest.update(path.relative_to(directory).as_posix().encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
