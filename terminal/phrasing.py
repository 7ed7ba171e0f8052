"""Answers in words: how sure, where, and how much of a sentence fits. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from index.types import Document
from index.watching import OnDisk
from qa.query import parse
from qa.render import said_by
from qa.types import Answer, Evidence
from terminal.visible import one_line

BAR = 10
"""Cells of a confidence bar."""

_SURENESS = ((0.85, "sure"), (0.65, "fairly sure"), (0.0, "less sure"))


def sureness(answer: Answer) -> str:
    """The confidence of an answer in words."""
    return next(words for least, words in _SURENESS if answer.confidence >= least)


def bar(confidence: float) -> str:
    """A confidence from 0 to 1 as a bar that reads without colour."""
    full = max(0, min(BAR, round(confidence * BAR)))
    return "▰" * full + "▱" * (BAR - full)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence on one line, its answer apart from what stands around it."""

    before: str
    quote: str
    after: str

    def __str__(self) -> str:
        return f"{self.before}‹{self.quote}›{self.after}"


def excerpt(evidence: Evidence, limit: int | None = None) -> Excerpt:
    """The sentence of ``evidence``; with a ``limit`` in characters, cut around its answer."""
    text = evidence.document.text
    before = folded(text[evidence.sentence.start : evidence.span.start])
    quote = folded(evidence.quote)
    after = folded(text[evidence.span.end : max(evidence.sentence.end, evidence.span.end)])
    if limit is None or len(before) + len(quote) + len(after) <= limit:
        return Excerpt(before, quote, after)
    room = max(0, limit - len(quote))
    left = min(len(before), max(room // 3, room - len(after)))
    return Excerpt(_tail(before, left), _head(quote, limit), _head(after, room - left))


def folded(text: str) -> str:
    """On one line, with the spaces at its ends kept as one."""
    inner = one_line(text)
    if not inner:
        return " " if text else ""
    return f"{' ' * text[:1].isspace()}{inner}{' ' * text[-1:].isspace()}"


def _head(text: str, limit: int) -> str:
    """The beginning of ``text``, cut between words if it has any."""
    if limit < 1:
        return ""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip() + "…"


def _tail(text: str, limit: int) -> str:
    """The end of ``text``, cut between words if it has any."""
    if limit < 1:
        return ""
    if len(text) <= limit:
        return text
    cut = text[len(text) - limit + 1 :]
    return "…" + (cut.partition(" ")[2] if " " in cut else cut).lstrip()


def beside(evidence: Evidence) -> str:
    """Where the answer stands, and who said it if the text tells."""
    return " · ".join(filter(None, (place(evidence), one_line(said_by(evidence)))))


def understood(question: str, meant: str, restrictions: Sequence[str]) -> str:
    """What was really asked, and of what; empty if that is the question as it was put."""
    put = parse(question).question.strip()
    lines = [] if meant == put else [f"↳ understood: {one_line(meant)}"]
    if restrictions:
        lines.append(f"↳ restricted: {one_line('; '.join(restrictions))}")
    return "\n".join(lines)


def place(evidence: Evidence) -> str:
    """Where the answer stands: document and line."""
    return f"{name(evidence.document)}, line {evidence.line}"


def name(document: Document) -> str:
    """A short name for a document: its file's name, or its title if it has no file."""
    return short_name(document.source, document.title)


def short_name(source: str, title: str) -> str:
    """The name of the file ``source``, or ``title`` if it is none."""
    last = last_part(source)
    return one_line(last if last not in ("", "-") else title)


def last_part(path: str) -> str:
    """What stands behind the last slash of ``path``, of either kind."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def citation(evidence: Evidence) -> str:
    """What is copied: the sentence exactly as it stands, and where it stands."""
    sentence = evidence.sentence.of(evidence.document.text)
    span = evidence.span
    where = f"{evidence.document.title} ({evidence.document.source}), line {evidence.line}"
    return f"{sentence}\n— {where}, characters {span.start}–{span.end}\n"


def when(moment: str) -> str:
    """A moment in ISO 8601 as day and minute where the user is; as it stands if it is none."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return one_line(moment)


def on_disk(seen: OnDisk) -> str:
    """Which files are not as they were read, and the key that reads them; short."""
    counts = ((seen.changed, "changed"), (seen.fresh, "new"), (seen.gone, "gone"))
    said = ", ".join(f"{len(keys):,} {what}" for keys, what in counts if keys)
    return f"{said} · F5" if seen.readable else said


def seconds(answer: Answer) -> str:
    """The time an answer took."""
    return f"{answer.seconds * 1000:.0f} ms" if answer.seconds < 1 else f"{answer.seconds:.1f} s"


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 text``, ``1,200 passages``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def outdated(numbers: Sequence[int]) -> str:
    """Of the answers, from 1, that show texts as they were."""
    if len(numbers) == 1:
        return f"Answer {numbers[0]} quotes a text as it was before."
    *some, last = numbers
    return f"Answers {', '.join(map(str, some))} and {last} quote texts as they were before."
