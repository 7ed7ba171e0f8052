"""How far and how fast a long operation is, in words. Pure."""

from __future__ import annotations

from index.types import Progress

QUIET = 0.2
"""Seconds in which nothing is said: what ends sooner needs no words."""
MEASURED = 2.0
"""Seconds after which rate and remaining time mean something."""


def words(progress: Progress, seconds: float) -> str:
    """``progress``, ``seconds`` after the beginning, as ``embedding 12 of 40 passages``."""
    parts = [f"{progress.phase} {progress.done:,}"]
    if progress.total:
        parts[0] += f" of {progress.total:,}"
    parts[0] += f" {progress.unit}"
    if seconds >= MEASURED and progress.done:
        rate = progress.done / seconds
        parts.append(f"{rate:,.0f} a second")
        if progress.total > progress.done:
            parts.append(f"{_duration((progress.total - progress.done) / rate)} left")
    return " · ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60):,} min"
