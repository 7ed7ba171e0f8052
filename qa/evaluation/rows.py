"""Question files to rows: SQuAD 1.1/2.0 JSON and JSON lines, packed by gzip or not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.problems import SourceProblem

_GZIP = b"\x1f\x8b"
_REMEDY = "See docs/evaluation.md for the two formats that are read."


@dataclass(frozen=True, slots=True)
class Row:
    """One question as it stands in a file; ``start`` counts characters of the context."""

    title: str
    context: str
    """The text asked about; empty when ``document`` names it."""
    document: str
    """A path, relative to the question file; empty when ``context`` holds the text."""
    question: str
    answers: tuple[tuple[str, int], ...]
    """Text and start; empty for a question that the context does not answer."""
    split: str


def read_rows(path: Path) -> list[Row]:
    """The questions of one file.

    Raises:
        SourceProblem: it is missing or unreadable, or not in one of the two formats.
    """
    text = _text(path)
    try:
        rows = list(_squad(whole) if (whole := _squad_json(text)) else _lines(text))
    except _Malformed as malformed:
        raise SourceProblem(f"{path} cannot be read as questions: {malformed}.", _REMEDY) from None
    if not rows:
        raise SourceProblem(f"{path} holds no question.", _REMEDY)
    return rows


class _Malformed(Exception):  # noqa: N818 - never leaves this file
    """Why a row is none."""


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if data.startswith(_GZIP) else data).decode("utf-8-sig")
    except FileNotFoundError:
        raise SourceProblem(f"There is no file {path}.", "Check the path.") from None
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise SourceProblem(f"{path} cannot be read: {why}.", "Check the file.") from None
    except UnicodeDecodeError:
        raise SourceProblem(f"{path} is not UTF-8 text.", _REMEDY) from None


def _squad_json(text: str) -> dict[str, Any] | None:
    """The whole file as one SQuAD object; None when it is made of lines."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return whole if isinstance(whole, dict) and isinstance(whole.get("data"), list) else None


def _squad(whole: dict[str, Any]) -> Iterator[Row]:
    for number, article in enumerate(whole["data"], 1):
        where = f"article {number}"
        title = _field(article, "title", str, where, default="")
        for paragraph in _field(article, "paragraphs", list, where):
            context = _field(paragraph, "context", str, where)
            for asked in _field(paragraph, "qas", list, where):
                impossible = _field(asked, "is_impossible", bool, where, default=False)
                answers = () if impossible else _answers(asked, "answer_start", where)
                question = _field(asked, "question", str, where)
                yield Row(title, context, "", question, answers, split="")


def _lines(text: str) -> Iterator[Row]:
    # Not splitlines(): a context may hold U+2028 and the like unescaped.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _row(line, f"line {number}")


def _row(line: str, where: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise _Malformed(f"{where} is not JSON") from None
    document = _field(row, "document", str, where, default="")
    answerable = _field(row, "answerable", bool, where, default=True)
    return Row(
        title=_field(row, "title", str, where, default=""),
        context=_field(row, "context", str, where, default="" if document else None),
        document=document,
        question=_field(row, "question", str, where),
        answers=_answers(row, "start", where) if answerable else (),
        split=_field(row, "split", str, where, default=""),
    )


def _answers(row: object, start: str, where: str) -> tuple[tuple[str, int], ...]:
    found = _field(row, "answers", list, where, default=[])
    pairs = (
        (_field(answer, "text", str, where), _field(answer, start, int, where)) for answer in found
    )
    return tuple(dict.fromkeys(pairs))


def _field(row: object, name: str, kind: type, where: str, default: Any = None) -> Any:
    """``row[name]``, checked; ``default`` when it is absent or null, unless that is None."""
    if not isinstance(row, dict):
        raise _Malformed(f"{where} is not an object")
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, kind):
        raise _Malformed(f'{where} has no "{name}" of the right type')
    return value
