"""Bars as SVG: a few lines do what a plotting library would be installed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _LABELS, _NOTES, _ROW, _TOP = 720, 190, 190, 26, 44
_OURS, _OTHERS = "#2a6fbb", "#9aa5b1"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row."""

    label: str
    value: float
    """From 0."""
    note: str
    """Stands behind the bar."""
    ours: bool = False


def bars(title: str, rows: Sequence[Bar]) -> str:
    """A chart, the rows in their order; the longest bar fills the room."""
    height = _TOP + _ROW * len(rows) + 12
    longest = max((bar.value for bar in rows), default=0) or 1
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="26" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for number, bar in enumerate(rows):
        y = _TOP + _ROW * number
        width = max(1, round((_WIDTH - _LABELS - _NOTES) * bar.value / longest))
        lines += [
            f'<text x="{_LABELS - 8}" y="{y + 15}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect x="{_LABELS}" y="{y}" width="{width}" height="20" '
            f'fill="{_OURS if bar.ours else _OTHERS}"/>',
            f'<text x="{_LABELS + width + 8}" y="{y + 15}">{escape(bar.note)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])
