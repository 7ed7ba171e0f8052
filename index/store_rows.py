"""Values to the columns of the store and back; pure."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from index.ports import Vectors
from index.problems import IndexProblem
from index.types import Block, BlockKind, Document, Passage, Span


def encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate, which a caller's text may have, is kept."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """Back from `encoded`."""
    return data.decode("utf-8", "surrogatepass")


def decoded_anyway(data: object) -> str:
    """As `decoded`, of what may be damaged: who is to show it tells that."""
    if not isinstance(data, bytes):
        return ""
    try:
        return decoded(data)
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def damaged(what: str) -> IndexProblem:
    """For a row that is not as it was written."""
    return IndexProblem(
        f"{what} is damaged in the index.", "Repair it: pullquote index repair NAME."
    )


def sha256(text: str) -> str:
    """Of the text in UTF-8, hexadecimal."""
    return hashlib.sha256(encoded(text)).hexdigest()


def fingerprint(document: Document) -> bytes:
    """Of what is stored of a document but its date; equal only for equal documents.

    A file that was merely touched has another date, and must not be embedded anew for it.
    """
    rest = json.dumps([document.title, document.source, pack_blocks(document.blocks)])
    return hashlib.sha256(rest.encode() + b"\0" + encoded(document.text)).digest()


def halved(vectors: Vectors) -> Vectors:
    """The vectors as they come back from the store: rounded to half precision."""
    return vectors.astype(np.float16).astype(np.float32)


def pack_blocks(blocks: tuple[Block, ...]) -> str:
    """JSON: [[kind, start, end], …]."""
    each = (f'["{block.kind.value}", {block.span.start}, {block.span.end}]' for block in blocks)
    return f"[{', '.join(each)}]"


def unpack_blocks(packed: str) -> tuple[Block, ...]:
    """Back from `pack_blocks`."""
    return tuple(
        Block(BlockKind(kind), Span(start, end)) for kind, start, end in json.loads(packed)
    )


def pack_spans(spans: tuple[Span, ...]) -> bytes:
    """Start and end of each as little-endian 32-bit numbers."""
    flat = [edge for span in spans for edge in (span.start, span.end)]
    return struct.pack(f"<{len(flat)}I", *flat)


def unpack_spans(packed: bytes) -> tuple[Span, ...]:
    """Back from `pack_spans`."""
    return tuple(Span(start, end) for start, end in struct.iter_unpack("<2I", packed))


def checksum(*values: object) -> int:
    """Of the columns of a row, whatever they are."""
    return zlib.crc32(repr(values).encode("utf-8", "backslashreplace"))


def checksum_of_vector(id_: int, half: object) -> int:
    """Of a vector as it is stored, and of the passage that it belongs to."""
    return zlib.crc32(half, id_ & 0xFFFFFFFF) if isinstance(half, bytes) else 0


def is_whole(stored: object, computed: int) -> bool:
    """Whether a row is as it was written; one of an older version, without checksum, may be."""
    return stored is None or stored == computed


def checksum_of_passage(*columns: Any) -> int:
    """Of the columns of a passage, the last of which are its words; none count for nothing."""
    *values, words = columns
    summed = checksum(*values)
    return zlib.crc32(words, summed) if isinstance(words, bytes) else ~summed


def passage(
    id_: int,
    row: int,
    key: str,
    start: int,
    end: int,
    sentences: bytes,
    words: bytes,
    stored: int | None,
) -> Passage:
    """A passage from its columns.

    Raises:
        IndexProblem: they are not what was written.
    """
    if not is_whole(stored, checksum_of_passage(id_, row, start, end, sentences, words)):
        raise damaged(f"A passage of {key!r}")
    return Passage(id_, key, Span(start, end), unpack_spans(sentences))


def passage_rows(
    ids: Sequence[int], passages: Sequence[tuple[int, Passage]], words: Sequence[bytes]
) -> Iterator[tuple[object, ...]]:
    """The columns of passages, each given with the row of its document, and of their words."""
    for id_, (row, found), kept in zip(ids, passages, words, strict=True):
        columns = (id_, row, found.span.start, found.span.end, pack_spans(found.sentences), kept)
        yield (*columns, checksum_of_passage(*columns))


def vector_rows(ids: Sequence[int], vectors: Vectors) -> Iterator[tuple[int, bytes, int]]:
    """The columns of vectors."""
    for id_, row in zip(ids, vectors.astype("<f2"), strict=True):
        half = row.tobytes()
        yield id_, half, checksum_of_vector(id_, half)


def document(*columns: Any) -> Document:
    """A document from key, title, source, …, blocks, checksum and text.

    Raises:
        IndexProblem: they are not what was written.
    """
    *values, blocks, stored, text = columns
    key, title, source, _, _, digest, _, date = values
    is_ours = isinstance(text, bytes) and hashlib.sha256(text).hexdigest() == digest
    if not is_ours or not is_whole(stored, checksum(*values, blocks)):
        raise damaged(f"The text of {key!r}")
    return Document(key, title, decoded(text), source, unpack_blocks(blocks), date)
