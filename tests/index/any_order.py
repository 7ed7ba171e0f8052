"""Changes to an index on disk in any order, with crashes and faults, against a dictionary."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from index import sources
from index.library import Index
from index.ports import Embedder
from index.problems import IndexProblem
from index.types import Document, Match
from tests.index import faults
from tests.index.simulated import Held, Texts, held_by

ENGINES = ("faiss", "memory")
"""Those that keep an index in a directory; another one is a name more."""
HARBOUR = "The harbour froze overnight. Ferries stayed in port until noon."
ENVOY = "The envoy demanded written guarantees. Nobody signed them."
LIGHT = "A lighthouse keeper counted forty ships."
NAMES = st.sampled_from(["a", "b", "c"])
LABELS = st.sampled_from(["x", "y"])
TEXTS = st.sampled_from([HARBOUR, ENVOY, LIGHT, "", f"# One\n\n{HARBOUR}\n\n# Two\n\n{ENVOY}"])
FILES = st.dictionaries(
    st.sampled_from(["one.txt", "two.txt"]), st.sampled_from([HARBOUR, ENVOY, LIGHT]), max_size=2
)
"""What a folder holds."""
_KILLS = st.builds(
    faults.killed, st.sampled_from([*faults.STEPS]), call=st.integers(1, 2), after=st.booleans()
)
_FAILURES = st.builds(faults.failing, st.sampled_from([*faults.STEPS]), call=st.integers(1, 2))
FAULTS = st.one_of(st.builds(nullcontext), _KILLS, _FAILURES)
"""Around a change: nothing, the process dies, or a step fails."""
WORDS = {"ferry": "Ferries", "envoy": "envoy", "lighthouse": "lighthouse"}
Fault = AbstractContextManager[None]


class AnyOrder(RuleBasedStateMachine):
    """An index beside what it should hold; use `run`."""

    engine: str
    embedder: Embedder

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.folder = self.home / "texts"
        self.folder.mkdir()
        self.held = Held()
        self.index = self._opened()
        self.index.follow([self.folder])

    def _opened(self) -> Index:
        return Index.open(self.home / "index", embedder=self.embedder, engine=self.engine)

    def _change(self, fault: Fault, make: Callable[[Index], object], after: Held) -> None:
        """Make a change with a fault around it, which leaves the old or the new state."""
        before, expected = self.held, [after]
        try:
            with fault:
                make(self.index)
        except faults.Killed:
            self.index.close()
            self.index = self._opened()
            expected = [before, after]
        except IndexProblem:
            expected = [before]
        self.held = held_by(self.index)
        assert self.held in expected

    @rule(added=st.dictionaries(NAMES, TEXTS, min_size=1, max_size=3), fault=FAULTS)
    def add(self, added: Texts, fault: Fault) -> None:
        documents = [Document(key, key, text, key) for key, text in added.items()]
        after = Held(self.held.texts | added, self.held.snapshots)
        self._change(fault, lambda index: index.add(documents), after)

    @rule(removed=st.sets(NAMES, min_size=1, max_size=2), fault=FAULTS)
    def remove(self, removed: set[str], fault: Fault) -> None:
        texts = {key: text for key, text in self.held.texts.items() if key not in removed}
        after = Held(texts, self.held.snapshots)
        self._change(fault, lambda index: index.remove(sorted(removed)), after)

    @rule(files=FILES, fault=FAULTS)
    def refresh(self, files: Texts, fault: Fault) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        for name, text in files.items():
            (self.folder / name).write_text(text)
        texts = {key: text for key, text in self.held.texts.items() if "/" not in key}
        texts |= {str(self.folder / name): text for name, text in files.items()}
        after = Held(texts, self.held.snapshots)
        self._change(fault, lambda index: index.refresh(sources.read), after)

    @rule(label=LABELS, fault=FAULTS)
    def snapshot(self, label: str, fault: Fault) -> None:
        if label in self.held.snapshots:
            rest = {key: texts for key, texts in self.held.snapshots.items() if key != label}
            after = Held(self.held.texts, rest)
            self._change(fault, lambda index: index.discard(label), after)
        else:
            after = Held(self.held.texts, self.held.snapshots | {label: self.held.texts})
            self._change(fault, lambda index: index.snapshot(label), after)

    @rule(label=LABELS, fault=FAULTS)
    def restore(self, label: str, fault: Fault) -> None:
        if label in self.held.snapshots:
            after = Held(self.held.snapshots[label], self.held.snapshots)
            self._change(fault, lambda index: index.restore(label), after)

    @rule(fault=FAULTS)
    def rebuild(self, fault: Fault) -> None:
        self._change(fault, lambda index: index.rebuild(), self.held)

    @rule(is_closed=st.booleans())
    def open_again(self, is_closed: bool) -> None:
        if is_closed:
            self.index.close()
        self.index = self._opened()

    @invariant()
    def finds_what_it_holds(self) -> None:
        """Whatever came before, each word is found where it is, and every text by its meaning."""
        for word, shown in WORDS.items():
            expected = {key for key, text in self.held.texts.items() if shown in text}
            assert self._found(self.index.lexical(word, 50)) == expected
        with_text = {key for key, text in self.held.texts.items() if text}
        assert self._found(self.index.dense("harbour", 50)) == with_text

    def _found(self, matches: list[Match]) -> set[str]:
        return {passage.document for passage in self.index.passages([m.id for m in matches])}

    def teardown(self) -> None:
        """In the end it is whole."""
        assert self.index.verify() == []
        self.index.close()
        shutil.rmtree(self.home)


def run(engine: str, embedder: Embedder, *, examples: int, steps: int) -> None:
    """Try so many orders of so many changes; AssertionError tells the shortest that fails."""
    machine = type("AnyOrder", (AnyOrder,), {"engine": engine, "embedder": embedder})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
