"""Which answers of a conversation are about texts as they were; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.types import Document, DocumentInfo
from qa.records import sha256
from qa.types import Answer, Turn


def outdated(turns: Sequence[Turn], documents: Iterable[DocumentInfo]) -> tuple[int, ...]:
    """The numbers, from 1, of the turns that show a text which has changed or gone since.

    Their quotes are exact in the text as it was, which they carry with them. A turn that was kept
    and whose quote stands nowhere any more counts too.

    Args:
        turns: of a conversation, oldest first.
        documents: what is indexed now.
    """
    now = {info.key: info.sha256 for info in documents}
    digests: dict[int, str] = {}  # texts are long, and many answers share one

    def is_old(document: Document) -> bool:
        if id(document) not in digests:
            digests[id(document)] = sha256(document.text)
        return now.get(document.key) != digests[id(document)]

    return tuple(
        number
        for number, turn in enumerate(turns, 1)
        if turn.answer is None or any(map(is_old, _documents(turn.answer)))
    )


def _documents(answer: Answer) -> list[Document]:
    """Those that are shown."""
    return [piece.document for piece in answer.evidence or answer.near_misses]
