"""Tables on a Milvus server and the verbs that they take; the only file that imports pymilvus.

Every call has a time limit. Reads see all that this process has written, and what others wrote some
moments ago; those that must see everything say so (``fresh``), and take up to a fifth of a second
longer, the time between two ticks of a server's clock. Filters are made of whole numbers only, and
of keys that are hexadecimal digests.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import grpc
from pymilvus import DataType, Function, FunctionType, MilvusClient
from pymilvus.exceptions import ConnectionConfigException, MilvusException

from index.addresses import Address
from index.problems import IndexProblem, UsageProblem

Row = Mapping[str, Any]
MOST = 16_384
"""Matches that a server gives for one search."""
BATCH = 1_000
"""Rows sent or fetched at once; with vectors of 1,024 numbers, 4 MB of the 64 that fit."""
LONGEST = 65_535
"""Bytes of a text in one row."""
_CONNECT_SECONDS = 10
_CALL_SECONDS = 60
_FRESH, _OWN = "Strong", "Session"
"""Levels of consistency. On a server of version 2.3 a search took 244 and 6 ms."""
_UNSURE_SECONDS = 5
"""After a deletion, which the library does not count among what this process has written."""
_LITE = "milvus_lite"
_PREFIX, _MARK = "pullquote_", "__"
_K1, _B = 1.2, 0.75
"""Of BM25, as in `index.memory`."""


class Column(NamedTuple):
    """One column of a table."""

    name: str
    kind: str = "number"
    """``number`` (int64), ``text``, ``vector``, or ``terms`` (text that BM25 searches)."""
    is_sought: bool = False
    """Whether rows are looked up by it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A collection, in Milvus's words."""

    name: str
    columns: tuple[Column, ...]
    """The first is the key."""
    numbered: bool = False
    """Whether the server gives out the keys: whole numbers that never come twice."""

    @property
    def key(self) -> str:
        """The name of the key."""
        return self.columns[0].name

    @property
    def is_searched(self) -> bool:
        """Whether it has something to search; a collection must, so others get a stopgap."""
        return any(column.kind in ("vector", "terms") for column in self.columns)


_STOPGAP = "unused"
_NOTHING = [0.0, 0.0]


class Server:
    """A connection, and the tables of one index."""

    def __init__(self, address: Address) -> None:
        """Connect.

        Raises:
            IndexProblem: nobody answers there, or the token is refused.
            UsageProblem: the URI is none.
        """
        for name in ("pymilvus", _LITE):  # what they log is raised too, and told as a problem
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.address = address
        self._unsure_until = 0.0
        self._client: Any = None
        with self._translated():
            self._client = MilvusClient(address.uri, token=address.token, timeout=_CONNECT_SECONDS)
            version = self._client.get_server_version(timeout=_CONNECT_SECONDS)
        self.is_lite = str(version).startswith(_LITE)

    # Tables

    def has(self, table: Table) -> bool:
        """Whether the table is there."""
        with self._translated():
            return bool(self._client.has_collection(self._named(table), timeout=_CALL_SECONDS))

    def make(self, table: Table, dimension: int = 2) -> None:
        """Make the table unless it is there, and let it answer.

        Args:
            table: what to make.
            dimension: of the vectors in it, if it has any.
        """
        schema, indexes = self._schema(table, dimension)
        name, limit = self._named(table), _CALL_SECONDS
        with self._translated():
            if not self.has(table):
                try:
                    self._client.create_collection(
                        name, schema=schema, consistency_level=_FRESH, timeout=limit
                    )
                except MilvusException:
                    if not self.has(table):  # else another machine was faster
                        raise
            if not self._client.list_indexes(name, timeout=limit):
                self._client.create_index(name, indexes, timeout=limit)
            self._client.load_collection(name, timeout=limit)

    def dimension(self, table: Table) -> int:
        """Of the vectors in a table; 0 if it has none."""
        with self._translated():
            made = self._client.describe_collection(self._named(table), timeout=_CALL_SECONDS)
        return max(int(field["params"].get("dim", 0)) for field in made["fields"])

    def indexes(self, table: Table) -> list[str]:
        """The names of all indexes on the server that have such a table."""
        end = _MARK + table.name
        with self._translated():
            names = self._client.list_collections(timeout=_CALL_SECONDS)
        ours = (name for name in names if name.startswith(_PREFIX) and name.endswith(end))
        return sorted(name[len(_PREFIX) : -len(end)] for name in ours)

    # Rows

    def insert(self, table: Table, rows: Sequence[Row]) -> list[int]:
        """Write rows of a numbered table; returns the keys that they got."""
        keys: list[int] = []
        for batch in _batches(rows):
            with self._translated():
                done = self._client.insert(
                    self._named(table), _filled(table, batch), timeout=_CALL_SECONDS
                )
            keys += (int(key) for key in done["ids"])
        return keys

    def put(self, table: Table, rows: Sequence[Row]) -> None:
        """Write rows, replacing those of the same keys."""
        for batch in _batches(rows):
            with self._translated():
                self._client.upsert(
                    self._named(table), _filled(table, batch), timeout=_CALL_SECONDS
                )

    def get(
        self, table: Table, keys: Sequence[int | str], *columns: str, fresh: bool = False
    ) -> list[dict[str, Any]]:
        """These columns of the rows with these keys, in no order."""
        found: list[dict[str, Any]] = []
        for batch in _batches(keys):
            with self._translated():
                found += self._client.get(
                    self._named(table),
                    batch,
                    [*columns],
                    timeout=_CALL_SECONDS,
                    consistency_level=self._level(fresh),
                )
        return found

    def each(
        self, table: Table, *columns: str, where: str = "", fresh: bool = False
    ) -> Iterator[dict[str, Any]]:
        """These columns of all rows, or those that a filter lets through, by their keys."""
        with self._translated():
            pages = self._client.query_iterator(
                self._named(table),
                batch_size=BATCH,
                filter=where,
                output_fields=[*columns],
                timeout=_CALL_SECONDS,
                consistency_level=self._level(fresh),
            )
        try:
            while True:
                with self._translated():
                    rows = pages.next()
                if not rows:
                    return
                yield from rows
        finally:
            pages.close()

    def delete(self, table: Table, keys: Sequence[int | str]) -> None:
        """Delete the rows with these keys; unknown ones are ignored."""
        for batch in _batches(keys):
            with self._translated():
                self._client.delete(self._named(table), ids=batch, timeout=_CALL_SECONDS)
            self._unsure_until = time.monotonic() + _UNSURE_SECONDS

    def delete_where(self, table: Table, where: str) -> None:
        """Delete the rows that a filter lets through."""
        with self._translated():
            self._client.delete(self._named(table), filter=where, timeout=_CALL_SECONDS)
        self._unsure_until = time.monotonic() + _UNSURE_SECONDS

    def count(self, table: Table) -> int:
        """How many rows there are."""
        with self._translated():
            found = self._client.query(
                self._named(table),
                filter="",
                output_fields=["count(*)"],
                timeout=_CALL_SECONDS,
                consistency_level=_FRESH,
            )
        return int(found[0]["count(*)"])

    def search(
        self, table: Table, column: str, wanted: Any, limit: int, where: str = ""
    ) -> list[tuple[int, float]]:
        """Keys and scores of the best rows, best first; a score is higher the better.

        Args:
            table: a numbered one, or one whose keys are numbers.
            column: to search.
            wanted: a vector, or the text of terms.
            limit: `MOST` at most.
            where: a filter; empty for none.
        """
        with self._translated():
            hits = self._client.search(
                self._named(table),
                data=[wanted],
                anns_field=column,
                filter=where,
                limit=limit,
                output_fields=[table.key],
                timeout=_CALL_SECONDS,
                consistency_level=self._level(),
            )[0]
        return [(int(hit[table.key]), float(hit["distance"])) for hit in hits]

    def flush(self, table: Table) -> None:
        """Let searches be quick; what was written survives without it.

        Milvus Lite searches rows ten times more slowly until it is told. A server sees to it by
        itself, and takes only one such call in ten seconds.
        """
        if self.is_lite:
            with self._translated():
                self._client.flush(self._named(table), timeout=_CALL_SECONDS)

    def close(self) -> None:
        """End the connection; closing twice is allowed."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _level(self, fresh: bool = False) -> str:
        return _FRESH if fresh or time.monotonic() < self._unsure_until else _OWN

    def _named(self, table: Table) -> str:
        return f"{_PREFIX}{self.address.name}{_MARK}{table.name}"

    def _schema(self, table: Table, dimension: int) -> tuple[Any, Any]:
        schema = MilvusClient.create_schema(auto_id=table.numbered, enable_dynamic_field=False)
        indexes = MilvusClient.prepare_index_params()
        stopgap = () if table.is_searched else (Column(_STOPGAP, "vector"),)
        for column in (*table.columns, *stopgap):
            is_key = column.name == table.key
            _ADD[column.kind](self, schema, indexes, column, is_key, dimension)
        return schema, indexes

    def _add_number(self, schema: Any, indexes: Any, column: Column, key: bool, _: int) -> None:
        schema.add_field(column.name, DataType.INT64, is_primary=key)
        if column.is_sought:
            indexes.add_index(column.name, index_type="INVERTED")

    def _add_text(self, schema: Any, _: Any, column: Column, key: bool, __: int) -> None:
        schema.add_field(column.name, DataType.VARCHAR, is_primary=key, max_length=LONGEST)

    def _add_vector(self, schema: Any, indexes: Any, column: Column, _: bool, size: int) -> None:
        schema.add_field(column.name, DataType.FLOAT_VECTOR, dim=size)
        exact = self.is_lite or column.name == _STOPGAP
        kind = "FLAT" if exact else "AUTOINDEX"
        indexes.add_index(column.name, index_type=kind, metric_type="IP")

    def _add_terms(self, schema: Any, indexes: Any, column: Column, _: bool, __: int) -> None:
        # Terms are words already. Milvus Lite knows only an analyzer that looks for words again.
        analyzer = {"tokenizer": "standard" if self.is_lite else "whitespace"}
        source = f"{column.name}_text"
        schema.add_field(
            source,
            DataType.VARCHAR,
            max_length=LONGEST,
            enable_analyzer=True,
            analyzer_params=analyzer,
        )
        schema.add_field(column.name, DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25",
                function_type=FunctionType.BM25,
                input_field_names=[source],
                output_field_names=[column.name],
            )
        )
        tuned = {"bm25_k1": _K1, "bm25_b": _B}
        indexes.add_index(
            column.name,
            index_type="SPARSE_INVERTED_INDEX",
            metric_type="BM25",
            params={"params": tuned} if self.is_lite else tuned,
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except ConnectionConfigException as error:
            raise UsageProblem(
                f"{self.address.server!r} is not the address of a Milvus server.",
                "Give one such as http://localhost:19530, or a file that ends with .db.",
            ) from error
        except (MilvusException, grpc.RpcError) as error:
            raise _problem(error, self.address) from error


_ADD: dict[str, Callable[[Server, Any, Any, Column, bool, int], None]] = {
    "number": Server._add_number,
    "text": Server._add_text,
    "vector": Server._add_vector,
    "terms": Server._add_terms,
}


def one_of(column: str, numbers: Iterable[int]) -> str:
    """The filter that lets these numbers through."""
    return f"{column} in [{','.join(str(int(number)) for number in numbers)}]"


def _filled(table: Table, rows: Sequence[Row]) -> list[dict[str, Any]]:
    more = {} if table.is_searched else {_STOPGAP: _NOTHING}
    return [{**row, **more} for row in rows]


def _batches(rows: Sequence[Any]) -> Iterator[list[Any]]:
    return (list(rows[at : at + BATCH]) for at in range(0, len(rows), BATCH))


_SIGNS = (
    (
        ("auth check", "unauthenticated", "permission deny", "permission_denied", "auth fail"),
        "refuses the user or the key",
        "Give it as PULLQUOTE_TOKEN=user:password.",
    ),
    (
        ("fail connecting", "unavailable", "deadline", "timeout", "illegal connection params"),
        "cannot be reached",
        "Is it running there? Check the address that --uri or the settings give.",
    ),
    (
        ("start milvus-lite", "milvus lite", "locked"),
        "is open in another program, or is no file of Milvus Lite",
        "Close that, or run a server for several programs; see docs/cluster.md.",
    ),
    (
        ("unimplemented",),
        "does not answer as Milvus does",
        "Give the port of its gRPC service, usually 19530.",
    ),
)


def _problem(error: Exception, address: Address) -> IndexProblem:
    message = str(getattr(error, "message", "") or error)
    plain = message.lower()
    for signs, what, remedy in _SIGNS:
        if any(sign in plain for sign in signs):
            return IndexProblem(f"The Milvus server {address.server} {what}.", remedy)
    reason = message.partition("\n")[0][:200]
    return IndexProblem(
        f"The Milvus server {address.server} failed: {reason}.", "Look at what it logged."
    )
