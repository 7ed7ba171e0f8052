"""The part of an index that a question is restricted to, worked out before retrieval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Protocol

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

    def documents(self) -> list[DocumentInfo]:
        """What is indexed."""

    def document(self, key: str) -> Document:
        """The document of this key."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which passages a question is asked of."""

    allowed: frozenset[int] | None = None
    """Ids; None for all."""
    avoided: frozenset[int] = frozenset()
    """Ids of passages with an excluded word in some sentence: they are read last."""
    said: tuple[str, ...] = ()
    """The restrictions in words, for the user."""

    def admits(self, id_: int) -> bool:
        """Whether a passage is asked, and not read last."""
        return (self.allowed is None or id_ in self.allowed) and id_ not in self.avoided

    @property
    def most(self) -> int | None:
        """How many passages it admits at most; None for any number."""
        return None if self.allowed is None else len(self.allowed - self.avoided)

    @property
    def last(self) -> Scope:
        """The part that is read last."""
        return Scope(self.avoided if self.allowed is None else self.avoided & self.allowed)


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
        self._infos = index.documents()
        self._total = sum(info.passages for info in self._infos)
        self._said: list[str] = []

    def scope(self) -> Scope:
        allowed = self._within_texts()
        for phrase in self._query.phrases:
            holders = self._holding(phrase)
            allowed = holders if allowed is None or holders is None else allowed & holders
        avoided: set[int] = set()
        for word in self._query.excluded:
            self._said.append(f"without “{word}”")
            avoided |= self._mentioning(word)
        return Scope(
            None if allowed is None else frozenset(allowed),
            frozenset(avoided),
            tuple(self._said),
        )

    def _within_texts(self) -> set[int] | None:
        """Ids of the passages of the texts asked; None for all."""
        texts = self._infos
        if self._query.within:
            texts = _named(self._query.within, texts)
            self._said.append(f"in {_titles(texts)}")
        if self._query.is_dated:
            texts = _dated(self._query, texts)
            self._said.append(_period(self._query))
        if texts is self._infos:
            return None
        return set(self._index.passages_of(info.key for info in texts))

    def _holding(self, phrase: str) -> set[int] | None:
        """Ids of the passages with the phrase; for a name, of the texts with it.

        A name that stands nowhere is no demand: None.
        """
        found = [passage for passage, text in self._with_words_of(phrase) if holds(text, phrase)]
        if not found:
            self._said.append(f"“{phrase}” stands nowhere in the texts")
            return None if is_name(phrase) else set()
        self._said.append(f"with “{phrase}”")
        if is_name(phrase):
            return set(self._index.passages_of({passage.document for passage in found}))
        return {passage.id for passage in found}

    def _mentioning(self, word: str) -> set[int]:
        """Ids of the passages with an excluded word or phrase."""
        if " " not in word and len(question_terms(word)) == 1:
            return self._having(word)  # the word index knows it exactly
        return {passage.id for passage, text in self._with_words_of(word) if mentions(text, word)}

    def _with_words_of(self, phrase: str) -> Iterator[tuple[Passage, str]]:
        """The passages that have all telling words of a phrase, somewhere, and their texts."""
        pieces = [piece for piece in phrase.split() if question_terms(piece)]
        telling = [piece for piece in pieces if piece.casefold() not in STOP_WORDS] or pieces
        ids = set.intersection(*map(self._having, telling)) if telling else set()
        passages = self._index.passages(sorted(ids))
        for passage in sorted(passages, key=lambda passage: passage.document):
            yield passage, passage.span.of(self._index.document(passage.document).text)

    def _having(self, word: str) -> set[int]:
        return {match.id for match in self._index.lexical(word, self._total)}


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
    return date.fromisoformat((info.date or info.added)[:10])


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
