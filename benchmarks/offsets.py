"""Whether every span slices its text, over a folder of prose that nobody has looked through.

    python -m benchmarks.offsets FOLDER --cut 3000 --asked 250

Takes every ``.txt.gz`` below FOLDER, its documents separated by a line with one form feed. Of each
file ``--cut`` documents, evenly spread, are cut into passages: these must lie in the text, come in
order, hold their sentences, and leave out no character that is not white space. Of those
``--asked``, evenly spread again, are asked ``--questions`` questions made of their own words, and
whatever comes back, answers and near misses, must slice the document as printed: passage, sentence,
span, speaker, and the very text and characters of the JSON. Prints what broke, and the counts.
Exit code 1 if anything broke.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.passages import split
from index.settings import Settings
from index.terms import question_terms
from index.text import blocks, sentences
from index.types import Document, Passage
from qa.assistant import Assistant
from qa.evidence import is_sound
from qa.render import to_json
from qa.types import Answer, Evidence

OPENINGS = (
    "Who {}?", "When did {}?", "How many {}?", "Why {}?", "What did they say about {}?",
    "Where was {}?", "Is it true that {}?", "How long did {} last?",
)  # fmt: skip
LONGEST = 200_000
"""Characters of a document that is asked; the others are only cut."""


def documents(path: Path) -> Iterator[str]:
    """The documents of a file, as they stand there."""
    held: list[str] = []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for line in lines:
            if line.rstrip("\r\n") == "\f":
                yield "".join(held)
                held = []
            else:
                held.append(line)
    yield "".join(held)


def counted(path: Path) -> int:
    """How many documents a file has."""
    with gzip.open(path, "rb") as file:
        return 1 + sum(chunk.count(b"\f\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def spread(count: int, wanted: int) -> set[int]:
    """At most ``wanted`` of the numbers below ``count``, evenly spread."""
    return set(range(count)) if count <= wanted else {i * count // wanted for i in range(wanted)}


def broken_passages(document: Document, passages: list[Passage]) -> Iterator[str]:
    """What is wrong with how a document is cut."""
    text, seen = document.text, bytearray(len(document.text))
    starts = [passage.span.start for passage in passages]
    if starts != sorted(starts):
        yield "passages are out of order"
    for passage in passages:
        inner = passage.sentences
        if not 0 <= passage.span.start < passage.span.end <= len(text) or not inner:
            yield f"passage {passage.span} is empty or outside"
        if any(not passage.span.contains(sentence) or not len(sentence) for sentence in inner):
            yield f"a sentence lies outside passage {passage.span}"
        if any(a.end > b.start for a, b in itertools.pairwise(inner)):
            yield f"sentences of passage {passage.span} overlap"
        for sentence in inner:
            seen[sentence.start : sentence.end] = b"\1" * len(sentence)
    if any(not seen[i] and not text[i].isspace() for i in range(len(text))):
        yield "characters are in no sentence"


def questions(text: str, count: int, dice: random.Random) -> list[str]:
    """Made of a few words of one sentence each."""
    found = sentences(text)
    made = []
    for _ in range(count if found else 0):
        words = question_terms(dice.choice(found).of(text))
        some = dice.sample(words, min(len(words), dice.randint(2, 5))) or ["this"]
        made.append(dice.choice(OPENINGS).format(" ".join(some)))
    return made


def broken_answer(answer: Answer) -> Iterator[str]:
    """What is wrong with what came back."""
    printed = json.loads(to_json(answer))
    for name, pieces in (("evidence", answer.evidence), ("near_misses", answer.near_misses)):
        for piece, data in zip(pieces, printed[name], strict=True):
            yield from _broken_piece(piece, data)
    if answer.evidence and answer.text != answer.evidence[0].quote:
        yield "the answer is not the span of its evidence"


def _broken_piece(piece: Evidence, data: dict[str, Any]) -> Iterator[str]:
    text = piece.document.text
    if not is_sound(piece):
        yield f"unsound: {piece.passage}, {piece.sentence}, {piece.span}"
    if not piece.quote.strip() or piece.quote != piece.quote.strip():
        yield f"blank at the edge of {piece.span}"
    passages = split(piece.document)
    if not any(piece.passage == p.span and piece.sentence in p.sentences for p in passages):
        yield f"sentence {piece.sentence} is none of its passage"
    if piece.speaker is not None and not 0 <= piece.speaker.span.start < piece.speaker.span.end:
        yield "the speaker's span is empty"
    for part in _spans(data):
        if text[part["start"] : part["end"]] != part["text"]:
            yield f"printed characters {part['start']}–{part['end']} are another text"


def _spans(data: Any) -> Iterator[dict[str, Any]]:
    """Every object with start, end and text, however deep."""
    if isinstance(data, dict):
        if {"start", "end", "text"} <= set(data):
            yield data
        for value in data.values():
            yield from _spans(value)
    elif isinstance(data, list):
        for value in data:
            yield from _spans(value)


class Run:
    """Counts what was looked at, and prints what broke."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def cut(self, document: Document) -> None:
        """Look at the passages of a document."""
        passages = split(document)
        self.counts.update(documents=1, passages=len(passages))
        self.counts["sentences"] += sum(len(passage.sentences) for passage in passages)
        self._tell(document, broken_passages(document, passages))

    def ask(self, document: Document, asked: list[str]) -> None:
        """Look at what a document answers, at a threshold that lets most questions through."""
        with Assistant.over([document], settings=Settings(threshold=0.1)) as assistant:
            for question in asked:
                answer = assistant.ask(question)
                self.counts.update(
                    questions=1, answered=bool(answer.evidence), pieces=_pieces(answer)
                )
                self._tell(document, broken_answer(answer), question)
        self.counts["documents asked"] += 1

    def _tell(self, document: Document, broken: Iterator[str], question: str = "") -> None:
        for what in broken:
            self.counts["broken"] += 1
            print(f"{document.key} {question!r}: {what}", flush=True)


def _pieces(answer: Answer) -> int:
    return len(answer.evidence) + len(answer.near_misses)


def main() -> None:
    """Go through the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cut", type=int, default=3000, help="documents of a file")
    parser.add_argument("--asked", type=int, default=250, help="documents of a file")
    parser.add_argument("--questions", type=int, default=3, help="of a document")
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    run, dice, started = Run(), random.Random(given.seed), time.monotonic()
    for path in sorted(given.folder.rglob("*.txt.gz")):
        count = counted(path)
        cut, asked = spread(count, given.cut), spread(count, given.asked)
        for number, text in enumerate(documents(path)):
            if number in cut or number in asked:
                key = f"{path.name} {number}"
                document = Document(key, key, text, path.name, tuple(blocks(text)))
                run.cut(document)
                if number in asked and 0 < len(text) <= LONGEST:
                    run.ask(document, questions(text, given.questions, dice))
        seconds = time.monotonic() - started
        print(path.name, dict(run.counts), f"{seconds:.0f} s", flush=True)
    sys.exit(1 if run.counts["broken"] else 0)


if __name__ == "__main__":
    main()
