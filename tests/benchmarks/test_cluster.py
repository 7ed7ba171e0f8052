from __future__ import annotations

import pytest

from index import embedders
from index.sources import read
from qa import samples

pytest.importorskip("pymilvus", exc_type=ImportError)

from benchmarks.bench_cluster import Bytes, bytes_of, machines


def test_machines_are_counted_from_the_bytes_of_a_passage() -> None:
    counted = Bytes(vector=1024, terms=400, passage=100, text=300, distinct=60)
    assert counted.memory == 1024 + 144 + 480 + 100 + 48
    assert counted.stored == counted.memory + 700
    assert machines(counted, 1_000, gigabytes=64, fill=0.7) == 1
    assert machines(counted, 100_000_000, gigabytes=64, fill=0.7) == 5


def test_bytes_are_counted_on_texts() -> None:
    embedder = embedders.load()
    text = read(samples.path("geneva"))
    counted = bytes_of([text], embedder)
    assert counted.vector == 4 * embedder.dimension
    assert 40 < counted.distinct < 100
    assert counted.text < len(text.text)
