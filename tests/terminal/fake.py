"""An assistant with fixed texts and fixed answers, for the tests of the terminal."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from index.problems import IndexProblem, SourceProblem
from index.types import (
    Cancelled,
    Changes,
    Document,
    DocumentInfo,
    IndexStatus,
    OnProgress,
    Passage,
    Progress,
    Span,
)
from index.watching import OnDisk
from qa.types import Answer, Answered, Evidence, Hit, Retrieved, Step, Understood, Verdict

HARBOUR = Document(
    key="/texts/harbour.txt",
    title="Harbour barrier wins a narrow vote",
    source="/texts/harbour.txt",
    text=(
        "Harbour barrier wins a narrow vote\n"
        "\n"
        "By Marta Lindqvist\n"
        "\n"
        "OSTERVIK — The town council voted seven to six on Tuesday to build a tidal barrier "
        "across the mouth of the old harbour, ending four years of argument over who should "
        "pay for it.\n"
        "\n"
        "“We asked for one thing, a wall that holds until 2100,” the mayor, Ingrid Dahl, told "
        "reporters. “Not a promise, not a study.” She said work would begin in March.\n"
        "\n"
        "The fishermen's union had opposed the plan. Its chairman, Pål Nygaard, said the lock "
        "would close the harbour for eleven days each spring.\n"
        "\n"
        "Engineers expect the barrier to cost 48 million crowns, a third of it borrowed.\n"
    ),
)
MUSEUM = Document(
    key="/texts/museum.txt",
    title="Stolen clock returns to the museum",
    source="/texts/museum.txt",
    text=(
        "Stolen clock returns to the museum\n\n"
        "A brass clock taken from the Ostervik museum in 2019 came back by post on Monday, "
        "wrapped in a fishing chart.\n\n"
        "The curator, Ada Berg, said the mechanism “still keeps the time of the thief”.\n"
    ),
)
STRANGE = Document(
    key="/texts/strange.txt",
    title="Strange [bold]signs[/bold] \x1b[31m",
    source="/texts/strange.txt",
    text=(
        "Tabs\tand\ttabs, then \x1b[31mred\x1b[0m and [bold]markup[/bold] [link=x]y[/link].\n"
        "日本語の港は春に十一日間閉じる、と漁師は言った。 The harbour is closed.\n"
        "Combining e\u0301\u0323 and emoji 👩‍🚒🇳🇴 stand here before the answer: cafe\u0301.\n"
        "Hidden \u202edirection\u202c, zero\u200bwidth, soft\xadhyphen, null\x00, bell\x07.\n"
    ),
)


def evidence(document: Document, sentence: str, span: str, score: float = 0.9) -> Evidence:
    """Evidence at the first place of ``sentence``, its passage the line that it stands on."""
    start = document.text.index(sentence)
    within = start + sentence.index(span)
    line = document.text.rfind("\n", 0, start) + 1
    end = document.text.find("\n", start)
    return Evidence(
        document,
        Span(line, end),
        Span(start, start + len(sentence)),
        Span(within, within + len(span)),
        score,
    )


def answered(question: str, *items: Evidence, confidence: float = 0.93) -> Answer:
    """An answer with this evidence."""
    return Answer(question, question, Verdict.ANSWERED, confidence, 0.5, items, (), 0.041)


WALL = evidence(
    HARBOUR,
    "“We asked for one thing, a wall that holds until 2100,” the mayor, Ingrid Dahl, told "
    "reporters.",
    "a wall that holds until 2100",
)
VOTE = evidence(HARBOUR, HARBOUR.text.splitlines()[4], "seven to six", 0.7)
CLOCK = evidence(MUSEUM, MUSEUM.text.splitlines()[2], "in 2019", 0.6)
CAFE = evidence(STRANGE, STRANGE.text.splitlines()[2], "cafe\u0301", 0.9)
DAYS = evidence(STRANGE, "日本語の港は春に十一日間閉じる、と漁師は言った。", "十一日間", 0.8)

WHAT = "What did the mayor ask for?"
WHEN = "When was the clock taken?"
WHY = "Why was the tower painted?"
NEAR = "What did the engineers say?"
ODD = "Where is the café?"

ANSWERS = {
    WHAT: answered(WHAT, WALL, VOTE, CLOCK),
    WHEN: answered(WHEN, CLOCK, confidence=0.61),
    ODD: answered(ODD, CAFE, DAYS),
    WHY: Answer(WHY, WHY, Verdict.NOT_IN_TEXT, 0.04, 0.5, (), (VOTE,), 0.038),
    NEAR: Answer(NEAR, NEAR, Verdict.NEAREST, 0.41, 0.5, (), (VOTE, WALL), 0.038),
}


def absent(question: str) -> Answer:
    """What is answered to a question that is not foreseen."""
    return Answer(question, question, Verdict.NOT_IN_TEXT, 0.01, 0.5, (), (), 0.02)


@dataclass
class FakeAssistant:
    """Keeps ``qa.Assistant``'s interface; ``gate`` holds answers back until it is set."""

    texts: dict[str, Document] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    indexing: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    rebuilt: int = 0
    closed: bool = False
    disk: dict[str, Document] = field(default_factory=dict)
    """Files that are not as in ``KNOWN``."""
    gone: tuple[str, ...] = ()
    notice: str = ""

    def __post_init__(self) -> None:
        self.gate.set()
        self.indexing.set()

    def steps(
        self, question: str, *, understood: str | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[Step]:
        self.asked.append(question)
        meant = understood or question
        yield Understood(question, meant)
        answer = replace(ANSWERS.get(meant, absent(meant)), question=question, understood=meant)
        yield Retrieved(tuple(_hit(item) for item in answer.evidence or answer.near_misses))
        self.gate.wait(60)
        if not (cancelled and cancelled()):
            yield Answered(answer)

    def add(
        self,
        sources: Sequence[str | Path | Document],
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Changes:
        documents = [self.disk.get(str(source)) or _document(source) for source in sources]
        if on_progress and documents:
            on_progress(Progress("embedding", 120, 400))
        self.indexing.wait(60)
        if cancelled and cancelled():
            return Changes()
        before, self.texts = self.texts, self.texts | {one.key: one for one in documents}
        return Changes(
            added=tuple(one.key for one in documents if one.key not in before),
            changed=tuple(one.key for one in documents if before.get(one.key, one) != one),
        )

    def remove(self, keys: Sequence[str]) -> Changes:
        gone = tuple(key for key in keys if self.texts.pop(key, None))
        return Changes(removed=gone)

    def follow(self, sources: Sequence[str | Path]) -> None:
        self.followed += [str(source) for source in sources]

    def on_disk(self, *, patient: bool = True) -> OnDisk:
        del patient
        changed = [key for key, now in self.disk.items() if self.texts.get(key, now) != now]
        return OnDisk(tuple(changed), self.gone)

    def rebuild(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> Changes:
        assert cancelled is None or not cancelled()
        self.rebuilt += 1
        if on_progress:
            on_progress(Progress("embedding", 1, 2))
        self.indexing.wait(60)
        return Changes()

    def documents(self) -> list[DocumentInfo]:
        return [_info(document) for document in self.texts.values()]

    def document(self, key: str) -> Document:
        if key not in self.texts:
            raise IndexProblem(f"There is no document {key}.", "Add it.")
        return self.texts[key]

    def status(self) -> IndexStatus:
        passages = sum(info.passages for info in self.documents())
        return IndexStatus("memory", len(self.texts), passages, "fake", 8, "memory", 1, 0)

    def close(self) -> None:
        self.closed = True


KNOWN = {document.key: document for document in (HARBOUR, MUSEUM, STRANGE)}


def _document(source: str | Path | Document) -> Document:
    if isinstance(source, Document):
        return source
    if str(source) not in KNOWN:
        raise SourceProblem(f"There is no file {source}.", "Check the path.")
    return KNOWN[str(source)]


def _hit(item: Evidence) -> Hit:
    return Hit(Passage(1, item.document.key, item.passage, (item.sentence,)), 1.0, 1, 1)


def _info(document: Document) -> DocumentInfo:
    return DocumentInfo(
        document.key,
        document.title,
        document.source,
        len(document.text),
        document.text.count("\n\n") + 1,
        sha256(document.text.encode()).hexdigest(),
        "2022-01-10T12:00:00+00:00",
    )
