"""What a block is to a reader's eye, told from its words and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from index.types import BlockKind

_SMALL_PRINT = 400
"""Characters above which a block is a paragraph, whatever its words."""
_HEADING = 140
"""Characters that a heading may have."""
_HEADING_WORDS = 20
_LABEL_WORDS = 6
"""Words of a heading that ends with a colon."""
_HEADINGS_IN_A_ROW = 3
"""More lines without a full stop after each other are verse, a table or an unmarked list."""

_MARKED_HEADING = re.compile(r"#{1,6}[ \t]+\S|[^\n]+\n[ \t]*(?:=+|-{3,}|~{3,})\Z")
_LISTED = re.compile(r"(?:[-*+•‣▪–—>|]|\d{1,3}\)|[a-zA-Z][.)]|\([a-z0-9]{1,3}\))\s+\S|\||```|~~~")
_CLOSING = "'\"”’»)]*_"
_TWO_SENTENCES = re.compile(r"[a-z]{2}[.!?]['\"”’»)]*\s['\"“‘«(]*[A-Z]")

_AGENCY = (
    r"(?:[Pp]hoto|[Ii]mage|[Pp]icture|[Cc]redit|[Cc]ourtesy|Getty|AFP|Reuters|REUTERS|\bAP\b|EPA"
    r"|Shutterstock|Bloomberg|TASS|Xinhua|[Hh]andout|[Ii]llustration|\bvia\b|for The )"
)
_CREDIT = re.compile(
    rf"[.!?…]['\"”’]?\s*\([^()]{{0,80}}{_AGENCY}[^()]{{0,80}}\)\.?\Z"
    r"|\([A-Z][^()]{1,60}/\s?[A-Z][^()]{1,60}\)\.?\Z"
)
_CAPTION = re.compile(
    r"(?:Photo(?:graph)?|Image|Picture|Illustration|Caption|Credit)"
    r"(?:s|\scaption|\scredit|\ssource)?(?:\sby\s|\s?:)"
    r"|(?:Fig(?:ure|\.)?|Table|Chart|Map)\s\d+\s?[:.–—-]"
    r"|!\[[^\]\n]*\]\([^)\n]*\)\Z"
)
_NAME = r"[A-Z][\w.'’\-]*"
_NAMES = rf"{_NAME}(?:,?\s(?:and\s|in\s|of\s|for\s|the\s|de\s|van\s|von\s|&\s)*{_NAME})*"
_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|January|February|March|April"
    r"|June|July|August|September|October|November|December)\.?"
)
_BYLINE = re.compile(
    rf"(?:By|BY)\s{_NAMES}(?:\s?[|·,].*)?\Z"
    rf"|{_NAMES}\s(?:also\s)?reported\sfrom\s[A-Z]"
    r"|(?:\(?(?:Additional\s)?[Rr]eporting|Writing|Editing|Compiled)\sby\s[A-Z]"
    r"|(?:Updated|Published|Posted|Last\s(?:updated|modified))\b[^.]{0,60}\.?\Z"
    rf"|(?:[A-Z][a-z]+day,?\s)?(?:{_MONTH}\s\d{{1,2}},?|\d{{1,2}}\s{_MONTH})\s\d{{4}}\b.{{0,30}}\Z"
)
_CONTRIBUTED = re.compile(
    r"\bcontributed\s(?:to\sthis\s(?:report|story|article)|reporting|research)\b"
)
_LABEL = re.compile(
    r"[*_#\s]*(?:read\s(?:more|also|next|on)|also\sread|keep\sreading|continue\sreading"
    r"|related(?:\s(?:stories|articles|coverage|content|topics|links|news))?|see\salso"
    r"|more\s(?:on\sthis|stories|coverage|to\sread|news)[^:.]{0,30}|most\sread|top\sstories"
    r"|what\sto\sread\snext|recommended|further\sreading|watch|listen|advertisement"
    r"|story\scontinues\sbelow[^:.]{0,30})[*_\s]*(?::|\Z)",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:[-*+•]\s)?(?:(?:https?://|www\.)\S+|\[[^\]\n]*\]\([^)\n]*\))\Z"
    r"|(?:Sign\sup|Subscribe|Click\shere|Follow\sus|Share\sthis)\b.{0,100}\Z"
    r"|\(?\s*(?:PHOTOS?|VIDEOS?|READ|WATCH|LISTEN|MORE|More|RELATED|Related|Read\smore|See\salso"
    r"|ALSO\sREAD|Also\son\s\w+)\s?:.{0,150}\Z"
)


def kinds(texts: Sequence[str]) -> list[BlockKind]:
    """One kind for each block of a document, in order."""
    found = [_by_looks(text) for text in texts]
    _mark_related(texts, found)
    _unmark_rows(texts, found)
    return found


def _by_looks(text: str) -> BlockKind:
    if len(text) > _SMALL_PRINT:
        return BlockKind.PARAGRAPH
    if _LABEL.match(text) or _LINK.match(text):
        return BlockKind.LINK
    if _CAPTION.match(text) or (text.rstrip(".")[-1:] == ")" and _CREDIT.search(text)):
        return BlockKind.CAPTION
    if _BYLINE.match(text) or ("contributed" in text and _CONTRIBUTED.search(text)):
        return BlockKind.BYLINE
    return BlockKind.HEADING if _is_heading(text) else BlockKind.PARAGRAPH


def _is_heading(text: str) -> bool:
    """Marked as one, or short, beginning large and without a final stop."""
    if _MARKED_HEADING.match(text):
        return True
    if len(text) > _HEADING or _LISTED.match(text) or _is_stopped(text):
        return False
    first = next((c for c in text if c.isalnum()), "")
    if first.islower() or text[0] in '"“«„' or not any(c.isalpha() for c in text):
        return False
    words = len(text.split())
    return not _TWO_SENTENCES.search(text) and words <= (
        _LABEL_WORDS if text[-1] == ":" else _HEADING_WORDS
    )


def _is_stopped(text: str) -> bool:
    """Whether it ends as a sentence of prose does; a question may be a heading, if not quoted."""
    bare = text.rstrip(_CLOSING)
    return not bare or bare[-1] in ".!;,…。！" or (bare[-1] == "?" and bare != text)


def _is_unmarked_line(text: str) -> bool:
    return not _is_stopped(text) and not _MARKED_HEADING.match(text)


def _mark_related(texts: Sequence[str], found: list[BlockKind]) -> None:
    """Headlines right after a label such as "Read more:" are links."""
    after_label = False
    for i, text in enumerate(texts):
        if found[i] is BlockKind.LINK:
            label = _LABEL.match(text)
            after_label = after_label or (label is not None and not text[label.end() :].strip())
        elif after_label and len(text) <= _HEADING and _is_unmarked_line(text):
            found[i] = BlockKind.LINK
        else:
            after_label = False


def _unmark_rows(texts: Sequence[str], found: list[BlockKind]) -> None:
    """Headings that head nothing are paragraphs: rows of them, or a text of nothing else."""
    lonely = BlockKind.PARAGRAPH not in found
    for kind, group in groupby(range(len(found)), key=found.__getitem__):
        row = list(group)
        if kind is BlockKind.HEADING and (lonely or len(row) > _HEADINGS_IN_A_ROW):
            for i in row:
                if lonely or not _MARKED_HEADING.match(texts[i]):
                    found[i] = BlockKind.PARAGRAPH
