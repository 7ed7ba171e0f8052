"""From names and paths to documents and indexes; engines are imported when one is opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from index.problems import IndexProblem, ModelProblem, UsageProblem
from index.settings import Settings

if TYPE_CHECKING:
    from index.addresses import Address
    from index.dask_cluster import Cluster
    from index.library import Index


def location(index: str | Path, settings: Settings) -> Path:
    """The directory of an index: a path as it is, a bare name under the user's data directory.

    Raises:
        UsageProblem: the name is empty.
    """
    if isinstance(index, Path):
        return index
    if not index.strip() or index in (".", ".."):
        raise UsageProblem("The index has no name.", "Name it, or give the path of its directory.")
    if "/" in index or "\\" in index:
        return Path(index).expanduser()
    return indexes(settings) / index


def indexes(settings: Settings) -> Path:
    """The directory in which indexes given by name live."""
    return Path(settings.home) / "indexes"


def new_index(settings: Settings) -> Index:
    """An empty index in memory.

    Raises:
        ModelProblem: the embedder cannot be loaded.
    """
    from index.embedders import load
    from index.engines import local
    from index.library import Index

    return Index.open(None, embedder=load(settings.model), engine=local(settings.engine))


def address(index: str | Path, settings: Settings) -> Address | None:
    """Where a stored index is on a server; None if the settings keep indexes on this machine.

    Raises:
        UsageProblem: there is no such engine, no server is named, or an index there cannot have
            such a name.
    """
    from index.addresses import Address
    from index.engines import named

    if not named(settings.engine).is_shared:
        return None
    return Address(settings.uri or "", str(index), settings.token or "")


def is_there(index: str, settings: Settings) -> bool:
    """Whether there is an index of this name, or something else in its place."""
    from index.engines import shared_index

    if place := address(index, settings):
        return shared_index(settings.engine).made_with(place) is not None
    path = location(index, settings)
    return path.is_dir() and any(path.iterdir())


def take_back(index: str, settings: Settings) -> None:
    """Delete an index on this machine that was begun and got no text, if it can be done."""
    from index.opening import take_back

    if address(index, settings) is None:
        take_back(location(index, settings))


def index_names(settings: Settings) -> list[str]:
    """The names of all indexes that are kept here, or on the server of the settings."""
    from index.engines import shared_index

    if place := address("any", settings):
        names: list[str] = shared_index(settings.engine).names(place)
        return names
    return [path.name for path in sorted(indexes(settings).glob("*/"))]


def open_index(index: str | Path, settings: Settings, *, create: bool, stale: bool) -> Index:
    """A stored index, with the model and engine that it was made with unless told.

    Raises:
        IndexProblem: it is not there, damaged, or made by another model or version.
        ModelProblem: the embedder or the engine cannot be loaded.
        UsageProblem: the index cannot have such a name.
    """
    if place := address(index, settings):
        return _on_a_server(place, settings, create=create, stale=stale)
    return _on_disk(location(index, settings), settings, create=create, stale=stale)


def _on_a_server(place: Address, settings: Settings, *, create: bool, stale: bool) -> Index:
    from index.embedders import load
    from index.engines import shared_index

    kind = shared_index(settings.engine)
    made = kind.made_with(place)
    embedder = load(settings.model or (made.embedder if made else None))
    opened: Index = kind.at(place, embedder=embedder, create=create, stale=stale)
    return opened


def _on_disk(path: Path, settings: Settings, *, create: bool, stale: bool) -> Index:
    from index.embedders import load
    from index.library import Index, manifest

    made = manifest(path)
    if made is None and not create:
        raise IndexProblem(
            f"There is no index at {path}.", "Build it with: pullquote index build NAME ARTICLE"
        )
    return Index.open(
        path,
        embedder=load(settings.model or (made.embedder if made else None)),
        engine=made.engine if made else settings.engine,
        create=create,
        readonly=made is not None and not os.access(path, os.W_OK),
        stale=stale,
    )


def open_cluster(address: str) -> Cluster:
    """A Dask cluster by the address of its scheduler.

    Raises:
        ModelProblem: its library is not installed.
        Problem: nobody answers there.
    """
    try:
        from index.dask_cluster import Cluster
    except ImportError as error:
        raise ModelProblem(
            f"A cluster needs a library that is not installed ({error.name}).",
            "Install it: pip install 'pullquote[dask]'.",
        ) from error
    return Cluster(address)
