"""Values to the columns of the store and back; pure."""

from __future__ import annotations

import hashlib
import json
import struct

import numpy as np

from index.ports import Vectors
from index.types import Block, BlockKind, Document, Passage, Span


def encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate, which a caller's text may have, is kept."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """Back from `encoded`."""
    return data.decode("utf-8", "surrogatepass")


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
    return json.dumps([[block.kind, block.span.start, block.span.end] for block in blocks])


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


def passage(id_: int, key: str, start: int, end: int, sentences: bytes) -> Passage:
    """A passage from its columns."""
    return Passage(id_, key, Span(start, end), unpack_spans(sentences))
