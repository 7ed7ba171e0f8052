"""The exit codes of the command line, as ``pullquote --help`` lists them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command says when it ends."""

    ANSWERED = 0
    NOT_IN_TEXT = 1
    USAGE = 2
    SOURCE = 3
    INDEX = 4
    MODEL = 5
    OTHER = 6
    INTERRUPTED = 130
    PIPE = 141


MEANINGS = {
    Exit.ANSWERED: "answered, or done",
    Exit.NOT_IN_TEXT: "the texts do not tell",
    Exit.USAGE: "the command line makes no sense",
    Exit.SOURCE: "a text cannot be read",
    Exit.INDEX: "an index is missing, damaged, locked, or of another model",
    Exit.MODEL: "a model or an engine cannot be loaded",
    Exit.OTHER: "another problem",
    Exit.INTERRUPTED: "interrupted (Ctrl+C)",
    Exit.PIPE: "what read the output went away",
}
