"""A new set of parts filled from the texts of an old one."""

from __future__ import annotations

from index import layout
from index.ingest import Incoming, Ingest
from index.opening import begin
from index.parts import Parts, open_parts, parts_in_memory
from index.ports import Embedder
from index.store import Manifest, Store
from index.types import Cancelled, OnProgress


def begun(generation: layout.Generation | None, made: Manifest) -> Parts:
    """Empty parts, in memory without a generation."""
    if generation is None:
        return parts_in_memory(made)
    begin(generation, made)
    return open_parts(generation)


def refill(
    new: Parts,
    old: Store,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> None:
    """Cut, embed and index the texts of ``old`` into ``new``; closes that when it fails.

    Raises:
        Stopped: it was cancelled.
        IndexProblem: a text is damaged, or ``new`` cannot be written.
    """
    infos = old.documents()
    total = sum(info.characters for info in infos)
    try:
        new.store.continue_after(old)
        ingest = Ingest(new, embedder, on_progress, cancelled, total)
        rows = ((old.row(info.key), info.added) for info in infos)
        ingest.run(Incoming(old.document(row), added) for row, added in rows if row is not None)
    except BaseException:
        new.close()
        raise
