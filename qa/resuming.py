"""Which kept conversation is gone on with, and the texts that it was about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa.conversations import ConversationInfo, ConversationProblem, Conversations

LAST = 0
"""In the place of an id: the conversation that was changed last."""
_LARGEST = 2**63 - 1


def wanted(resume: str | None, articles: Sequence[str]) -> tuple[int | None, list[str]]:
    """The id (or LAST) that an option ``--resume [ID]`` names, and the articles.

    What follows the option and is no number is an article. None: begin anew.
    """
    if resume is None:
        return None, list(articles)
    if resume == "last":
        return LAST, list(articles)
    if resume.isdecimal():
        return min(int(resume), _LARGEST), list(articles)
    return LAST, [resume, *articles]


def chosen(store: Conversations, id_: int) -> ConversationInfo:
    """The conversation of this id, or the last one.

    Raises:
        ConversationProblem: there is none.
    """
    if id_ != LAST:
        return store.info(id_)
    kept = store.overview()
    if not kept:
        raise ConversationProblem("No conversation is kept yet.", "Begin one without --resume.")
    return kept[0]


def texts(info: ConversationInfo) -> tuple[list[str], str | None]:
    """What it was about, as far as it is still there: files, or the path of an index."""
    paths = [Path(text) for text in info.texts]
    there = [path for path in paths if path.is_absolute() and path.exists()]
    if len(paths) == 1 and there and there[0].is_dir():
        return [], str(there[0])
    return [str(path) for path in there], None
