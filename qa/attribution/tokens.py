"""A stretch of text as the scorer sees it: words and marks, each quote a single token."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from index.abbreviations import TITLES
from index.types import Document, Span
from qa.attribution.quotes import Quote, chains, quotes

REACH = 1_500
"""Characters before and after the target's block that may belong to the stretch."""
_SIGNED = re.compile(r"(?:--|[-–—―~])\s*[^\W\d_a-z].{0,80}")
"""A block that only names who spoke in the block before."""
EARLIER_BLOCKS = 2
"""Blocks before the target's that are looked at."""

_TOKEN = re.compile(
    rf"(?:{'|'.join(sorted(TITLES, key=len, reverse=True))})\.|(?:[^\W\d_]\.)+(?=\s|[^\w\s]|\Z)"
    r"|[^\W_]+(?:(?:['’](?!s\b)|[-‐‑.,](?=[^\W_]))[^\W_]+)*|['’]s\b|--+|\S"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark, a quote (``Q``), the target (``T``) or the break of a block (``¶``)."""

    span: Span
    text: str
    kind: str
    """A letter; see ``_kind``."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The tokens around a target, and what they are cut from."""

    tokens: tuple[Token, ...]
    targets: tuple[int, ...]
    """The tokens of kind ``T``: the target itself, and quotes that are one speech with it."""
    direct: bool
    """Whether the target stands in quotation marks."""
    target: Span
    """In characters of the document; a whole quote if direct."""


_CLASSES = {
    "D": "the a an his her their its this that these those one two some many several other both",
    "P": "of by in on at for with from about against as into over after before during to like",
    "A": "has had have is was were be been are would will could may might can did does do should",
    "R": "also then later once again too even still already never often recently ago just now here",
    "W": "who which whom whose",
    "C": "and or but yet",
    "S": "when while because if since though although unless until whether where how why what that",
    "n": "not n't no",
}
_CLASS_OF = {word: name for name, words in reversed(_CLASSES.items()) for word in words.split()}
_CLASS_OF |= {"that": "h", "to": "o", "'s": "s", "’s": "s"}

_MARKS = {"—": "-", "–": "-", "―": "-", "~": "-", "?": ".", "!": ".", "…": "."}


def stretch(document: Document, span: Span) -> Stretch:
    """The blocks around ``span`` as tokens; a span in a quote stands for the whole quote."""
    blocks = _blocks(document, span)
    at = next((i for i, block in enumerate(blocks) if span.start < block.end), len(blocks) - 1)
    quoted = [quotes(document.text, block) for block in blocks]
    groups = chains(document.text, quoted)
    own = next((group for group in groups if any(_within(span, q) for q in group)), [])
    direct = bool(own)
    first = max(0, at - EARLIER_BLOCKS)
    last = at + 1
    while direct and last < len(blocks) and own[-1].span.start >= blocks[last - 1].end:
        last += 1
    if direct and last < len(blocks) and _SIGNED.fullmatch(blocks[last].of(document.text)):
        last += 1
    target = next((q.span for q in own if _within(span, q)), span)
    marked = {q.span for q in own} or {span}
    tokens: list[Token] = []
    for block, of_block in zip(blocks[first:last], quoted[first:last], strict=True):
        atoms = [q.span for q in of_block if direct or not q.span.overlaps(span)]
        if not direct and block.overlaps(span):
            atoms = sorted([*atoms, span])
        tokens += _tokens(document.text, block, atoms, marked)
        tokens.append(Token(Span(block.end, block.end), "", "¶"))
    targets = tuple(i for i, token in enumerate(tokens) if token.kind == "T")
    return Stretch(tuple(tokens), targets, direct, target)


def _blocks(document: Document, span: Span) -> list[Span]:
    """The blocks within reach of the span, cut to it; the whole reach if there are none."""
    near = Span(max(0, span.start - REACH), min(len(document.text), span.end + REACH))
    found = [block.span for block in document.blocks if block.span.overlaps(near)]
    cut = [Span(max(b.start, near.start), min(b.end, near.end)) for b in found]
    return cut if any(block.overlaps(span) for block in cut) else [near]


def _within(span: Span, quote: Quote) -> bool:
    """Whether ``span`` lies in the quote, or is hardly more than it."""
    shared = min(span.end, quote.span.end) - max(span.start, quote.span.start)
    return quote.span.contains(span) or shared * 4 >= 3 * len(span) > 0


def _tokens(text: str, block: Span, atoms: Sequence[Span], marked: set[Span]) -> list[Token]:
    """The tokens of a block, each of ``atoms`` a single one."""
    found: list[Token] = []
    at = block.start
    for atom in [*atoms, Span(block.end, block.end)]:
        found += [
            Token(Span(*match.span()), match.group(), _kind(match.group()))
            for match in _TOKEN.finditer(text, at, max(at, atom.start))
        ]
        if len(atom):
            kind = "T" if atom in marked else "Q"
            found.append(Token(atom, atom.of(text), kind))
        at = max(at, atom.end)
    return found


def _kind(text: str) -> str:
    """Its class: ``N`` a capital, ``d`` a number, ``w`` a word, marks as they are."""
    known = _CLASS_OF.get(text.lower())
    if known is not None:
        return known
    if text[0].isupper():
        return "N"
    if text[0].isdigit():
        return "d"
    if text[0].isalpha():
        return "R" if text.endswith("ly") else "w"
    return _MARKS.get(text[0], text[0])


def sentence_numbers(tokens: Sequence[Token]) -> list[int]:
    """For each token the number of its sentence, by stops and breaks outside of quotes."""
    found: list[int] = []
    number = 0
    for token in tokens:
        found.append(number)
        number += token.kind in ".¶"
    return found


def token_at(tokens: Sequence[Token], position: int) -> int:
    """The first token that ends after ``position``."""
    return bisect_left(tokens, position + 1, key=lambda token: token.span.end)


def narration(document: Document, until: Span, reach: int = 4_000) -> list[Token]:
    """What stands before and around ``until``, quotes as single tokens."""
    near = Span(max(0, until.start - reach), until.end)
    blocks = [block.span for block in document.blocks if block.span.overlaps(near)] or [near]
    found: list[Token] = []
    for block in blocks:
        end = min(block.end, max(until.end, block.start))
        atoms = [q.span for q in quotes(document.text, block) if q.span.end <= until.start]
        found += _tokens(document.text, Span(block.start, end), atoms, set())
        found.append(Token(Span(end, end), "", "¶"))
    return found
