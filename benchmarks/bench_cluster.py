"""What a passage costs on a Milvus server, and so how many machines a collection needs.

    python -m benchmarks.bench_cluster [--texts FOLDER] [--uri URI] [--passages 2000]

Three tables: bytes of a passage, counted on real texts (the samples, unless a folder is named);
speed, measured with generated texts on Milvus Lite or on the server at URI; and machines, worked
out from the bytes. ``--json`` prints the same as data.

What is counted: the fields as they are sent. What is assumed of a server, and not measured here:
that it keeps everything that it searches or looks up by id in memory (it can map texts from disk),
a graph of `LINKS` links for each vector (HNSW), `POSTING` bytes for each term of a passage, and
`ROW` bytes of its own for each row.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.prose import Prose
from index import embedders
from index.addresses import Address
from index.embedding import embedded
from index.milvus_index import MilvusIndex
from index.milvus_rows import document_row, passage_rows, text_parts
from index.passages import split
from index.ports import Embedder
from index.sources import expand, read
from index.terms import terms
from index.types import Document
from qa import samples
from qa.retrieval import HybridRetriever

LINKS = 36
"""Links of a vector in the lowest layer of an HNSW graph with M = 18, 4 bytes each."""
POSTING = 8
"""A document and how often it has the term, 4 bytes each."""
ROW = 16
"""Key and time of a row, which Milvus keeps for each."""
SIZES = (10_000_000, 100_000_000, 1_000_000_000)
QUESTIONS = 40
Row = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Bytes:
    """Of one passage, as it is sent."""

    vector: float
    terms: float
    passage: float
    """Its row: numbers and sentences."""
    text: float
    """Its share of the text, compressed, and of the row of the document."""
    distinct: float
    """Different terms, no bytes."""

    @property
    def stored(self) -> float:
        """What a server keeps on disk, before it compresses anything, with an index of each."""
        return self.memory + self.terms + self.text

    @property
    def memory(self) -> float:
        """What a server keeps in memory if it maps texts and terms from disk."""
        graph, postings = 4 * LINKS, POSTING * self.distinct
        return self.vector + graph + postings + self.passage + 3 * ROW


def bytes_of(documents: Sequence[Document], embedder: Embedder) -> Bytes:
    """Counted on these documents."""
    passages = words = distinct = rows = texts = 0
    for document in documents:
        found = split(document)
        cut = [passage.span.of(document.text) for passage in found]
        vectors = np.zeros((len(found), 1), dtype=np.float32)
        passages += len(found)
        words += sum(len(" ".join(terms(text)).encode()) for text in cut)
        distinct += sum(len(set(terms(text))) for text in cut)
        made = passage_rows([(0, passage) for passage in found], vectors)
        rows += sum(6 * 8 + len(row["sentences"]) for row in made)
        head = document_row(document, 0, len(found), "2024-01-01T00:00:00+00:00", 0)
        texts += sum(map(len, text_parts(document))) + len(head["info"]) + len(head["digest"])
    each = (words / passages, rows / passages, texts / passages, distinct / passages)
    return Bytes(4 * embedder.dimension, *each)


def machines(counted: Bytes, passages: int, gigabytes: float, fill: float) -> int:
    """Machines with so much memory, of which a share is filled."""
    return math.ceil(passages * counted.memory / (gigabytes * 1e9 * fill))


def speed(uri: str, embedder: Embedder, passages: int) -> list[Row]:
    """Reading, cutting and embedding; writing; searching an index of so many passages."""
    documents = list(Prose().documents(passages))
    rows: list[Row] = []
    clock, cpu = time.perf_counter(), time.process_time()
    found = 0
    for document in documents:
        texts = [passage.span.of(document.text) for passage in split(document)]
        found += len(embedded(embedder, texts))
    rows.append(_rate("cut and embed (a worker's part)", found, clock, cpu))
    index = MilvusIndex.at(Address(uri, f"bench{uuid.uuid4().hex}"), embedder=embedder)
    clock, cpu = time.perf_counter(), time.process_time()
    index.add(documents)
    rows.append(_rate("add to the index, all of it", found, clock, cpu))
    retriever, asked = HybridRetriever(index), [d.text[:80] for d in documents[:QUESTIONS]]
    walls = []
    for question in asked:
        clock = time.perf_counter()
        retriever.retrieve(question, 8)
        walls.append((time.perf_counter() - clock) * 1000)
    p50, p95 = np.percentile(walls, [50, 95])
    rows.append({"what": "hybrid retrieval", "p50 ms": round(p50, 1), "p95 ms": round(p95, 1)})
    index.close()
    return rows


def _rate(what: str, passages: int, clock: float, cpu: float) -> Row:
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    return {
        "what": what,
        "passages": passages,
        "per wall s": round(passages / clock),
        "per CPU s": round(passages / cpu),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="count on the files of this folder")
    parser.add_argument("--uri", help="of a Milvus server (default: Milvus Lite in a new folder)")
    parser.add_argument("--passages", type=int, default=2000, help="for the speed; 0 leaves it out")
    parser.add_argument("--gigabytes", type=float, default=64, help="memory of a machine")
    parser.add_argument("--fill", type=float, default=0.7, help="share of it to fill")
    parser.add_argument("--json", action="store_true", help="print as data")
    given = parser.parse_args()
    embedder = embedders.load()
    paths = expand([given.texts]) if given.texts else [samples.path(n) for n in samples.names()]
    counted = bytes_of([read(path) for path in paths], embedder)
    sizes: list[Row] = [
        {
            "passages": f"{size:,}",
            "memory GB": round(size * counted.memory / 1e9),
            "disk GB": round(size * counted.stored / 1e9),
            "machines": machines(counted, size, given.gigabytes, given.fill),
        }
        for size in SIZES
    ]
    parts: Row = {
        "vector": counted.vector,
        "terms": round(counted.terms),
        "different terms": round(counted.distinct),
        "row": round(counted.passage),
        "text": round(counted.text),
        "memory": round(counted.memory),
        "disk": round(counted.stored),
    }
    with tempfile.TemporaryDirectory() as folder:
        uri = given.uri or f"{folder}/lite.db"
        rows = speed(uri, embedder, given.passages) if given.passages else []
        tables = {"bytes of a passage": [parts], "speed": rows, "machines": sizes}
        print(json.dumps(tables, indent=2) if given.json else _as_text(tables))


def _as_text(tables: dict[str, list[Row]]) -> str:
    lines = []
    for title, rows in tables.items():
        lines += ["", title]
        lines += ["  " + " · ".join(f"{name} {value}" for name, value in r.items()) for r in rows]
    return "\n".join(lines[1:])


if __name__ == "__main__":
    main()
