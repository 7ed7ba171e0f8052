"""What a question demands besides its answer: phrases, words left out, texts by name or by date.

``"night ferry"``        the passage must say it so; a name need only stand in the text
``-fare``, ``-"a fare"`` no sentence with the word, in any form, or with the phrase
``in:harbor``            texts with it in their name or title; ``in:"two words"``; several: any
``after:2022-01-31``     texts of that day or later; ``before:`` earlier ones; a year will do

Pure: here a question is taken apart; ``qa.scope`` applies it to an index.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from index.problems import UsageProblem
from index.terms import terms
from index.text import words

_PHRASE = r"\"[^\"]*\w[^\"]*\"|“[^“”]*\w[^“”]*”|„[^„“”]*\w[^„“”]*[“”]|«[^«»]*\w[^«»]*»"
_END = r"(?=[?!.,;]*(?:\s|$))"
_DEMAND = re.compile(
    rf"(?<!\S)in:(?P<within>{_PHRASE}|[^\s\"“„«]+?){_END}"
    rf"|(?<!\S)(?P<edge>after|before):(?P<day>\d\S*?){_END}"
    rf"|(?<!\S)-(?P<excluded>{_PHRASE}|[^\W\d_][\w'’.-]*?){_END}"
    rf"|(?<!\w)(?P<phrase>{_PHRASE})(?!\w)",
    re.IGNORECASE,
)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_STOPS = " ?!.,;:"
"""Stand inside the marks by custom, as in: Who called it "a promise?"."""
_MARKS = '"“”„«»'
_ALIKE = str.maketrans(
    dict.fromkeys("“”„«»", '"') | dict.fromkeys("‘’‚‛ʼ`´", "'") | dict.fromkeys("‐‑‒–—―", "-")
)
_SMALL = "a al and bin da de der di du el for in la le of on the to van von"
_PARTICLES = frozenset(_SMALL.split())


@dataclass(frozen=True, slots=True)
class Query:
    """A question taken apart."""

    question: str
    """What is left to ask; phrases stay in it, without their marks."""
    phrases: tuple[str, ...] = ()
    """Each must stand in the passage literally, case and kinds of quotation marks aside."""
    excluded: tuple[str, ...] = ()
    """Words, or phrases if they have white space, that no sentence shown may have."""
    within: tuple[str, ...] = ()
    """The text has one of them in its name or title."""
    after: date | None = None
    """The text is of this day or later."""
    before: date | None = None
    """The text is of an earlier day."""

    @property
    def is_restricted(self) -> bool:
        """Whether it demands anything."""
        return bool(self.phrases or self.excluded or self.within or self.after or self.before)

    @property
    def is_dated(self) -> bool:
        """Whether it demands texts of certain days."""
        return bool(self.after or self.before)

    def excludes(self, sentence: str) -> bool:
        """Whether ``sentence`` has an excluded word or phrase."""
        return any(mentions(sentence, word) for word in self.excluded)

    def admits(self, day: date) -> bool:
        """Whether a text of this day is asked."""
        return (self.after is None or day >= self.after) and (
            self.before is None or day < self.before
        )


def parse(question: str) -> Query:
    """Take a question apart; one without demands comes back character for character.

    Raises:
        UsageProblem: a date is none.
    """
    found = list(_DEMAND.finditer(question))
    if not found:
        return Query(question)
    days = {match["edge"].lower(): _day(match["day"]) for match in found if match["edge"]}
    return Query(
        _tidied(_DEMAND.sub(_left, question)),
        tuple(_bare(match["phrase"]).strip(_STOPS) for match in found if match["phrase"]),
        tuple(_bare(match["excluded"]) for match in found if match["excluded"]),
        tuple(_bare(match["within"]) for match in found if match["within"]),
        days.get("after"),
        days.get("before"),
    )


def _left(match: re.Match[str]) -> str:
    """What stays of a demand in the question."""
    return _bare(match["phrase"]) if match["phrase"] else ""


def _bare(value: str) -> str:
    return " ".join(value.strip(_MARKS).split())


def _tidied(question: str) -> str:
    return re.sub(r"\s+([?!.,;]+)(?=\s|$)", r"\1", " ".join(question.split()))


def _day(text: str) -> date:
    """A day; of a year or a month the first."""
    parts = _DAY.fullmatch(text)
    try:
        if parts is None:
            raise ValueError
        return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError as error:
        raise UsageProblem(
            f"{text!r} is no date.", "Write it as in after:2022-01-31, or after:2022."
        ) from error


def is_name(phrase: str) -> bool:
    """Whether a phrase is written like a name: every word but such as "of" begins in upper case.

    A text gives a name in full once and then "Mr. Okafor" or "she", so that a question with a
    quoted name is meant for the text, while any other phrase is meant for the passage.
    """
    forms = [span.of(phrase) for span in words(phrase)]
    telling = [form for form in forms if form.lower() not in _PARTICLES]
    return any(form[0].isupper() for form in telling) and all(
        form[0].isupper() or form[0].isdigit() for form in telling
    )


def folded(text: str) -> str:
    """``text`` without what writing may vary: case, kinds of marks and dashes, line breaks."""
    plain = unicodedata.normalize("NFC", text).translate(_ALIKE).casefold()
    return " ".join(plain.split())


def holds(text: str, phrase: str) -> bool:
    """Whether ``text`` has the phrase, not within a longer word, both folded."""
    return bool(re.search(rf"(?<!\w){re.escape(folded(phrase))}(?!\w)", folded(text)))


def mentions(text: str, word: str) -> bool:
    """Whether ``text`` has the word in any form or, if it has white space, the phrase as it is."""
    if " " in word:
        return holds(text, word)
    wanted = set(terms(word))
    return bool(wanted) and wanted <= set(terms(text))
