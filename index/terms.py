"""Text to index terms: the one analysis that every lexical engine shares; pure.

Case and accents are folded, possessives dropped, hyphenated words split, and English words stemmed
(Porter 2), so that "demand", "demanded" and "demands" meet, as do "Russia’s" and "Russia",
"U.S." and "US", "175,000" and "175000". Chinese and Japanese, written without spaces, become
overlapping pairs of characters.
"""

from __future__ import annotations

import re
import string
import threading
import unicodedata
from itertools import chain

_TOKEN = re.compile(r"[^\W_]+(?:['.,][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u0060\u00b4", "'"))
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,}")
_AROUND = string.punctuation + "“”‘’"
"""What may stand around a word and is no part of any."""
_LONGEST = 64
"""Characters of a term that count; what is longer is data, not a word."""
_CACHED = 500_000
"""Words whose term is remembered: about 80 MB at the most, and more than a language uses."""

_STOP_WORDS = """
    a about above after again against all also am an and any are as at be because been before being
    below between both but by can could did do does doing done down during each either else ever
    every few for from further get got had has have having he her here hers herself him himself his
    how i if in into is it its itself just me might mine more most much must my myself neither
    no nor not now of off on once only onto or other our ours ourselves out over own per shall she
    should so some such than that the their theirs them themselves then there these they this those
    though through to too under until up upon us very was we were what whatever when where whether
    which while who whoever whom whose why will with within without would yet you your yours
    yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""English words that say how a question is built, not what it is about."""


def terms(text: str) -> list[str]:
    """The index terms of a text, in order, repeated as often as they stand there."""
    return joined_terms(text).split()


def joined_terms(text: str) -> str:
    """`terms` with white space between them, in half the time."""
    # No token goes across white space, and a word is looked up in a fifth of the time it takes to
    # fold it, find its tokens and look those up.
    return " ".join(map(_WORDS.__getitem__, text.split()))


def question_terms(question: str) -> list[str]:
    """The distinct terms to search for, in order.

    Stop words are left out, unless the question has nothing else. A stop word in capitals within
    an otherwise ordinary question is a name (WHO, US).
    """
    tokens = _TOKEN.findall(_fold(question))
    shouting = question.isupper()
    telling = [token for token in tokens if not _is_stop_word(token, shouting)]
    return [*dict.fromkeys(term for token in telling or tokens for term in _terms(token.lower()))]


def _is_stop_word(token: str, shouting: bool) -> bool:
    is_name = len(token) > 1 and token.isupper() and not shouting
    return not is_name and token.lower().partition("'")[0] in STOP_WORDS


def _fold(text: str) -> str:
    if text.isascii():
        return text.replace("`", "'")
    decomposed = unicodedata.normalize("NFKD", text.translate(_QUOTES))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACELESS.sub(_pairs, plain)


def _pairs(run: re.Match[str]) -> str:
    chars = run[0]
    pairs = (chars[at : at + 2] for at in range(len(chars) - 1))
    return f" {' '.join(pairs)} "


class _Words(dict[str, str]):
    """A word, as it stands between spaces, to its terms with spaces between, worked out once."""

    def __missing__(self, word: str) -> str:
        bare = word.strip(_AROUND)
        found = _stem(bare.lower()) if bare.isascii() and bare.isalpha() else _joined(word)
        if len(word) <= _LONGEST:
            if len(self) >= _CACHED:
                self.clear()
            self[word] = found
        return found


def _joined(word: str) -> str:
    tokens = _TOKEN.findall(_fold(word).lower())
    return " ".join(chain.from_iterable(map(_terms, tokens)))


_WORDS = _Words()
_LOCAL = threading.local()
"""A stemmer for each thread: they must not share one."""


def _terms(token: str) -> tuple[str, ...]:
    """The terms of a token in small letters."""
    if _NUMBER.fullmatch(token):
        return (token.replace(",", "")[:_LONGEST],)
    if _INITIALS.fullmatch(token):
        return (token.replace(".", "")[:_LONGEST],)
    words = token.replace(",", ".").split(".")
    return tuple(_stem(word.removesuffix("'s").replace("'", "")) for word in words)


def _stem(word: str) -> str:
    if not hasattr(_LOCAL, "stemmer"):
        from Stemmer import Stemmer

        _LOCAL.stemmer = Stemmer("english", 0)  # its own cache is not needed beside ours
    return str(_LOCAL.stemmer.stemWord(word[:_LONGEST]))
