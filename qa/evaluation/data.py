"""Rows to articles: contexts of one title become one document, and every offset moves along."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.problems import SourceProblem, UsageProblem
from index.types import Block, BlockKind, Document, Span
from qa.evaluation.cases import Article, Case
from qa.evaluation.rows import Row, read_rows

_BETWEEN = "\n\n"
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class Dataset:
    """The articles to ask, and what was left out on the way."""

    articles: tuple[Article, ...]
    misplaced: int
    """Questions left out because no answer stands where the file says."""

    @property
    def questions(self) -> int:
        """How many questions are asked in all."""
        return sum(len(article.cases) for article in self.articles)


def load(
    paths: Sequence[Path],
    *,
    documents: Path | None = None,
    split: str | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> Dataset:
    """The questions of ``paths``, grouped by article.

    Args:
        paths: question files.
        documents: the folder of the documents that rows name; None: that of the question file.
        split: only rows of this split.
        limit: as many questions are drawn at random; the articles that are asked stay whole, so
            that a question has to be found among the same passages as in the full run.
        seed: of the draw.

    Raises:
        SourceProblem: a file cannot be read as questions, or a document it names as text.
        UsageProblem: no question belongs to ``split``.
    """
    read = {path: read_rows(path) for path in paths}
    kept = {
        path: [row for row in rows if split is None or row.split == split]
        for path, rows in read.items()
    }
    if not any(kept.values()):
        known = sorted({row.split for rows in read.values() for row in rows if row.split})
        remedy = f"The files have: {', '.join(known)}." if known else "The files name no split."
        raise UsageProblem(f'No question belongs to the split "{split}".', remedy)
    groups = [
        group for path, rows in kept.items() for group in _grouped(rows, documents or path.parent)
    ]
    built = [_article(group, number) for number, group in enumerate(groups, 1)]
    asked = sum(len(article.cases) for article in built)
    articles = [article for article in built if article.cases]
    misplaced = sum(map(len, kept.values())) - asked
    if not articles:
        raise SourceProblem(
            "No question is left: no answer stands where the file says.",
            "Starts count characters of the context from 0.",
        )
    return Dataset(tuple(_drawn(articles, limit, seed)), misplaced)


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows of one article; ``document`` is read already where the file only names it."""

    title: str
    rows: list[Row]
    document: Document | None = None


def _grouped(rows: Iterable[Row], folder: Path) -> list[_Group]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault(_identity(row), []).append(row)
    return [
        _Group(members[0].title, members, _named(kind, name, folder))
        for (kind, name), members in groups.items()
    ]


def _identity(row: Row) -> tuple[str, str]:
    """What rows of one article share."""
    if row.document:
        return "document", row.document
    if row.title and not _PARAGRAPH_BREAK.search(row.context.strip()):
        return "title", row.title
    return "context", row.context


def _named(kind: str, name: str, folder: Path) -> Document | None:
    """The document of that name below ``folder``; None for a context that is its own text."""
    if kind != "document":
        return None
    from index.sources import read

    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise SourceProblem(f"The document {name} lies outside {folder}.", "Name its folder.")
    return read(path)


def _article(group: _Group, number: int) -> Article:
    if group.document is not None:
        whole = Span(0, len(group.document.text))
        return Article(group.document, (whole,), _cases(group.document, group.rows, {"": whole}))
    places: dict[str, Span] = {}
    at = 0
    for row in group.rows:
        if row.context not in places:
            places[row.context] = Span(at, at + len(row.context))
            at += len(row.context) + len(_BETWEEN)
    text = _BETWEEN.join(places)
    title = group.title or f"text {number}"
    document = Document(f"{number}: {title}", title, text, title, _blocks(text, places.values()))
    return Article(document, tuple(places.values()), _cases(document, group.rows, places))


def _blocks(text: str, places: Iterable[Span]) -> tuple[Block, ...]:
    """A context is a paragraph; one of several paragraphs is cut as any other text would be."""
    spans = list(places)
    if len(spans) == 1:
        from index.text import blocks

        return tuple(blocks(text))
    stripped = (_stripped(text, span) for span in spans)
    return tuple(Block(BlockKind.PARAGRAPH, span) for span in stripped if len(span))


def _stripped(text: str, span: Span) -> Span:
    inner = span.of(text)
    start = span.start + len(inner) - len(inner.lstrip())
    return Span(start, start + len(inner.strip()))


def _cases(document: Document, rows: Sequence[Row], places: dict[str, Span]) -> tuple[Case, ...]:
    cases = []
    for row in rows:
        context = places[row.context]
        answers = tuple(
            span
            for text, start in row.answers
            if (span := _placed(document.text, context, text, start)) is not None
        )
        if answers or not row.answers:
            cases.append(Case(row.question, context, answers))
    return tuple(cases)


def _placed(text: str, context: Span, answer: str, start: int) -> Span | None:
    """Where an answer stands in the article; None when it does not stand there."""
    begin = context.start + start
    end = begin + len(answer)
    inside = answer and start >= 0 and end <= context.end
    return Span(begin, end) if inside and text[begin:end] == answer else None


def _drawn(articles: Sequence[Article], limit: int | None, seed: int) -> list[Article]:
    places = [(a, c) for a, article in enumerate(articles) for c in range(len(article.cases))]
    if limit is None or limit >= len(places):
        return list(articles)
    chosen: dict[int, list[int]] = {}
    for a, c in sorted(random.Random(seed).sample(places, limit)):
        chosen.setdefault(a, []).append(c)
    return [
        replace(articles[a], cases=tuple(articles[a].cases[c] for c in cases))
        for a, cases in chosen.items()
    ]
