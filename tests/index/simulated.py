"""Changes to an index thrown with dice, and what an index holds after them, worked out apart."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.library import Index
from index.store import snapshots_of
from index.types import Document

Texts = dict[str, str]
KEYS = "abcdef"
LABELS = "xy"
WORDS = ["harbour", "ferry", "envoy", "lighthouse", "snow", "pier", "keeper", "storm", "treaty"]
_KINDS = {"add": 6, "remove": 2, "rebuild": 1, "snapshot": 2, "restore": 2}


@dataclass(frozen=True, slots=True)
class Held:
    """What an index holds."""

    texts: Texts = field(default_factory=dict)
    snapshots: dict[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """``add`` the texts, ``remove`` their keys, ``rebuild``, or one of a label.

    ``snapshot`` discards the one of the label if there is one, else takes it; ``restore`` does
    nothing if there is none.
    """

    kind: str
    texts: Texts
    label: str

    def after(self, held: Held) -> Held:
        """What an index holds that held this before."""
        texts, snapshots = held.texts, held.snapshots
        if self.kind == "add":
            texts = texts | self.texts
        elif self.kind == "remove":
            texts = {key: text for key, text in texts.items() if key not in self.texts}
        elif self.kind == "restore":
            texts = snapshots.get(self.label, texts)
        elif self.kind == "snapshot" and self.label in snapshots:
            snapshots = {label: held for label, held in snapshots.items() if label != self.label}
        elif self.kind == "snapshot":
            snapshots = snapshots | {self.label: texts}
        return Held(texts, snapshots)

    def make(self, index: Index) -> None:
        """Change an index so."""
        labels = {snapshot.label for snapshot in index.snapshots()}
        if self.kind == "add":
            index.add([Document(key, key, text, key) for key, text in self.texts.items()])
        elif self.kind == "remove":
            index.remove(self.texts)
        elif self.kind == "rebuild":
            index.rebuild()
        elif self.kind == "snapshot":
            (index.discard if self.label in labels else index.snapshot)(self.label)
        elif self.label in labels:
            index.restore(self.label)


def next_change(dice: random.Random) -> Change:
    """What to do next."""
    kind = dice.choices(list(_KINDS), list(_KINDS.values()))[0]
    keys = dice.sample(KEYS, dice.randint(1, 3))
    return Change(kind, {key: _text(dice) for key in keys}, dice.choice(LABELS))


def _text(dice: random.Random) -> str:
    parts = [" ".join(dice.choices(WORDS, k=20)).capitalize() for _ in range(dice.randint(1, 4))]
    return "\n\n".join(f"# Part {n}\n\n{part}." for n, part in enumerate(parts))


def states(seed: int) -> Iterator[Held]:
    """What an index holds at first, empty, and after each of the changes of a seed."""
    dice, held = random.Random(seed), Held()
    while True:
        yield held
        held = next_change(dice).after(held)


def holding(texts: Texts, word: str) -> set[str]:
    """The keys of the texts that have a word."""
    return {key for key, text in texts.items() if word in text.lower()}


def held_by(index: Index) -> Held:
    """What an index holds."""
    store = index._state.parts.store
    snapshots = {}
    tables = snapshots_of(store)
    assert tables is not None
    for snapshot in index.snapshots():
        versions = tables.versions(snapshot.label)
        snapshots[snapshot.label] = {v.key: store.document(v.row).text for v in versions}
    texts = {info.key: index.document(info.key).text for info in index.documents()}
    return Held(texts, snapshots)


def wrongly_found(index: Index, texts: Texts) -> str:
    """What a search for each word finds otherwise than it should, as a sentence; else nothing."""
    for word in WORDS:
        matches = index.lexical(word, 999)
        found = {passage.document for passage in index.passages([m.id for m in matches])}
        if found != holding(texts, word):
            return f"{word} is found in {sorted(found)}, not in {sorted(holding(texts, word))}"
    return ""
