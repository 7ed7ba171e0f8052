"""Readers that look at an index while another process changes it, and tell what they see."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from index.library import Index
from index.problems import IndexProblem
from index.store_rows import sha256
from index.types import Passage
from tests.index.forking import in_child
from tests.index.processes import EMBEDDER, write
from tests.index.simulated import WORDS, Held, Texts, holding, states


class States:
    """The states that a writer goes through, by what documents an index lists in them."""

    def __init__(self, seed: int) -> None:
        self._coming = states(seed)
        self._known: dict[frozenset[tuple[str, str]], Held] = {}

    def of(self, index: Index) -> Held | None:
        """The state that an index shows; None if it is none of the next thousand either."""
        listed = frozenset((info.key, info.sha256) for info in index.documents())
        for _ in range(1000):
            if listed in self._known:
                return self._known[listed]
            held = next(self._coming)
            shown = frozenset((key, sha256(text)) for key, text in held.texts.items())
            self._known[shown] = held
        return None


@dataclass(slots=True)
class Seen:
    """What a reader saw."""

    looks: int = 0
    """At the list of documents."""
    searches: int = 0
    """Compared with the state: it did not change while they were made."""
    states: set[int] = field(default_factory=set)
    """By their numbers."""
    wrong: str = ""


def watch(place: Path, seed: int, until: float, number: int) -> Seen:
    """Look until a time, or until something is wrong."""
    dice, known, seen = random.Random(number), States(seed), Seen()
    index = Index.open(place, embedder=EMBEDDER, readonly=True)
    while time.time() < until and not seen.wrong:
        version, held, word = index.version(), known.of(index), dice.choice(WORDS)
        seen.looks += 1
        seen.states.add(version)
        if held is None:
            seen.wrong = "a list of documents that never was"
            break
        wrong = _look(index, held.texts, word)
        if index.version() == version:  # else it was looked at in two states
            seen.searches += 1
            seen.wrong = wrong
    return seen


def _look(index: Index, held: Texts, word: str) -> str:
    """Search for a word, read the texts, and tell what is not as it is held."""
    by_word = index.passages([match.id for match in index.lexical(word, 999)])
    by_meaning = index.passages([match.id for match in index.dense(word, 999)])
    try:
        texts = {info.key: index.document(info.key).text for info in index.documents()}
    except IndexProblem as problem:
        return str(problem)
    return _wrong(held, texts, word, by_word, by_meaning)


def _wrong(
    held: Texts, texts: Texts, word: str, by_word: list[Passage], by_meaning: list[Passage]
) -> str:
    if texts != held:
        return "texts that are not those of the state"
    if {passage.document for passage in by_word} != holding(held, word):
        return f"{word} is found where it is not, or not where it is"
    if {passage.document for passage in by_meaning} != set(held):
        return "a text that is not found by its meaning"
    for passage in by_word:
        if word not in passage.span.of(texts[passage.document]).lower():
            return f"a passage without the word {word}"
    return ""


def watched(home: Path, minutes: float, readers: int, seed: int) -> tuple[int, list[Seen]]:
    """One writer and so many readers for some minutes: its changes, and what they saw."""
    place, changes = home / "index", home / "changes"
    Index.open(place, embedder=EMBEDDER).close()
    until = time.time() + 60 * minutes

    def reader(number: int) -> int:
        seen = asdict(watch(place, seed, until, number))
        told = json.dumps(seen | {"states": sorted(seen["states"])})
        (home / f"reader {number}").write_text(told)
        return 0

    def writer() -> int:
        with changes.open("wb", buffering=0) as file:
            write(place, seed, file.write)
        return 0

    children = [in_child(partial(reader, number)) for number in range(readers)]
    busy = in_child(writer)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    os.kill(busy, signal.SIGKILL)
    if not os.WIFSIGNALED(os.waitpid(busy, 0)[1]) or any(codes):
        raise AssertionError(f"a process ended by itself: {codes}")
    told = [json.loads((home / f"reader {number}").read_text()) for number in range(readers)]
    seen = [Seen(**one | {"states": set(one["states"])}) for one in told]
    return changes.stat().st_size, seen
