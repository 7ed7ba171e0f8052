"""Snapshots of a whole index: taken, gone back to, carried into a rebuilt one, looked over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from index.embedding import embedded, words_of
from index.ingest import BATCH
from index.parts import Parts
from index.passage_store import PassageStore
from index.passages import split
from index.ports import Embedder
from index.problems import IndexProblem, UsageProblem
from index.snapshots import Snapshots, Version
from index.store import Store, snapshots_of
from index.store_rows import damaged, halved
from index.types import Changes, Document

_LONGEST_LABEL = 100


def required(parts: Parts) -> Snapshots:
    """The snapshots of an index, or IndexProblem where its store keeps none."""
    found = snapshots_of(parts.store)
    if found is None:
        raise IndexProblem(
            f"An index of the engine {parts.manifest.engine!r} keeps no snapshots.",
            "Use one on disk, or the snapshots of its server.",
        )
    return found


def checked(label: str) -> str:
    """The label, or UsageProblem if it would not show as one word or line."""
    if not label.strip() or len(label) > _LONGEST_LABEL or not label.isprintable():
        raise UsageProblem(
            f"{label!r} cannot name a snapshot.",
            f"Give a name of at most {_LONGEST_LABEL} characters that can be seen.",
        )
    return label


def restored(parts: Parts, label: str) -> Changes:
    """Go back to a snapshot; nothing is embedded.

    Versions that come back are PENDING until the engines have them. Then one transaction shows
    them and hides what is not of the snapshot, so a reader sees the old state or the new one, and
    so does whoever opens the index after this was interrupted.
    """
    snapshots = required(parts)
    members = snapshots.versions(label)
    live = {info.key for info in parts.store.documents()}
    asleep = [version for version in members if not version.is_live]
    gone = sorted(live.difference(version.key for version in members))
    try:
        snapshots.wake([version.row for version in asleep])
        _fill(parts, asleep)
        parts.commit()
        with parts.store.writing():
            snapshots.return_folders(label)
            parts.store.retire(gone)
            parts.store.publish()
        parts.version = parts.store.version()
    except BaseException:
        parts.undo()
        raise
    parts.settle_if_possible()
    return Changes(
        added=tuple(v.key for v in asleep if v.key not in live),
        changed=tuple(v.key for v in asleep if v.key in live),
        unchanged=tuple(v.key for v in members if v.is_live),
        removed=tuple(gone),
    )


def _fill(parts: Parts, versions: Iterable[Version]) -> None:
    """Give the engines the passages of versions."""
    assert isinstance(parts.store, Store)
    batch = []
    for version in versions:
        contents = parts.store.contents(version.row)
        if len(contents) != version.passages:
            raise damaged(f"The snapshot's version of {version.key!r}")
        batch += contents
        if len(batch) >= BATCH:
            _put(parts, batch)
            batch = []
    if batch:
        _put(parts, batch)


def _put(parts: Parts, batch: Iterable[tuple[int, str, np.ndarray]]) -> None:
    ids, texts, vectors = zip(*batch, strict=True)
    parts.vectors.put(ids, np.stack(vectors))
    parts.lexical.put(ids, texts)


def carry(
    old: PassageStore, new: PassageStore, embedder: Embedder, pause: Callable[[], None]
) -> None:
    """Make the snapshots of one store in another that holds the same LIVE documents.

    What only snapshots hold is cut and embedded anew, except for passages that LIVE versions have.

    Args:
        old: where they are.
        new: where nothing is PENDING.
        embedder: that of the new store.
        pause: called now and then; may raise.

    Raises:
        IndexProblem: a text is damaged, or the new store keeps no snapshots.
    """
    before, after = snapshots_of(old), snapshots_of(new)
    if before is None or not before.all():
        return
    if after is None:
        raise IndexProblem(
            "The engine asked for keeps no snapshots, and the index has some.",
            "Discard them first: pullquote index discard NAME LABEL.",
        )
    rows = {}
    for version in before.held():
        pause()
        row = new.row(version.key) if version.is_live else None
        rows[version.row] = row or _copied(old.document(version.row), version, new, embedder)
    after.copy_from(before, rows)


def _copied(document: Document, version: Version, new: PassageStore, embedder: Embedder) -> int:
    passages = split(document)
    texts = [passage.span.of(document.text) for passage in passages]
    live = new.row(version.key)
    known = dict(new.vectors_of(live)) if live else {}
    fresh = [text for text in dict.fromkeys(texts) if text not in known]
    known.update(zip(fresh, halved(embedded(embedder, fresh)), strict=True))
    with new.writing():
        row = new.stage(document, len(passages), version.added)
        if passages:
            vectors = np.stack([known[text] for text in texts])
            words = words_of(embedder, passages, texts)
            new.stage_passages([(row, passage) for passage in passages], vectors, words)
    return row


def damages(store: PassageStore) -> Iterator[str]:
    """What is wrong with the snapshots of a store, as sentences."""
    snapshots = snapshots_of(store)
    if snapshots is None:
        return
    for label in snapshots.damaged():
        yield f"The snapshot {label!r} is damaged."
    for version, why in _lost(store, snapshots):
        yield f"A snapshot holds another version of {version.key}: {why}"
    for version in snapshots.held():
        if not version.is_live and store.passages_of(version.row) != version.passages:
            yield f"The document {version.key} has lost passages in a snapshot."


def forget_damaged(store: PassageStore) -> None:
    """Forget snapshots and versions in them that are not what was written."""
    snapshots = snapshots_of(store)
    if snapshots is not None:
        snapshots.forget([version.row for version, _ in _lost(store, snapshots)])


def _lost(store: PassageStore, snapshots: Snapshots) -> Iterator[tuple[Version, str]]:
    for version in snapshots.held():
        try:
            if not version.is_live:
                store.document(version.row)
        except IndexProblem as problem:
            yield version, problem.summary
