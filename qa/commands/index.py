"""``pullquote index …``: indexes on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.problems import IndexProblem, Problem
from qa.assistant import Assistant
from qa.commands.common import Ticker, check_stdin, with_place
from qa.exits import Exit
from qa.opening import address, index_names, is_there, open_cluster, take_back
from qa.reading import expanded, read_all
from qa.render import one_line

if TYPE_CHECKING:
    from index.dask_cluster import Cluster
    from index.settings import Settings
    from index.types import Changes, Document, DocumentInfo

_model = click.option("--model", metavar="NAME", help="Embedder: any sentence-transformers model.")
_name = click.argument("name")
_label = click.argument("label")
_dask = click.option(
    "--dask",
    metavar="ADDRESS",
    help="Read and embed on a Dask cluster: its scheduler, as in tcp://localhost:8786.",
)
_articles = click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")


@click.group("index")
def command() -> None:
    """Keep texts indexed on disk, so that a second question embeds nothing again.

    NAME is a plain name (kept in the user's data directory) or a path with a slash in it. With
    --uri it is the name of an index on a Milvus server, which many machines can use at once.

    \b
    Examples:
      pullquote index build news articles/
      pullquote ask "Who led the talks?" --index news
      pullquote index add news another.txt
      pullquote index snapshot news before-the-vote
    """  # noqa: D301 - click wants the backspace character


@command.command()
@_name
@_articles
@_dask
@_model
@with_place
def build(name: str, articles: Sequence[str], dask: str | None, settings: Settings) -> int:
    """Make an index NAME of the ARTICLEs (files, folders, or -)."""
    if is_there(name, settings):
        raise IndexProblem(
            f"There is an index {name} already.",
            f"Add to it with: pullquote index add {name} ARTICLE",
        )
    return _put(name, articles, dask, settings, create=True)


@command.command()
@_name
@_articles
@_dask
@_model
@with_place
def add(name: str, articles: Sequence[str], dask: str | None, settings: Settings) -> int:
    """Add ARTICLEs, or take over what changed in them."""
    return _put(name, articles, dask, settings, create=False)


def _put(
    name: str, articles: Sequence[str], dask: str | None, settings: Settings, *, create: bool
) -> int:
    check_stdin(articles)
    with open_cluster(dask) if dask else nullcontext() as cluster:
        try:
            sources = _read_first(articles, settings, cluster) if create else articles
            with Ticker() as ticker, Assistant.open(name, settings=settings, create=create) as kept:
                _tell(kept.add(sources, cluster=cluster, on_progress=ticker))
                kept.follow(articles)
        except Problem:
            if create:  # a bad text must not leave an empty index
                take_back(name, settings)
            raise
    return Exit.ANSWERED


def _read_first(
    articles: Sequence[str], settings: Settings, cluster: Cluster | None
) -> Sequence[str | Document]:
    """The texts of an index that is to be begun on a server, where it could not be taken back."""
    if address("any", settings) is None:
        return articles
    return list(read_all(expanded(articles, settings), settings, cluster))


@command.command()
@_name
@with_place
def refresh(name: str, settings: Settings) -> int:
    """Take over what became of the files: changed, moved or gone, and new ones in folders.

    Files that look as they did, by size and time of change, are not read. Exits with 3 if some
    file could not be read; its text is kept as it was.
    """
    with Ticker() as ticker, Assistant.open(name, settings=settings) as kept:
        changes, problems = kept.refresh(on_progress=ticker)
    for problem in problems:
        click.echo(one_line(problem), err=True)
    _tell(changes)
    return Exit.SOURCE if problems else Exit.ANSWERED


@command.command()
@_name
@_model
@with_place
def rebuild(name: str, settings: Settings) -> int:
    """Index the stored texts anew, or with another --model."""
    with Ticker() as ticker, Assistant.open(name, settings=settings, stale=True) as kept:
        _tell(kept.rebuild(on_progress=ticker))
    return Exit.ANSWERED


@command.command()
@_name
@_articles
@with_place
def remove(name: str, articles: Sequence[str], settings: Settings) -> int:
    """Forget ARTICLEs, named as list NAME shows them.

    A file in a folder that was indexed comes back with the next refresh, as long as it is there.
    """
    with _opened(name, settings) as kept:
        known = kept.documents()
        _tell(kept.remove([_key(article, known, name) for article in articles]))
    return Exit.ANSWERED


def _key(article: str, known: Sequence[DocumentInfo], name: str) -> str:
    """The key of the document that the user means by its key, source or path."""
    names = {article, Path(article).absolute().as_posix()}
    for info in known:
        if names & {info.key, info.source}:
            return info.key
    raise IndexProblem(
        f"There is no {article} in the index {name}.", f"See: pullquote index list {name}"
    )


@command.command()
@_name
@_label
@with_place
def snapshot(name: str, label: str, settings: Settings) -> int:
    """Remember the texts as they are now, under a LABEL; nothing is copied."""
    with _opened(name, settings) as kept:
        kept.snapshot(label)
    return Exit.ANSWERED


@command.command()
@_name
@with_place
def snapshots(name: str, settings: Settings) -> int:
    """List the snapshots of an index.

    One is a line: label, texts, those that only it holds, and when it was taken (UTC), with tabs
    between them.
    """
    with _opened(name, settings) as kept:
        for taken in kept.snapshots():
            figures = f"{taken.documents}\t{taken.own}"
            click.echo(f"{one_line(taken.label)}\t{figures}\t{taken.made}")
    return Exit.ANSWERED


@command.command()
@_name
@_label
@with_place
def restore(name: str, label: str, settings: Settings) -> int:
    """Go back to the snapshot LABEL, all texts at once; nothing is embedded.

    What is in no snapshot is lost by it. The files are as they are: refresh takes them over again.
    """
    with _opened(name, settings) as kept:
        _tell(kept.restore(label))
    return Exit.ANSWERED


@command.command()
@_name
@_label
@with_place
def discard(name: str, label: str, settings: Settings) -> int:
    """Forget the snapshot LABEL, and free the room of what only it held."""
    with _opened(name, settings) as kept:
        kept.discard(label)
    return Exit.ANSWERED


@command.command("list")
@click.argument("name", required=False)
@with_place
def list_(name: str | None, settings: Settings) -> int:
    """List the indexes, or the texts of the index NAME.

    A text is one line: characters, passages, source and title, with tabs between them.
    """
    if name is None:
        for found in index_names(settings):
            click.echo(one_line(found))
        return Exit.ANSWERED
    with _opened(name, settings) as kept:
        for info in kept.documents():
            figures = f"{info.characters}\t{info.passages}"
            click.echo(f"{figures}\t{one_line(info.source)}\t{one_line(info.title)}")
    return Exit.ANSWERED


@command.command()
@_name
@with_place
def status(name: str, settings: Settings) -> int:
    """Show the state of an index in figures."""
    with _opened(name, settings) as kept:
        state = kept.status()
    for warning in state.warnings:
        click.echo(one_line(warning), err=True)
    rows = {
        "location": state.location,
        "texts": f"{state.documents:,}",
        "passages": f"{state.passages:,}",
        "model": f"{state.embedder} ({state.dimension} dimensions)",
        "engine": state.engine,
        "search": state.accuracy,
        "schema": str(state.schema),
    }
    if state.bytes_on_disk:  # a server does not say
        rows["size"] = f"{state.bytes_on_disk / 1e6:,.1f} MB"
    for label, value in rows.items():
        click.echo(f"{label:<9} {one_line(value)}")
    return Exit.ANSWERED


@command.command()
@_name
@with_place
def verify(name: str, settings: Settings) -> int:
    """Check that the parts of an index agree; exit with 4 if not."""
    with _opened(name, settings) as kept:
        damages = kept.verify()
    for damage in damages:
        click.echo(one_line(damage))
    if damages:
        click.echo(f"Mend it with: pullquote index repair {one_line(name)}", err=True)
        return Exit.INDEX
    click.echo("All is well.", err=True)
    return Exit.ANSWERED


@command.command()
@_name
@with_place
def repair(name: str, settings: Settings) -> int:
    """Make everything anew from the stored texts, if anything is damaged."""
    with Ticker() as ticker, Assistant.open(name, settings=settings) as kept:
        damages = kept.repair(on_progress=ticker)
    for damage in damages:
        click.echo(one_line(damage))
    click.echo("Repaired." if damages else "Nothing was damaged.", err=True)
    return Exit.ANSWERED


@contextmanager
def _opened(name: str, settings: Settings) -> Iterator[Assistant]:
    """The index as it is, even if another model is set: nothing is embedded."""
    with Assistant.open(name, settings=settings, stale=True) as kept:
        yield kept


def _tell(changes: Changes) -> None:
    """Say on stderr what happened."""
    counts = {
        "added": changes.added,
        "changed": changes.changed,
        "moved": changes.moved,
        "unchanged": changes.unchanged,
        "removed": changes.removed,
    }
    said = [f"{len(keys):,} {label}" for label, keys in counts.items() if keys]
    click.echo(", ".join(said) or "nothing to do", err=True)
