"""The day that a text states for itself: not in its words, but where its format has a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_DAY = re.compile(r"\s*(?:D:)?(\d{4})-?(\d\d)-?(\d\d)")
"""As in 2022-01-31T10:00:00Z, 20220131, and the D:20220131100000 of PDF."""
_META = re.compile(r"<meta\s[^>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"\b(name|property|itemprop|content)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I
)
_NAMES = frozenset(
    {
        "article:published_time",
        "citation_publication_date",
        "date",
        "datepublished",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.issued",
        "og:published_time",
        "parsely-pub-date",
        "pubdate",
        "publish-date",
        "sailthru.date",
    }
)
_LINKED = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{8,40})\"")


def day(stated: str | None) -> str:
    """A date as formats write it, as ISO 8601; empty if it is none."""
    found = _DAY.match(stated or "")
    if found is None:
        return ""
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return ""


def of_page(page: str) -> str:
    """When an HTML page says that it was published, as ISO 8601; empty if it does not."""
    return next(filter(None, map(day, _stated(page))), "")


def _stated(page: str) -> Iterator[str]:
    for tag in _META.finditer(page):
        values = {
            name.lower(): double or single
            for name, double, single in _ATTRIBUTE.findall(tag.group())
        }
        names = {values.get(kind, "").lower() for kind in ("name", "property", "itemprop")}
        if names & _NAMES:
            yield values.get("content", "")
    for found in _LINKED.finditer(page):
        yield found[1]
