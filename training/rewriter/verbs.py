"""Words that are mostly verbs, told by the words that they follow in encyclopedia text.

After "to", "did" or "she" stands a verb, after "the" or "of" a noun; a word met at least three
times as often in the first kind of place is taken for a verb.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from pathlib import Path

_BEFORE_VERB = """
    to will would did didn't could couldn't can cannot can't not should must may might does do he
    she they who we i it that which has have had was were been be is are
"""
_BEFORE_NOUN = "the a an of his her their its this these in for and by with from on at no"
_PAIR = re.compile(r"([a-z']+)(?= ([a-z]+)\b)")
LEAST, RATIO = 8, 3.0


def verbs(data: Path) -> list[str]:
    """The verbs, in alphabetical order."""
    with gzip.open(data / "text" / "wiki_passages.txt.gz", "rt", encoding="utf-8") as file:
        pairs = Counter(_PAIR.findall(file.read().lower()))
    verb_places, noun_places = _BEFORE_VERB.split(), _BEFORE_NOUN.split()
    as_verb: Counter[str] = Counter()
    as_noun: Counter[str] = Counter()
    for (before, word), count in pairs.items():
        if before in verb_places:
            as_verb[word] += count
        elif before in noun_places:
            as_noun[word] += count
    return sorted(
        word
        for word, count in as_verb.items()
        if count >= LEAST and len(word) > 2 and count >= RATIO * as_noun[word]
    )
