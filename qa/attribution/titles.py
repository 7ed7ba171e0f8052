"""Titles and offices before a name: where in "Secretary of State Ada Marsh" the name begins."""

from __future__ import annotations

from collections.abc import Sequence

from qa.attribution.first_names import FEMALE, MALE


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


FEMALE_TITLES = _set("mrs ms miss mme lady madam madame queen princess aunt sister")
MALE_TITLES = _set("mr sir lord king prince uncle father brother messrs")
_RANKS = _set(
    "dr prof professor sen senator rep representative gov governor president judge gen general"
    " col colonel capt captain sgt lt rev mayor minister secretary chairman detective officer"
    " inspector master chief justice ambassador commissioner vice prime deputy former chancellor"
    " premier congressman congresswoman spokesman spokeswoman sheriff admiral sergeant lieutenant"
)
TITLES = FEMALE_TITLES | MALE_TITLES | _RANKS
NO_PERSON = _set(
    "party committee university house department times post street road council court agency city"
    " university college county state states company corporation inc bank institute ministry church"
    " school hospital association union office center centre museum river island valley bay lake"
    " news press network group fund board commission service senate congress parliament"
)
_SUFFIXES = _set("jr sr ii iii iv")
_LINKS = _set("of for to at")
_JOINS = _LINKS | {"the", "and"}
_WITH_A_NAME_ALONE = _set("queen princess aunt sister king prince lord lady father brother")
"""Titles that belong to a name of one word: "Prince Anton", "Lord Marsh"."""
_FIELDS = _set(
    "state defense defence treasury interior justice labor labour commerce energy education"
    " transport transportation agriculture health services affairs security trade finance war"
    " housing development environment culture staff nations union commission council exchequer"
    " parliament assembly senate house"
)
"""What an office is for; with a name after it, the last word that belongs to the office."""
LONGEST_OFFICE = 10
"""Words after a title among which a name is looked for."""


def is_title(word: str) -> bool:
    """Whether a word stands before names: "Mr.", "Minister"."""
    return word.strip(".").lower() in TITLES


def past_office(words: Sequence[str]) -> int | None:
    """The first word of the name after an office; None if there is no name.

    Of "of State for Political Affairs Ada Marsh" that is 5. After a field ("State") any capital
    begins a name, after anything else ("France") only a first name that is known does.

    Args:
        words: what follows a title; the first one is "of", "for", "to" or "at".
    """
    if not words or words[0] not in _LINKS:
        return None
    at = _end_of_field(words)
    if at is not None:
        return at if at < len(words) and words[at][0].isupper() else None
    for i, word in enumerate(words[2:], 2):
        if not words[i - 1][0].isupper():
            continue
        if word.lower() in FEMALE | MALE and not NO_PERSON & {w.lower() for w in words[i:]}:
            return i
    return None


def _end_of_field(words: Sequence[str]) -> int | None:
    """The word after the fields, joined by "for" and "and": "Health and Human Services"."""
    end = None
    for i, word in enumerate(words[1:], 1):
        if word.lower() in _FIELDS:
            end = i + 1
        elif word not in _JOINS and (end == i or word[0].islower()):
            break
    return end


def untitled(words: Sequence[str]) -> list[str]:
    """A name without what stands before it: of "French Foreign Minister Jean Roy" the last two.

    What ends in a title stays as it is, and so does the title of a name that is one word with it,
    as in "Prince Anton".
    """
    for i in range(len(words) - 1, 0, -1):
        rest = words[i:]
        if not is_title(words[i - 1]) or all(is_title(word) for word in rest):
            continue
        if rest[0].strip(".").lower() in _SUFFIXES:
            continue
        begins = past_office(rest)
        if begins is not None:
            return list(rest[begins:])
        if rest[0] in _LINKS:
            continue
        title = words[i - 1].lower()
        return list(words[i - 1 :] if len(rest) == 1 and title in _WITH_A_NAME_ALONE else rest)
    return list(words)
