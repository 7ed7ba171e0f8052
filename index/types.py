"""The values that flow through the index: frozen, engine-free, exact in their offsets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, ``start`` included and ``end`` not."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Reject a range that could not slice anything."""
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The slice of ``text`` that this span names."""
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies within this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def shifted(self, by: int) -> Span:
        """The same range ``by`` characters further on (back, if negative)."""
        return Span(self.start + by, self.end + by)


class BlockKind(StrEnum):
    """What a block of a document is to a reader's eye."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    CAPTION = "caption"
    BYLINE = "byline"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, headline, caption or similar; blocks are in order and do not overlap."""

    kind: BlockKind
    span: Span
    """Without the white space around it, in characters of the document."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text exactly as the user sees it."""

    key: str
    """Stable identity: an absolute path, a URL, or a name that the caller chose."""
    title: str
    text: str
    source: str
    """Where it came from, as shown to the user: a path, ``-`` for standard input, a URL."""
    blocks: tuple[Block, ...] = ()
    date: str = ""
    """The day that it states for itself, else that of its file, ISO 8601; empty if unknown."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A window of neighbouring blocks; ``document.text[span]`` is its text, always."""

    id: int
    """Given out by the store (int64, from 1), never reused; 0 before it is stored."""
    document: str
    """The key of its document."""
    span: Span
    sentences: tuple[Span, ...]
    """In characters of the document, in order, inside ``span``, not overlapping."""


def sentences_of(passage: Passage, text: str) -> list[str]:
    """The sentences of a passage, from the text of the passage alone."""
    at = passage.span.start
    return [text[sentence.start - at : sentence.end - at] for sentence in passage.sentences]


@dataclass(frozen=True, slots=True)
class Match:
    """One engine's opinion of one passage; higher is better, whatever the engine."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the store knows of a document without its text."""

    key: str
    title: str
    source: str
    characters: int
    passages: int
    sha256: str
    """Of the text in UTF-8, hexadecimal."""
    added: str
    """UTC, ISO 8601."""
    date: str = ""
    """As that of the document."""

    @property
    def day(self) -> str:
        """The day of a text, ISO 8601: as it states it, else of its file, else of its adding."""
        return (self.date or self.added)[:10]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a change to an index did: keys of documents, in the order met."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    """Under new keys, of which the texts were known under others that are gone."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A named state of an index, to which it can be taken back."""

    label: str
    made: str
    """UTC, ISO 8601."""
    documents: int
    own: int
    """Versions of documents that nothing else holds: discarding the snapshot deletes them."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The state of an index in figures."""

    location: str
    """Path of the directory, or ``memory``."""
    documents: int
    passages: int
    embedder: str
    dimension: int
    engine: str
    schema: int
    bytes_on_disk: int
    accuracy: str = "exact"
    """How near a search by vectors comes to comparing all of them."""
    warnings: tuple[str, ...] = ()
    """What was damaged and has been mended since the index was opened, as sentences."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long operation is; a later one replaces an earlier one."""

    phase: str
    """A present participle: ``reading``, ``embedding``, ``writing``."""
    done: int
    total: int
    """0 while the total is unknown."""
    unit: str = "passages"


OnProgress = Callable[[Progress], None]
"""Called from the working thread, often; must be quick and must not raise."""

Cancelled = Callable[[], bool]
"""Asked between batches; once it says true, the operation stops and leaves the old state."""
