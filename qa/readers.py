"""Name -> reader; each engine is imported when it is named."""

from __future__ import annotations

from pathlib import Path

from qa.ports import Reader

LEXICAL = "lexical"
EMBEDDED = Path(__file__).parent / "models" / "reader"


def load(name: str | None) -> Reader:
    """The reader of this name.

    Args:
        name: None for the embedded model, or the lexical reader when it is not installed;
            ``lexical``; else the path or name of a transformers question-answering model.

    Raises:
        ModelProblem: the model is not there or cannot be used.
    """
    if name == LEXICAL:
        return _lexical()
    if name is not None:
        from qa.transformers_reader import TransformersReader

        return TransformersReader.load(name)
    if (EMBEDDED / "reader.onnx").is_file():
        from qa.onnx_reader import OnnxReader

        return OnnxReader.load(EMBEDDED)
    return _lexical()


def _lexical() -> Reader:
    from qa.lexical_reader import LexicalReader

    return LexicalReader()
