"""Where an index is that many machines share: a server, and the name of the index on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from index.problems import UsageProblem

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Address:
    """A place on a server; ``str()`` of it is safe to show."""

    uri: str
    """As the library of the engine takes it: ``http://host:19530``, or the path of a local file."""
    name: str
    """Of the index."""
    token: str = field(default="", repr=False)
    """``user:password`` or an API key; empty for a server that asks for none."""

    def __post_init__(self) -> None:
        """Refuse what could not be an address.

        Raises:
            UsageProblem: there is no URI, or the name has other characters than a server takes.
        """
        if not self.uri.strip():
            raise UsageProblem(
                "The index is on a server, but which one is not said.",
                "Name it with --uri, as in --uri http://localhost:19530, or in the settings.",
            )
        if len(self.name) > _LONGEST or not _NAME.fullmatch(self.name):
            raise UsageProblem(
                f"An index on a server cannot be called {self.name!r}.",
                "Use letters, digits and single underscores, a letter first.",
            )

    @property
    def server(self) -> str:
        """The URI without user and password."""
        parts = urlsplit(self.uri)
        if "@" not in parts.netloc:
            return self.uri
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

    def __str__(self) -> str:
        return f"{self.server}/{self.name}"
