"""What the app asks of the parts below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from index.types import (
    Cancelled,
    Changes,
    Document,
    DocumentInfo,
    IndexStatus,
    OnProgress,
)
from index.watching import OnDisk
from qa.types import Step


class Answering(Protocol):
    """The facade of question answering, as far as the app uses it; see ``qa.Assistant``."""

    def steps(
        self, question: str, *, understood: str | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[Step]:
        """The answer to ``question``, which is understood as told, step by step."""

    @property
    def notice(self) -> str:
        """What the user should know of how the last question was judged; mostly empty."""

    def add(
        self,
        sources: Sequence[str | Path | Document],
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Changes:
        """Index these texts; unchanged ones cost nothing."""

    def remove(self, keys: Sequence[str]) -> Changes:
        """Forget these documents."""

    def follow(self, sources: Sequence[str | Path]) -> None:
        """Look for new files in those of the sources that are folders."""

    def on_disk(self, *, patient: bool = True) -> OnDisk:
        """Which files are not as they are in the index; ``patient`` with those just written."""

    def rebuild(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> Changes:
        """Build the index anew; the old one answers meanwhile."""

    def documents(self) -> list[DocumentInfo]:
        """What is indexed."""

    def document(self, key: str) -> Document:
        """The text of one document; raises IndexProblem if there is none."""

    def status(self) -> IndexStatus:
        """The index in figures."""

    def close(self) -> None:
        """Release what is held."""
