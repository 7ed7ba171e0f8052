"""Conversations kept in a SQLite file: many processes may read and write it at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from index.database import Database, Kind
from index.problems import Problem
from index.settings import Settings
from index.terms import terms
from qa.record_data import from_data, to_data
from qa.records import Record, now
from qa.render import one_line

FILE = "conversations.db"
_LONGEST_TITLE = 80
_TABLES = """
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, began TEXT NOT NULL,
    changed TEXT NOT NULL, texts TEXT NOT NULL
);
CREATE TABLE turns (
    conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
    number INTEGER NOT NULL, terms TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
)
"""
"""``terms`` before ``record``: a search then reads but the beginning of a row."""
_INFO = """
SELECT c.id, c.title, c.began, c.changed, c.texts,
    (SELECT count(*) FROM turns t WHERE t.conversation = c.id)
FROM conversations c
"""


class ConversationProblem(Problem):
    """A conversation is not there, or cannot be read or kept (exit code 6)."""


_KIND = Kind(
    "conversation file",
    0x50515443,
    (_TABLES,),
    ConversationProblem,
    "Move it away; the next conversation begins a new one.",
)


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """What is told of a conversation without its turns."""

    id: int
    """From 1, never used again."""
    title: str
    began: str
    """UTC, ISO 8601."""
    changed: str
    """When the last turn was added, likewise."""
    texts: tuple[str, ...]
    """What was asked: the path of an index, or the keys of documents."""
    turns: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A turn that a search found."""

    conversation: ConversationInfo
    number: int
    """Of the turn, from 1."""
    record: Record


class Conversations:
    """The verbs on kept conversations; each is a transaction of its own."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or create the file; None keeps everything in memory.

        Raises:
            ConversationProblem: it is damaged, of a newer version, or cannot be written.
        """
        if path is not None and not path.exists():
            _create_private(path)
        self._database = Database(path, kind=_KIND)

    @classmethod
    def of(cls, settings: Settings) -> Conversations:
        """Those of the user; raises ConversationProblem."""
        return cls(place(settings))

    def close(self) -> None:
        """Close the file; closing twice is allowed."""
        self._database.close()

    def __enter__(self) -> Conversations:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def create(self, title: str, texts: Sequence[str] = ()) -> int:
        """Begin a conversation; returns its id."""
        with self._database.writing() as connection:
            began = now()
            cursor = connection.execute(
                "INSERT INTO conversations VALUES (NULL, ?, ?, ?, ?)",
                (_title(title), began, began, json.dumps(list(texts))),
            )
            return cursor.lastrowid or 0

    def append(self, id_: int, records: Sequence[Record]) -> None:
        """Add turns at the end, all or none.

        Raises:
            ConversationProblem: there is no such conversation (any more).
        """
        with self._database.writing() as connection:
            changed = connection.execute(
                "UPDATE conversations SET changed = ? WHERE id = ?", (now(), id_)
            )
            if not changed.rowcount:
                raise _unknown(id_)
            for kept in records:
                connection.execute(
                    "INSERT INTO turns SELECT ?, 1 + ifnull(max(number), 0), ?, ?"
                    " FROM turns WHERE conversation = ?",
                    (id_, _searchable(kept), json.dumps(to_data(kept)), id_),
                )

    def overview(self) -> list[ConversationInfo]:
        """Every conversation, the one changed last first."""
        rows = self._database.rows(f"{_INFO} ORDER BY c.changed DESC, c.id DESC")
        return [_info(row) for row in rows]

    def info(self, id_: int) -> ConversationInfo:
        """One of them.

        Raises:
            ConversationProblem: there is no such conversation.
        """
        rows = self._database.rows(f"{_INFO} WHERE c.id = ?", (id_,))
        if not rows:
            raise _unknown(id_)
        return _info(rows[0])

    def load(self, id_: int) -> list[Record]:
        """Its turns, in order.

        Raises:
            ConversationProblem: there is no such conversation, or it is damaged.
        """
        self.info(id_)
        rows = self._database.rows(
            "SELECT record FROM turns WHERE conversation = ? ORDER BY number", (id_,)
        )
        return [_parsed(text, id_) for (text,) in rows]

    def rename(self, id_: int, title: str) -> None:
        """Give it another title.

        Raises:
            ConversationProblem: there is no such conversation.
        """
        self._change("UPDATE conversations SET title = ? WHERE id = ?", (_title(title), id_), id_)

    def delete(self, id_: int) -> None:
        """Forget it and its turns.

        Raises:
            ConversationProblem: there is no such conversation.
        """
        self._change("DELETE FROM conversations WHERE id = ?", (id_,), id_)

    def search(self, text: str, limit: int = 50) -> list[Mention]:
        """Turns with every word of ``text``, or words that begin so; the latest first.

        Words meet by their stems, case and accents folded, in questions, quoted sentences and the
        titles of texts. ``text`` is plain text: no character in it is an operator.
        """
        wanted = list(dict.fromkeys(terms(text)))
        if not wanted:
            return []
        # At 10,000 turns this takes 30 ms of CPU: a full-text index would not be worth its keep.
        found = " AND ".join(["instr(terms, ' ' || ?) > 0"] * len(wanted))
        rows = self._database.rows(
            f"SELECT t.conversation, t.number, t.record FROM turns t"
            f" JOIN conversations c ON c.id = t.conversation WHERE {found}"
            " ORDER BY c.changed DESC, c.id DESC, t.number DESC LIMIT ?",
            (*wanted, limit),
        )
        infos = {info.id: info for info in self.overview()}
        return [
            Mention(infos[id_], number, _parsed(data, id_))
            for id_, number, data in rows
            if id_ in infos  # another process may have deleted it just now
        ]

    def _change(self, sql: str, values: tuple[object, ...], id_: int) -> None:
        with self._database.writing() as connection:
            if not connection.execute(sql, values).rowcount:
                raise _unknown(id_)


def place(settings: Settings) -> Path:
    """The file of the user's conversations."""
    return Path(settings.home) / FILE


def _create_private(path: Path) -> None:
    """An empty file that only its owner may read: questions tell much about who asks."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise ConversationProblem(
            f"Conversations cannot be kept in {path.parent}: {error.strerror}.",
            "Allow writing there, or set another home.",
        ) from error


def _title(title: str) -> str:
    line = one_line(title)
    return line if len(line) <= _LONGEST_TITLE else line[: _LONGEST_TITLE - 1].rstrip() + "…"


def _searchable(kept: Record) -> str:
    quoted = (f"{quote.sentence_text} {quote.text} {quote.title}" for quote in kept.quotes)
    found = terms(" ".join([kept.question, kept.understood, *quoted]))
    return " " + " ".join(dict.fromkeys(found))


def _info(row: tuple[Any, ...]) -> ConversationInfo:
    id_, title, began, changed, texts, turns = row
    return ConversationInfo(id_, title, began, changed, tuple(json.loads(texts)), turns)


def _parsed(text: str, id_: int) -> Record:
    try:
        return from_data(json.loads(text))
    except ValueError as error:
        raise ConversationProblem(
            f"The conversation {id_} is damaged.",
            f"Delete it: pullquote conversation delete {id_}.",
        ) from error


def _unknown(id_: int) -> ConversationProblem:
    return ConversationProblem(
        f"There is no conversation {id_}.", "See them all: pullquote conversation list."
    )
