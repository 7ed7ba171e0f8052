"""A Dask cluster gives what this machine would have worked out, value for value."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import embedders
from index.ingest import Incoming
from index.library import Index
from index.problems import ModelProblem, Problem, SourceProblem
from index.settings import Settings
from index.sources import read
from index.types import Document
from qa.assistant import Assistant
from qa.opening import open_cluster
from qa.reading import expanded, read_all

pytest.importorskip("distributed", exc_type=ImportError)

from index import dask_cluster
from index.dask_cluster import Cluster

EXAMPLES = Path(__file__).parents[2] / "examples"


def cluster_of(workers: int) -> Any:
    """A cluster in this process that listens to this machine alone, its dashboards too."""
    from distributed import LocalCluster

    here = "127.0.0.1:0"
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address=here,
        worker_dashboard_address=here,
    )


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    with cluster_of(2) as cluster:
        yield cluster


@pytest.fixture
def cluster(scheduler: Any) -> Iterator[Cluster]:
    with Cluster(scheduler.scheduler_address) as connected:
        yield connected
    connected.close()


def contents(index: Index) -> list[Any]:
    store = index._state.parts.store
    batches = list(store.batches(1000))
    vectors = np.concatenate([vectors for *_, vectors in batches])
    ids = [id_ for ids, *_ in batches for id_ in ids]
    return [*store.passages(ids), *store.documents(), vectors.tobytes()]


def same_moment(found: list[Any]) -> list[Any]:
    """Without the time of adding."""
    return [
        dataclasses.replace(item, added="") if hasattr(item, "added") else item for item in found
    ]


def test_an_index_made_there_equals_one_made_here(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "_CHARACTERS", 7_000)
    monkeypatch.setattr(dask_cluster, "_FILES", 2)
    monkeypatch.chdir(EXAMPLES.parent)
    made = []
    for way in (cluster, None):
        index = Index.open(None, embedder=embedders.load())
        assistant = Assistant(index, Settings())
        changes = assistant.add(["examples"], cluster=way)
        assert len(changes.added) >= 3
        assert assistant.add(["examples/harbor.txt"], cluster=way).unchanged
        made.append(same_moment(contents(index)))
    assert made[0] == made[1]


def test_what_changed_is_made_there_too(
    cluster: Cluster, document: Callable[..., Document]
) -> None:
    made = []
    for way in (cluster, None):
        assistant = Assistant(Index.open(None, embedder=embedders.load()), Settings())
        first = document("k", "The ferry left. " * 80)
        second = document("k", "The ferry left. " * 80 + "\n\nThe harbour froze.")
        assistant.add([first], cluster=way)
        assert assistant.add([second, document("empty", "")], cluster=way).changed == ("k",)
        made.append(same_moment(contents(assistant._index)))
    assert made[0] == made[1]


def test_documents_come_in_order_whatever_they_are(cluster: Cluster, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.txt" for n in range(70)]
    for path in paths:
        path.write_text(f"Text {path.stem}.")
    ready = Document("k", "k", "ready", "-")
    items: list[Path | Document] = [*paths[:40], ready, *paths[40:]]
    expected = [x if isinstance(x, Document) else read(x) for x in items]
    assert list(cluster.read(items, 9999)) == expected


@pytest.mark.parametrize("name", ["missing.txt", "empty.txt", "large.txt"])
def test_a_file_that_cannot_be_read_is_told_as_it_is_here(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").touch()
    Path("large.txt").write_text("x" * 200)
    Path("fine.txt").write_text("fine")
    said = []
    limited = Settings(max_bytes=100)
    for way in (cluster, None):
        with pytest.raises(SourceProblem) as problem:
            list(read_all(expanded(["fine.txt", name], limited), limited, way))
        said.append((problem.value.summary, problem.value.remedy))
    assert said[0] == said[1]


def test_a_task_that_fails_is_tried_again(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Here.")
    tries: list[int] = []

    def flaky(*arguments: Any, **more: Any) -> Document:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("the worker lost its disk")
        return read(*arguments, **more)

    monkeypatch.setattr(dask_cluster, "read", flaky)
    assert [d.text for d in cluster.read([tmp_path / "a.txt"], 99)] == ["Here."]
    assert len(tries) == 3


def test_a_task_that_goes_on_failing_is_told_and_leaves_nothing(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, document: Callable[..., Document]
) -> None:
    def broken(_: Document) -> None:
        raise MemoryError

    index = Index.open(None, embedder=embedders.load())
    monkeypatch.setattr(dask_cluster, "split", broken)
    with pytest.raises(Problem, match="failed: MemoryError"):
        Assistant(index, Settings()).add([document("k", "text")], cluster=cluster)
    assert index.documents() == []


def test_workers_with_another_model_or_version_are_refused(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, document: Callable[..., Document]
) -> None:
    embedder = embedders.load()
    asked = [Incoming(document("k", "text"))]
    assert next(cluster.prepared(embedder, asked)).made
    versions = iter(["ours", "theirs"])
    monkeypatch.setattr(dask_cluster, "code_version", lambda: next(versions))
    with pytest.raises(ModelProblem, match="another version"):
        list(cluster.prepared(embedder, asked))


def test_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "_CONNECT_SECONDS", 0.2)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    for address in (f"tcp://127.0.0.1:{port}", "nonsense://x", "tcp://"):
        with pytest.raises(Problem, match="no Dask cluster") as problem:
            open_cluster(address)
        assert "tcp://localhost:8786" in problem.value.remedy


def test_a_cluster_without_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "_CONNECT_SECONDS", 0.2)
    with cluster_of(0) as empty, pytest.raises(Problem, match="has no workers"):
        Cluster(empty.scheduler_address)
