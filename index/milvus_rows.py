"""Documents and passages as rows of Milvus, and back; pure.

A text is compressed and cut into parts, because a row holds no more than 65,535 bytes; base 64
makes plain letters of it, since Milvus takes nothing but valid UTF-8.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from index import store_rows
from index.milvus_server import LONGEST, Column, Table
from index.ports import Vectors
from index.problems import IndexProblem
from index.types import Document, DocumentInfo, Passage, Span

DOCUMENTS = Table(
    "documents",
    (
        Column("digest", "text"),
        Column("version", is_sought=True),
        Column("origin", is_sought=True),
        Column("passages"),
        Column("info", "text"),
    ),
)
"""One row for each key, which names the version that is LIVE: replacing it shows another one."""
TEXTS = Table(
    "texts",
    (Column("id"), Column("version", is_sought=True), Column("part"), Column("data", "text")),
    numbered=True,
)
"""The parts of a text. The id of the first names the version; the others refer to it."""
PASSAGES = Table(
    "passages",
    (
        Column("id"),
        Column("version", is_sought=True),
        Column("first"),
        Column("last"),
        Column("sentences", "text"),
        Column("checksum"),
        Column("vector"),
    ),
    numbered=True,
)
"""``vector`` is the checksum of the vector, which is kept where it is searched."""
META = Table(
    "meta",
    (
        Column("name", "text"),
        Column("kind", is_sought=True),
        Column("origin", is_sought=True),
        Column("value", "text"),
    ),
)
_PART = LONGEST * 3 // 4 // 3 * 3
"""Bytes that make at most `LONGEST` letters."""


def digest(key: str) -> str:
    """Names the row of a document; hexadecimal, so that no key is ever part of a filter."""
    return hashlib.sha256(store_rows.encoded(key)).hexdigest()


def number(text: str) -> int:
    """A whole number from 0 that stands for a text in filters."""
    return int.from_bytes(hashlib.sha256(store_rows.encoded(text)).digest()[:7], "big")


def document_row(document: Document, version: int, passages: int, added: str, origin: int) -> Any:
    """The row of a document whose version is to be LIVE.

    Raises:
        IndexProblem: its title or source is longer than a row can be.
    """
    fields = [document.key, document.title, document.source, len(document.text)]
    info = json.dumps([*fields, store_rows.sha256(document.text), added, document.date])
    if len(info) > LONGEST:
        raise IndexProblem(
            f"The title of {document.key[:200]!r} is too long for Milvus.", "Shorten it."
        )
    return {
        "digest": digest(document.key),
        "version": version,
        "origin": origin,
        "passages": passages,
        "info": info,
    }


def info(row: Mapping[str, Any]) -> DocumentInfo:
    """What is known of a document, from its row."""
    key, title, source, characters, sha256, added, date = json.loads(row["info"])
    return DocumentInfo(key, title, source, characters, int(row["passages"]), sha256, added, date)


def text_parts(document: Document) -> list[str]:
    """A document as the parts of its text, at least one."""
    head = [document.key, document.title, document.source, document.date]
    blocks = store_rows.pack_blocks(document.blocks)
    about = json.dumps([*head, store_rows.sha256(document.text), blocks])
    packed = zlib.compress(about.encode() + b"\n" + store_rows.encoded(document.text))
    cuts = (packed[at : at + _PART] for at in range(0, len(packed), _PART))
    return [base64.b64encode(cut).decode() for cut in cuts]


def document(parts: Sequence[str]) -> Document:
    """Back from `text_parts`; IndexProblem if they are not what was written."""
    try:
        packed = b"".join(base64.b64decode(part, validate=True) for part in parts)
        about, _, encoded = zlib.decompress(packed).partition(b"\n")
        key, title, source, date, sha256, blocks = json.loads(about)
    except (ValueError, zlib.error) as error:
        raise store_rows.damaged("A text") from error
    if hashlib.sha256(encoded).hexdigest() != sha256:
        raise store_rows.damaged(f"The text of {key!r}")
    text = store_rows.decoded(encoded)
    return Document(key, title, text, source, store_rows.unpack_blocks(blocks), date)


def passage_rows(
    passages: Sequence[tuple[int, Passage]], vectors: Vectors
) -> Iterator[dict[str, Any]]:
    """Rows of passages, each given with its version, and their vectors."""
    for (version, found), vector in zip(passages, vectors, strict=True):
        sentences = base64.b64encode(store_rows.pack_spans(found.sentences)).decode()
        columns = (version, found.span.start, found.span.end, sentences)
        yield {
            "version": version,
            "first": found.span.start,
            "last": found.span.end,
            "sentences": sentences,
            "checksum": store_rows.checksum(*columns),
            "vector": vector_checksum(vector),
        }


def vector_checksum(vector: Vectors) -> int:
    """Of a vector in half precision, as it was given to the store."""
    return zlib.crc32(np.asarray(vector, dtype="<f2").tobytes())


def is_whole(row: Mapping[str, Any]) -> bool:
    """Whether the row of a passage is what was written."""
    columns = (int(row["version"]), int(row["first"]), int(row["last"]), row["sentences"])
    return store_rows.checksum(*columns) == int(row["checksum"])


def passage(row: Mapping[str, Any], key: str) -> Passage:
    """A passage of the document of this key; IndexProblem if it is not what was written."""
    if not is_whole(row):
        raise store_rows.damaged(f"A passage of {key!r}")
    sentences = store_rows.unpack_spans(base64.b64decode(row["sentences"]))
    return Passage(int(row["id"]), key, Span(int(row["first"]), int(row["last"])), sentences)
