"""Figures as a table for people and as data for programs; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.evaluation.figures import Figure, Interval

Figures = Mapping[str, Mapping[str, Figure]]
"""By method, then by measure."""

_LABEL = 8


@dataclass(frozen=True, slots=True)
class _Unit:
    """How the figures of a measure are written."""

    factor: float
    digits: int
    width: int
    """Of a column, so that six of percent or five of shares fit into 80."""


_PERCENT = _Unit(100, 1, 12)
_SHARE = _Unit(1, 3, 14)
_MILLISECONDS = _Unit(1, 1, 12)


@dataclass(frozen=True, slots=True)
class _Group:
    """Measures that stand in one table."""

    title: str
    unit: _Unit
    measures: tuple[str, ...]


_GROUPS = (
    _Group(
        "Passages and sentences (% of answerable questions; MRR of the first 10)",
        _PERCENT,
        ("passage@1", "passage@3", "passage@10", "MRR", "sentence@1", "sentence@3"),
    ),
    _Group(
        "Answers (% of answerable questions; gold: the right passage in hand)",
        _PERCENT,
        ("gold EM", "gold F1", "EM", "F1"),
    ),
    _Group(
        "Knowing what is not there (all questions; told ECE: lower is better)",
        _SHARE,
        ("AUROC", "told ECE"),
    ),
    _Group(
        "Which first sentences are right (all questions; AURC, ECE: lower is better)",
        _SHARE,
        ("AURC", "coverage@80", "coverage@90", "ECE"),
    ),
    _Group(
        "At the threshold (% of answerable, of unanswerable, of answered questions)",
        _PERCENT,
        ("answered", "refused", "precision"),
    ),
    _Group("Latency of a question", _MILLISECONDS, ("p50 ms", "p95 ms")),
)


def as_table(figures: Figures) -> str:
    """All figures with 95 % intervals below them, and the lead over the first method."""
    return "\n\n".join(
        "\n".join(_group(group, figures)) for group in _GROUPS if _has(group, figures)
    )


def _has(group: _Group, figures: Figures) -> bool:
    return any(_known(measures, group) for measures in figures.values())


def _known(measures: Mapping[str, Figure], group: _Group) -> bool:
    found = (measures.get(name) for name in group.measures)
    return any(figure is not None and figure.value is not None for figure in found)


def _group(group: _Group, figures: Figures) -> Iterator[str]:
    baseline = next(iter(figures))
    unit = group.unit
    yield group.title
    yield _line("", group.measures, unit)
    for method, measures in figures.items():
        if not _known(measures, group):
            continue
        row = [measures.get(name) or Figure(None) for name in group.measures]
        yield _line(method, [_number(figure.value, unit) for figure in row], unit)
        if any(figure.interval for figure in row):
            yield _line("", [_range(figure.interval, unit) for figure in row], unit)
        if any(figure.lead is not None for figure in row):
            leads = [_number(figure.lead, unit, "+") for figure in row]
            yield _line(f"  – {baseline}", leads, unit)
        if any(figure.lead_interval for figure in row):
            yield _line("", [_range(figure.lead_interval, unit, "+") for figure in row], unit)


def _line(label: str, cells: Sequence[str], unit: _Unit) -> str:
    return f"{label:{_LABEL}}{''.join(f'{cell:>{unit.width}}' for cell in cells)}".rstrip()


def _number(value: float | None, unit: _Unit, sign: str = "") -> str:
    if value is None:
        return ""
    rounded = round(value * unit.factor, unit.digits) + 0.0  # makes -0.0 a plain 0.0
    return f"{rounded:{sign}.{unit.digits}f}"


def _range(interval: Interval | None, unit: _Unit, sign: str = "") -> str:
    if interval is None:
        return ""
    return f"{_number(interval.low, unit, sign)}…{_number(interval.high, unit, sign)}"


def as_data(figures: Figures) -> dict[str, Any]:
    """By method and measure, shares as 0 to 1; intervals and leads beside them by measure."""
    return {
        method: {name: figure.value for name, figure in measures.items()}
        | {
            "intervals": {
                name: _pair(figure.interval) for name, figure in measures.items() if figure.interval
            },
            "lead": {
                name: {"value": figure.lead, "interval": _pair(figure.lead_interval)}
                for name, figure in measures.items()
                if figure.lead is not None
            },
        }
        for method, measures in figures.items()
    }


def _pair(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None
