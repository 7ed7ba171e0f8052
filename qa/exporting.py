"""Conversations as Markdown, HTML and JSON, each with the data that ``pullquote verify`` reads.

JSON is the data itself. Markdown carries it in a comment and HTML in a data block, out of sight,
with a digest of what is in sight, so that later edits of it can be told.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from index.problems import UsageProblem
from qa.export_html import page
from qa.export_markdown import markdown
from qa.record_data import from_data, to_data
from qa.records import Quote, Record
from qa.render import safe_json

FORMAT = "pullquote conversation"
VERSION = 1
_BLOCKS = (
    re.compile(r"<!-- pullquote (\{.*\}) -->"),
    re.compile(r'<script type="application/json" id="pullquote">(\{.*\})</script>'),
)


@dataclass(frozen=True, slots=True)
class Exported:
    """A conversation as it leaves the house."""

    title: str
    began: str
    """UTC, ISO 8601."""
    records: tuple[Record, ...]

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Every quote shown, in order."""
        return tuple(quote for kept in self.records for quote in kept.quotes)


def to_json(exported: Exported) -> str:
    """JSON: format, version, title, began, and turns as `qa.record_data` tells."""
    return safe_json(_data(exported)) + "\n"


def to_markdown(exported: Exported) -> str:
    """Markdown, quotes with their spans in bold."""
    visible = markdown(exported.title, exported.began, exported.records)
    return _with_block(exported, visible, _comment)


def to_html(exported: Exported) -> str:
    """One page that needs nothing else: no script runs, nothing is fetched."""
    visible = page(exported.title, exported.began, exported.records)
    return _with_block(exported, visible, _data_block)


def _with_block(exported: Exported, visible: str, block: Callable[[str], str]) -> str:
    """``visible`` with its data: before the end of the page, or at the end."""
    data = {**_data(exported), "visible": _digest(visible)}
    packed = json.dumps(data).replace("<", "\\u003c").replace(">", "\\u003e")
    hidden = block(packed.replace("--", "\\u002d\\u002d")) + "\n"
    body, end, rest = visible.rpartition("</body>")
    return f"{body}{hidden}{end}{rest}" if end else visible + hidden


def _comment(packed: str) -> str:
    return f"\n<!-- pullquote {packed} -->"


def _data_block(packed: str) -> str:
    return f'<script type="application/json" id="pullquote">{packed}</script>'


def _data(exported: Exported) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": exported.title,
        "began": exported.began,
        "turns": [to_data(kept) for kept in exported.records],
    }


def _digest(visible: str) -> str:
    """Of what is in sight, line ends aside: programs that pass text on change them."""
    plain = "\n".join(line.rstrip() for line in visible.splitlines()).strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def parse(text: str) -> tuple[Exported, bool]:
    """An export read back, and whether what is in sight was changed since.

    Raises:
        UsageProblem: it is no export, it is damaged, or of a newer version.
    """
    packed, visible = _unpacked(text)
    try:
        data = json.loads(packed)
        if data["format"] != FORMAT:
            raise ValueError("another format")
        if data["version"] > VERSION:
            raise UsageProblem(
                "The export was made by a newer version of Pullquote.", "Update Pullquote."
            )
        return _exported(data), visible is not None and data["visible"] != _digest(visible)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageProblem(
            "This is no export of Pullquote, or it is damaged.",
            "Make one: pullquote conversation export ID --format md.",
        ) from error


def _unpacked(text: str) -> tuple[str, str | None]:
    """The data, and what is in sight; None for JSON, which is all data."""
    for block in _BLOCKS:
        found = list(block.finditer(text))
        if found:
            last = found[-1]
            rest = text[last.end() :].removeprefix("\r").removeprefix("\n")
            return last[1], text[: last.start()] + rest
    return text, None


def _exported(data: Any) -> Exported:
    if not isinstance(data["title"], str) or not isinstance(data["began"], str):
        raise TypeError("title and began are texts")
    return Exported(data["title"], data["began"], tuple(map(from_data, data["turns"])))
