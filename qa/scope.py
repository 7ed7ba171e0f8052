"""The part of an index that a question is restricted to, worked out before retrieval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from pathlib import PurePath
from typing import Protocol

import numpy as np

from index.ports import Ids
from index.problems import UsageProblem
from index.terms import STOP_WORDS, question_terms
from index.types import Document, DocumentInfo, Match, Passage
from qa.query import Query, folded, holds, is_name, mentions

_NO_TEXT = "See what there is: pullquote index list NAME."
_NAMED = 3
"""Texts that are told by their titles; more are counted."""


class Restrictable(Protocol):
    """The part of an index that restricting needs."""

    def lexical(self, question: str, k: int) -> list[Match]:
        """At most ``k`` matches by shared words, best first."""

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages of these ids, in their order."""

    def passages_of(self, keys: Iterable[str]) -> list[int]:
        """The ids of all passages of these documents."""

    def passages_dated(self, after: str, before: str) -> list[int]:
        """The ids of all passages of documents of a day from ``after`` on and ``before`` another.

        Days are in ISO 8601, empty for no bound.
        """

    def documents(self) -> list[DocumentInfo]:
        """What is indexed."""

    def document(self, key: str) -> Document:
        """The document of this key."""


_NONE: Ids = np.zeros(0, dtype=np.int64)
_ALL = 2**31 - 1
"""More matches than there can be."""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Which passages a question is asked of."""

    allowed: Ids | None = None
    """None for all."""
    avoided: Ids = field(default_factory=lambda: _NONE)
    """Passages with an excluded word in some sentence: they are read last."""
    said: tuple[str, ...] = ()
    """The restrictions in words, for the user."""

    @property
    def asked(self) -> Ids | None:
        """Those that are asked and not read last; None for all but ``avoided``."""
        if self.allowed is None or not len(self.avoided):
            return self.allowed
        return np.setdiff1d(self.allowed, self.avoided, assume_unique=True)

    def without_avoided(self, ids: list[int]) -> list[int]:
        """``ids`` but those that are read last, in their order."""
        return np.array(ids)[~np.isin(ids, self.avoided)].tolist() if len(self.avoided) else ids

    @property
    def last(self) -> Scope:
        """The part that is read last."""
        if self.allowed is None:
            return Scope(self.avoided)
        return Scope(_in_both(self.allowed, self.avoided))


EVERYTHING = Scope()


def scope(query: Query, index: Restrictable) -> Scope:
    """What ``query`` leaves of the index.

    Raises:
        UsageProblem: no text has such a name, or is of such a day.
    """
    if not query.is_restricted:
        return EVERYTHING
    return _Narrowing(query, index).scope()


class _Narrowing:
    """One query worked out against one index."""

    def __init__(self, query: Query, index: Restrictable) -> None:
        self._query = query
        self._index = index
        self._said: list[str] = []

    def scope(self) -> Scope:
        allowed = self._within_texts()
        for phrase in self._query.phrases:
            holders = self._holding(phrase)
            allowed = holders if allowed is None or holders is None else _in_both(allowed, holders)
        avoided = _NONE
        for word in self._query.excluded:
            self._said.append(f"without “{word}”")
            avoided = np.union1d(avoided, self._mentioning(word))
        return Scope(allowed, avoided, tuple(self._said))

    def _within_texts(self) -> Ids | None:
        """Ids of the passages of the texts asked; None for all."""
        query, texts = self._query, []
        if query.within:
            texts = _named(query.within, self._index.documents())
            self._said.append(f"in {_titles(texts)}")
        if query.is_dated:
            self._said.append(_period(query))
        if query.within and query.is_dated:
            texts = _dated(query, texts)
        elif query.is_dated:
            return self._within_days()
        return _ids(self._index.passages_of(info.key for info in texts)) if query.within else None

    def _within_days(self) -> Ids:
        """Ids of the passages of the texts of the days asked, without a look at every text."""
        after, before = (str(day or "") for day in (self._query.after, self._query.before))
        found = self._index.passages_dated(after, before)
        if not found:
            _dated(self._query, self._index.documents())
        return _ids(found)

    def _holding(self, phrase: str) -> Ids | None:
        """Ids of the passages with the phrase; for a name, of the texts with it.

        A name that stands nowhere is no demand: None.
        """
        found = [passage for passage, text in self._with_words_of(phrase) if holds(text, phrase)]
        if not found:
            self._said.append(f"“{phrase}” stands nowhere in the texts")
            return None if is_name(phrase) else _NONE
        self._said.append(f"with “{phrase}”")
        if is_name(phrase):
            return _ids(self._index.passages_of({passage.document for passage in found}))
        return _ids(passage.id for passage in found)

    def _mentioning(self, word: str) -> Ids:
        """Ids of the passages with an excluded word or phrase."""
        if " " not in word and len(question_terms(word)) == 1:
            return self._having(word)  # the word index knows it exactly
        return _ids(
            passage.id for passage, text in self._with_words_of(word) if mentions(text, word)
        )

    def _with_words_of(self, phrase: str) -> Iterator[tuple[Passage, str]]:
        """The passages that have all telling words of a phrase, somewhere, and their texts."""
        pieces = [piece for piece in phrase.split() if question_terms(piece)]
        telling = [piece for piece in pieces if piece.casefold() not in STOP_WORDS] or pieces
        ids = reduce(_in_both, map(self._having, telling)) if telling else _NONE
        passages = self._index.passages(ids.tolist())
        for passage in sorted(passages, key=lambda passage: passage.document):
            yield passage, passage.span.of(self._index.document(passage.document).text)

    def _having(self, word: str) -> Ids:
        return _ids(match.id for match in self._index.lexical(word, _ALL))


def _ids(found: Iterable[int]) -> Ids:
    return np.unique(np.fromiter(found, np.int64))


def _in_both(one: Ids, other: Ids) -> Ids:
    return np.intersect1d(one, other, assume_unique=True)


def _named(names: Sequence[str], infos: list[DocumentInfo]) -> list[DocumentInfo]:
    """The texts that have one of ``names`` in their name or title.

    Raises:
        UsageProblem: there is none.
    """
    found = [info for info in infos if any(_is_called(info, name) for name in names)]
    if found:
        return found
    raise UsageProblem(
        f"No text is called {' or '.join(names)}.", _nearest(names[0], infos) or _NO_TEXT
    )


def _is_called(info: DocumentInfo, name: str) -> bool:
    place = info.source if "/" in name or "\\" in name else PurePath(info.source).name
    return any(folded(name) in folded(text) for text in (place, info.title))


def _nearest(name: str, infos: Sequence[DocumentInfo]) -> str:
    from difflib import get_close_matches

    stems = {PurePath(info.source).stem.casefold(): PurePath(info.source).name for info in infos}
    near = get_close_matches(PurePath(name.casefold()).stem, stems, n=1)
    return f"Did you mean in:{stems[near[0]]}?" if near else ""


def _dated(query: Query, infos: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """The texts of the days that ``query`` asks.

    Raises:
        UsageProblem: there is none.
    """
    found = [info for info in infos if query.admits(day(info))]
    if found:
        return found
    days = sorted(day(info) for info in infos)
    known = f"They are from {days[0]} to {days[-1]}." if days else _NO_TEXT
    raise UsageProblem(f"No text is {_period(query)}.", known)


def day(info: DocumentInfo) -> date:
    """The day of a text: as it states it, else that of its file, else that of its adding."""
    return date.fromisoformat(info.day)


def _period(query: Query) -> str:
    parts = [
        f"from {query.after} on" if query.after else "",
        f"before {query.before}" if query.before else "",
    ]
    return "dated " + " and ".join(part for part in parts if part)


def _titles(infos: Sequence[DocumentInfo]) -> str:
    if len(infos) > _NAMED:
        return f"{len(infos):,} texts"
    return ", ".join(f"“{info.title}”" for info in infos)
