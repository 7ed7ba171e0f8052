"""A new set of parts filled from the texts of an old one."""

from __future__ import annotations

from pathlib import Path

from index import layout
from index.ingest import Incoming, Ingest
from index.opening import begin
from index.parts import Parts, open_parts, parts_in_memory
from index.passage_store import PassageStore
from index.ports import Embedder
from index.restoring import carry
from index.store import Manifest, Store
from index.types import Cancelled, OnProgress


def rebuilt(
    old: PassageStore,
    home: Path | None,
    made: Manifest,
    embedder: Embedder,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Parts:
    """Cut, embed and index the texts of ``old`` anew, in a generation that then answers.

    When it raises, nothing of it is left.

    Raises:
        Stopped: it was cancelled.
        IndexProblem: a text is damaged, or the new files cannot be written.
    """
    generation = layout.following(home) if home else None
    try:
        new = _begun(generation, made)
        _fill(new, old, embedder, on_progress, cancelled)
    except BaseException:
        if generation:
            layout.discard(generation)
        raise
    if home and generation:
        layout.switch(home, generation)
    return new


def _begun(generation: layout.Generation | None, made: Manifest) -> Parts:
    if generation is None:
        return parts_in_memory(made)
    begin(generation, made)
    return open_parts(generation, alone=True)


def _fill(
    new: Parts,
    old: PassageStore,
    embedder: Embedder,
    on_progress: OnProgress | None,
    cancelled: Cancelled | None,
) -> None:
    infos = old.documents()
    total = sum(info.characters for info in infos)
    try:
        assert isinstance(new.store, Store)  # the only one that has generations
        assert isinstance(old, Store)
        new.store.continue_after(old)
        ingest = Ingest(new, embedder, on_progress, cancelled, total)
        rows = ((old.row(info.key), info.added) for info in infos)
        ingest.run(Incoming(old.document(row), added) for row, added in rows if row is not None)
        carry(old, new.store, embedder, ingest.stop_if_cancelled)
    except BaseException:
        new.close()
        raise
