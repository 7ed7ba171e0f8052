"""Questions about news, made from attributions: what somebody said, and who said something.

The question sets are mostly encyclopedic; what a reader of news asks is who demanded what. An
attribution in PolNeAR (Newell, Margolin and Ruths 2018) tells speaker, verb and what was said,
which is a question with its answer as soon as one of the three is left out.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.terms import STOP_WORDS
from index.text import sentences
from training import corpora

_SAYING = """
    accuse add admit advise agree announce argue ask assert believe boast call claim complain
    conclude concede confirm contend criticize decide declare defend demand deny describe disclose
    emphasize estimate expect explain find fear hint hope imply indicate insist joke know mention
    note object observe pledge predict promise propose praise question quip reject remark
    repeat reply report request respond reveal say see state stress suggest tell testify think
    threaten tweet urge vow want warn wonder write
"""
_IRREGULAR = {
    "said": "say", "says": "say", "told": "tell", "thought": "think", "found": "find",
    "knew": "know", "known": "know", "wrote": "write", "written": "write", "saw": "see",
    "seen": "see", "denied": "deny", "denies": "deny", "replied": "reply", "implied": "imply",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _forms() -> dict[str, str]:
    """Past and present forms of the verbs of saying, with their base."""
    forms = dict(_IRREGULAR)
    for verb in _SAYING.split():
        stem = verb.removesuffix("e")
        doubled = verb + verb[-1] if verb.endswith(("mit", "p")) and verb != "ship" else stem
        for form in (verb, verb + "s", stem + "ed", stem + "ing", doubled + "ed", doubled + "ing"):
            forms.setdefault(form, verb)
    return forms


BASE = _forms()
Row = dict[str, Any]


def questions(data: Path, seed: int = 1) -> Iterator[Row]:
    """Rows as those of the question sets, one or two of each attribution that allows it."""
    dice = random.Random(seed)
    rows = list(corpora.rows(data / "attribution" / "polnear.jsonl.gz"))
    said = _said(rows)
    for number, row in enumerate(rows):
        verb = _verb(row)
        if row["split"] != "train" or row["pronoun"] or verb is None:
            continue
        for question, answers in _asked(row, verb, said, dice):
            found = [a for a in answers if row["text"][a["start"] :].startswith(a["text"])]
            if found:
                yield {
                    "title": f"attribution {number}",
                    "context": row["text"],
                    "question": question,
                    "answers": found,
                    "answerable": True,
                }


def _said(rows: list[Row]) -> dict[tuple[str, str], list[str]]:
    """By document and last name: all that is quoted of the speaker there."""
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        said[row["doc"], _last(row)].append(_quote(row)["text"])
    return said


def _last(row: Row) -> str:
    words = _WORD.findall(row["speaker"]["text"])
    return words[-1] if words else ""


def _quote(row: Row) -> Row:
    """The quote as an answer; of one with several sentences the first."""
    start, end = row["quote"]["start"], row["quote"]["end"]
    text = row["text"][start:end]
    first = sentences(text)[:1]
    return {"start": start, "text": text[: first[0].end] if first else text}


def _verb(row: Row) -> str | None:
    """The base form of the verb of saying, if the cue begins with one."""
    if not row["cue"]:
        return None
    start, end = row["cue"][0]
    words = _WORD.findall(row["text"][start:end])
    return next((BASE[w.lower()] for w in words[:3] if w.lower() in BASE), None)


def _asked(
    row: Row, verb: str, said: dict[tuple[str, str], list[str]], dice: random.Random
) -> Iterator[tuple[str, list[Row]]]:
    speaker = row["speaker"]["text"].strip(" ,")
    short = len(speaker.split()) <= 6 and speaker[:1].isupper()
    quote = _quote(row)
    topics = _topics(row["text"][row["quote"]["start"] : row["quote"]["end"]])
    if short:
        name = _last(row) if dice.random() < 0.5 and speaker[-1:].isalpha() else speaker
        others = said[row["doc"], _last(row)]
        answers = [quote] + [
            {"start": row["text"].find(text), "text": text}
            for text in dict.fromkeys(others)
            if text != quote["text"] and text in row["text"]
        ]
        about = f" about {dice.choice(topics)}" if topics and dice.random() < 0.4 else ""
        yield f"What did {name} {verb}{about}?", answers if not about else [quote]
    if len(topics) >= 2 and dice.random() < 0.6:
        said_verb = "said" if verb == "say" else dice.choice(("said", "spoke of"))
        first, second = sorted(dice.sample(range(len(topics)), 2))
        asked = f"Who {said_verb} something about {topics[first]} and {topics[second]}?"
        if said_verb == "spoke of":
            asked = f"Who spoke of {topics[first]} and {topics[second]}?"
        yield asked, [{"start": row["speaker"]["start"], "text": row["speaker"]["text"]}]


def _topics(quote: str) -> list[str]:
    """Its longer words that are no stop words, in order."""
    words = dict.fromkeys(_WORD.findall(quote))
    return [
        w
        for w in words
        if len(w) > 4 and w.isalpha() and not w.endswith("ly") and w.lower() not in STOP_WORDS
    ]
