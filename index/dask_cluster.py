"""Texts read, cut and embedded on a Dask cluster; the only file that imports distributed.

A cluster computes and writes nothing: what comes back is what this machine would have worked out,
value for value, and goes into the index from here. Workers must have the same version of Pullquote
and the same model, and are asked; files are read where the workers are, by the same paths.
"""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from distributed import Client, Future

from index.embedders import load
from index.embedding import embedded
from index.ingest import Incoming, Made
from index.passages import split
from index.ports import Embedder
from index.problems import ModelProblem, Problem
from index.sources import read
from index.store_rows import halved
from index.types import Document

_CONNECT_SECONDS = 10
_IDLE_SECONDS = 30
"""How long the cluster may be without a worker."""
_RETRIES = 3
_FILES = 32
"""Read by one task."""
_CHARACTERS = 400_000
"""Of the documents that one task embeds: some tenths of a second, much more than a task costs."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Cluster:
    """A connection to the scheduler of a Dask cluster."""

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            Problem: nobody answers at the address, or no worker is there.
        """
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it logs is raised too
        self._address = address
        try:
            self._client: Any = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise Problem(
                f"There is no Dask cluster at {address}.",
                "Give the address of its scheduler, as in tcp://localhost:8786.",
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except TimeoutError as error:
            self.close()
            raise self._deserted() from error

    def read(self, items: Iterable[Path | Document], max_bytes: int) -> Iterator[Document]:
        """The documents of files, in order; what is a document already stays here.

        Raises:
            SourceProblem: a file cannot be read, as `index.sources.read` says it.
            Problem: the cluster failed.
        """
        folder = Path.cwd()
        for is_file, run in groupby(items, key=lambda item: isinstance(item, Path)):
            if is_file:
                for documents in self._mapped(_read, _by_count(run), folder, max_bytes):
                    yield from documents
            else:
                yield from (item for item in run if isinstance(item, Document))

    def prepared(self, embedder: Embedder, incoming: Iterable[Incoming]) -> Iterator[Incoming]:
        """The documents with their passages and vectors, in order.

        Raises:
            ModelProblem: the workers have another model, or it gives no usable vectors.
            Problem: the cluster failed.
        """
        waiting: deque[list[Incoming]] = deque()

        def documents() -> Iterator[list[Document]]:
            for batch in _by_size(incoming):
                waiting.append(batch)
                yield [one.document for one in batch]

        task = (embedder.name, embedder.fingerprint, code_version())
        for made in self._mapped(_made, documents(), *task):
            for one, its in zip(waiting.popleft(), made, strict=True):
                yield one._replace(made=its)

    def close(self) -> None:
        """End the connection; closing twice is allowed."""
        self._client.close()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _mapped(
        self, work: Callable[..., _Result], items: Iterable[_Item], *more: Any
    ) -> Iterator[_Result]:
        """``work`` on each item, in order; twice as many are under way as there are threads."""
        threads = sum(self._client.nthreads().values())
        waiting: deque[Future] = deque()
        try:
            for item in items:
                waiting.append(
                    self._client.submit(_guarded, work, item, *more, pure=False, retries=_RETRIES)
                )
                if len(waiting) > 2 * threads:
                    yield self._finished(waiting.popleft())
            while waiting:
                yield self._finished(waiting.popleft())
        finally:
            self._client.cancel(list(waiting))

    def _finished(self, future: Any) -> Any:
        while True:
            try:
                result = future.result(timeout=_IDLE_SECONDS)
                break
            except Exception as error:  # whatever the worker raised, and what Dask itself does
                if isinstance(error, TimeoutError) and not future.done():
                    if not self._client.nthreads():
                        raise self._deserted() from error
                    continue
                raise Problem(
                    f"The Dask cluster at {self._address} failed: {type(error).__name__}.",
                    "Look at what it logged; workers need Pullquote, its extras and the model.",
                ) from error
        if isinstance(result, Problem):
            raise result
        return result

    def _deserted(self) -> Problem:
        return Problem(
            f"The Dask cluster at {self._address} has no workers.",
            f"Start some: dask worker {self._address}",
        )


def _guarded(work: Callable[..., _Result], *arguments: Any) -> _Result | Problem:
    """Run on a worker; a problem is a result, so that it is not tried again."""
    try:
        return work(*arguments)
    except Problem as problem:
        return problem


def _read(paths: Sequence[Path], folder: Path, max_bytes: int) -> list[Document]:
    return [read(path, folder=folder, max_bytes=max_bytes) for path in paths]


def _made(documents: Sequence[Document], model: str, fingerprint: str, code: str) -> list[Made]:
    embedder = _embedder(model)
    if embedder.fingerprint != fingerprint or code_version() != code:
        raise ModelProblem(
            "The workers of the Dask cluster have another version of Pullquote or of its model.",
            "Install there what is installed here.",
        )
    made = []
    for document in documents:
        passages = split(document)
        texts = [passage.span.of(document.text) for passage in passages]
        made.append(Made(tuple(passages), halved(embedded(embedder, texts))))
    return made


@lru_cache(maxsize=2)
def _embedder(model: str) -> Embedder:
    return load(model)


@lru_cache(maxsize=1)
def code_version() -> str:
    """Of the code that reads and cuts texts: changes with every change to it."""
    folder = Path(__file__).parent
    files = sorted([*folder.glob("*.py"), *folder.glob("sources/*.py")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _by_count(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    batch: list[_Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == _FILES:
            yield batch
            batch = []
    if batch:
        yield batch


def _by_size(incoming: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    batch: list[Incoming] = []
    characters = 0
    for one in incoming:
        batch.append(one)
        characters += len(one.document.text)
        if characters >= _CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
