"""An export as a file: in the form that its suffix names, and never in the place of a text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.problems import SourceProblem, UsageProblem
from qa.exporting import Exported, parse, to_html, to_json, to_markdown
from qa.render import one_line

FORMS: dict[str, Callable[[Exported], str]] = {
    "md": to_markdown,
    "html": to_html,
    "json": to_json,
}
_SUFFIXES = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".json": "json"}


def encoded(exported: Exported, form: str) -> bytes:
    """In one of ``FORMS``, in UTF-8; characters that are none are written as escapes."""
    return FORMS[form](exported).encode("utf-8", "backslashreplace")


def form_of(path: Path) -> str | None:
    """The one of ``FORMS`` that the suffix of ``path`` names; None if it names none."""
    return _SUFFIXES.get(path.suffix.lower())


def save(exported: Exported, path: Path) -> None:
    """Write it in the form that the suffix of ``path`` names; an earlier export is replaced.

    Raises:
        UsageProblem: the suffix names no form, or another kind of file is there.
        SourceProblem: it cannot be written.
    """
    form = form_of(path)
    if form is None:
        raise UsageProblem(
            f"What form {one_line(path.name) or 'it'} should have is not clear.",
            "End its name with .md, .html or .json.",
        )
    if path.exists() and not _is_export(path):
        raise UsageProblem(f"{one_line(str(path))} is there already.", "Choose another name.")
    write(encoded(exported, form), path)


def write(data: bytes, path: Path) -> None:
    """Put ``data`` in the place of ``path`` as a whole.

    Raises:
        SourceProblem: it cannot be written.
    """
    from index.files import replacing

    try:
        with replacing(path) as file:
            file.write(data)
    except OSError as error:
        raise SourceProblem(
            f"{one_line(str(path))} cannot be written: {error.strerror}.", "Choose another place."
        ) from error


def _is_export(path: Path) -> bool:
    try:
        parse(path.read_text("utf-8"))
    except (OSError, ValueError, UsageProblem):
        return False
    return True
