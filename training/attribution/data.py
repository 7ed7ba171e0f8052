"""Attributions in news and novels as examples: a document, a span, and who is said to have said it.

Rows hold a window of text with one attribution. What is reported without quotation marks is asked
for by a few of its words, as an answer would be; sentences of the same articles that belong to no
attribution teach that most sentences have no speaker.
"""

from __future__ import annotations

import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.text import blocks, sentences, words
from index.types import Document, Span
from training.corpora import rows

LONGEST = 8
"""Words of a span that is asked for within a reported statement."""
_AFTER_HEAD = re.compile(
    r"\s+(?:of|for|at|in|from|who|with|on|and|to|that|whose|like|behind|against|inside|near"
    r"|including|such|by|about|familiar|close|led)\b|[,(–—:;]"
)


@dataclass(frozen=True, slots=True)
class Example:
    """A span whose speaker is asked for."""

    document: Document
    span: Span
    head: int | None
    """Where the last word of the speaker's mention begins; None: there is no speaker."""
    direct: bool
    pronoun: bool
    name: str
    """The speaker as a human would name them where the data tell; else as mentioned."""


def news(data: Path, split: str) -> Iterator[Example]:
    """The attributions of PolNeAR."""
    for row in rows(data / "polnear.jsonl.gz"):
        if row["split"] == split:
            yield _example(row, row["text"])


def novels(data: Path, split: str) -> Iterator[Example]:
    """The attributions of PDNC, whose windows have their paragraphs run together."""
    for row in rows(data / "pdnc.jsonl.gz"):
        if row["split"] == split:
            yield _example(row, row["text"].replace("  ", "\n\n"))


def _example(row: dict[str, Any], text: str) -> Example:
    quote = Span(row["quote"]["start"], row["quote"]["end"])
    seed = zlib.crc32(text.encode())
    return Example(
        document(text),
        quote if row["direct"] else some_words(text, quote, random.Random(seed)),
        head_of(row["speaker"]["text"], row["speaker"]["start"]),
        row["direct"],
        row["pronoun"],
        row.get("speaker_name") or row["speaker"]["text"],
    )


def document(text: str) -> Document:
    """A text with its blocks."""
    return Document("", "", text, "", tuple(blocks(text)))


def some_words(text: str, within: Span, dice: random.Random) -> Span:
    """A few neighbouring words of a part of a text; the part itself if it has none."""
    found = [word for word in words(text[: within.end]) if word.start >= within.start]
    if not found:
        return within
    first = dice.randrange(len(found))
    last = min(len(found) - 1, first + dice.randrange(LONGEST))
    return Span(found[first].start, found[last].end)


def head_of(mention: str, start: int) -> int:
    """Where the head of a noun phrase begins: its last word before "of", "who", a comma."""
    lead = len(mention) - len(mention.lstrip(" ,;:"))
    cut = _AFTER_HEAD.search(mention, lead)
    kept = mention[: cut.start()] if cut and cut.start() > lead else mention
    found = [word for word in words(kept) if kept[word.start : word.end] not in ("s", "Jr", "Sr")]
    return start + (found[-1].start if found else 0)


def unattributed(data: Path, split: str, share: float = 0.4, seed: int = 5) -> Iterator[Example]:
    """Words of sentences that belong to none of an article's attributions."""
    dice = random.Random(seed)
    articles: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(data / "polnear.jsonl.gz"):
        if row["split"] == split:
            articles[row["doc"]].append(row)
    for article in articles.values():
        reported = {part for row in article for part in _parts(row)}
        for row in article:
            if dice.random() < share:
                yield from _narration(row["text"], reported, dice)


def _parts(row: dict[str, Any]) -> Iterator[str]:
    """What was said and the words by which it is given to its speaker."""
    text = row["text"]
    for start, end in row["parts"]:
        yield text[start:end]
    first = min(row["speaker"]["start"], row["quote"]["start"])
    last = max(row["speaker"]["start"] + len(row["speaker"]["text"]), row["quote"]["end"])
    if last - first < 400:
        yield text[first:last]


def _narration(text: str, reported: Iterable[str], dice: random.Random) -> Iterator[Example]:
    whole = document(text)
    taken = [
        Span(match.start(), match.end())
        for part in reported
        if len(part) > 2
        for match in re.finditer(re.escape(part), text)
    ]
    inner = [s for block in whole.blocks for s in sentences(text, block.span.start, block.span.end)]
    free = [
        s
        for s in inner[1:-1]
        if len(s) > 40
        and not any(s.overlaps(other) for other in taken)
        and '"' not in s.of(text)
        and "“" not in s.of(text)
        and "''" not in s.of(text)
    ]
    if free:
        span = some_words(text, dice.choice(free), dice)
        yield Example(whole, span, None, False, False, "")
