"""What the index asks of the place where its truth is kept: documents, passages, vectors.

`index.store.Store` keeps it in a SQLite file for one machine; another may keep it on a server for
many. Verbs and states are those of `index.store`, which explains them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from index.ports import Vectors
from index.stamps import Stamp
from index.store import Manifest, State
from index.types import Document, DocumentInfo, Passage


class FileStamps(Protocol):
    """What is known of files: how each looked last, and which folders are looked through."""

    def all(self) -> dict[str, Stamp]:
        """By the keys of documents."""

    def put(self, stamps: Mapping[str, Stamp]) -> None:
        """Remember how these looked."""

    def forget_others(self) -> None:
        """Forget all that are no documents any more."""

    def folders(self) -> list[str]:
        """To be looked through for new files."""

    def follow(self, folders: Iterable[str]) -> None:
        """Look through these too."""


class PassageStore(Protocol):
    """Versions of documents, staged by one writer and then shown to everybody."""

    @property
    def files(self) -> FileStamps:
        """What is known of the files that documents were read from."""

    def __hash__(self) -> int:
        """Documents are remembered by their store and row."""

    def writing(self) -> AbstractContextManager[object]:
        """Joins several verbs to one transaction, where there are transactions."""

    def close(self) -> None:
        """Release what is open; closing twice is allowed."""

    def manifest(self) -> Manifest | None:
        """What the index was made with; None before anything was written."""

    def note_repair(self, damages: Sequence[str]) -> None:
        """Remember that these damages were found today, and mended."""

    def repairs(self) -> list[str]:
        """What was noted so, of the last time."""

    def version(self) -> int:
        """Grows with every change that readers can see."""

    def calm(self) -> int | None:
        """The version if every passage is LIVE; None while that is not so, or cannot be told.

        When it says the same before and after a search, all that was found is LIVE.
        """

    def stage(self, document: Document, passages: int, added: str = "") -> int:
        """Write a PENDING version that will have so many passages; returns its row."""

    def stage_passages(
        self,
        passages: Sequence[tuple[int, Passage]],
        vectors: Vectors,
        words: Sequence[bytes] = (),
    ) -> list[int]:
        """Write passages, each with the row of its version, and vectors; returns their new ids.

        ``words`` are those of each passage, of `index.kept_words`, empty where nothing is kept.
        """

    def publish(self) -> None:
        """Make the PENDING versions LIVE, and what they replace GONE."""

    def retire(self, keys: Iterable[str]) -> list[str]:
        """Make the LIVE versions of these keys GONE; returns the keys that had one."""

    def announce(self) -> None:
        """Tell readers that there is something new to see."""

    def give_up(self) -> None:
        """Make all PENDING versions GONE."""

    def give_up_unfinished(self) -> None:
        """Make those PENDING versions GONE whose passages were not all written."""

    def purge(self) -> None:
        """Delete what is GONE, once the engines have forgotten it."""

    def has(self, state: State) -> bool:
        """Whether any version is in this state."""

    def counts(self) -> tuple[int, int]:
        """LIVE documents and passages."""

    def ids(self, state: State) -> list[int]:
        """Passage ids of the versions in this state, ascending."""

    def live(self, ids: Sequence[int]) -> set[int]:
        """Which of these ids are those of LIVE passages."""

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The LIVE ones of these, in the order of ``ids``."""

    def texts(self, ids: Sequence[int]) -> dict[int, str]:
        """The texts of the LIVE ones of these, to be compared and never shown: not checked."""

    def words(self, ids: Sequence[int]) -> dict[int, bytes]:
        """What was kept of the words of the LIVE ones of these, not checked; maybe of none."""

    def passages_of_keys(self, keys: Iterable[str]) -> list[int]:
        """Ids of the LIVE passages of these documents, ascending."""

    def passages_dated(self, after: str, before: str) -> list[int]:
        """Ids of the LIVE passages of the documents whose day is in a period, ascending.

        ``after`` is its first day and ``before`` that after its last, in ISO 8601; empty for no
        bound. What the day of a document is, says `DocumentInfo.day`.
        """

    def documents(self) -> list[DocumentInfo]:
        """Everything LIVE, in the order of adding."""

    def documents_here(self) -> list[DocumentInfo]:
        """Those of them that were added from this machine, whose files can be looked at."""

    def row(self, key: str) -> int | None:
        """The row of the LIVE version of a document: another row, another version."""

    def document(self, row: int) -> Document:
        """A version by its row; KeyError, or IndexProblem if it is not what was written."""

    def vectors_of(self, row: int) -> list[tuple[str, Vectors]]:
        """The texts and the vectors of a version's passages."""

    def passages_of(self, row: int) -> int:
        """How many passages of a version are really there."""

    def batches(self, size: int) -> Iterator[tuple[list[int], list[str], Vectors]]:
        """Ids, texts and vectors of all LIVE passages, at most ``size`` at a time, by id."""

    def damages(self) -> list[str]:
        """What is wrong with the place as a whole, as sentences."""

    def damaged_rows(self) -> tuple[int, int]:
        """How many passages and how many vectors are not what was written."""
