"""Turn the question sets into arrays that a training run maps into memory.

    python -m training.reader.data --data DATA --work WORK

Contexts, questions and answers become word types (rows of one lexicon), sentence numbers and
token spans. Each question gets the contexts of its own article that share most with it and do not
hold the answer: hard negatives, as in Clark and Gardner 2018 (arXiv 1710.10723).
"""

from __future__ import annotations

import argparse
import collections
import itertools
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index import embedders
from index.text import sentences
from qa.features import Lexicon, Words, sentence_numbers
from training import corpora
from training.reader import news, synonyms
from training.reader.warm import Weights

MADE = "attributions"
"""The name of the questions that ``training.reader.news`` makes."""
SHARES = {**corpora.QUESTIONS, "squad_dev": 1.5, MADE: 0.6}
"""The question sets a reader learns from, with the share of their rows that one epoch sees.

``squad_dev`` alone has questions that people made unanswerable, and so comes more often.
"""
LONGEST = 320
"""Words of a context; a longer one is cut to a window of whole sentences round the answer."""
LONGEST_QUESTION = 48
LONGEST_ANSWER = 40
NEGATIVES = 4
ANSWERS = 6
STAND_INS = 3
SEEN = 5
"""Times that a stand-in must stand in the contexts; rarer forms are mostly made up."""


Rarity: TypeAlias = npt.NDArray[np.float32]
"""[pieces], 0 to 1."""


@dataclass
class Builder:
    """Collects contexts and questions of all sets into flat lists."""

    lexicon: Lexicon
    contexts: list[npt.NDArray[np.int32]] = field(default_factory=list)
    sentence_of: list[npt.NDArray[np.int32]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    words_of: dict[int, Words] = field(default_factory=dict)
    questions: list[npt.NDArray[np.int32]] = field(default_factory=list)
    context_of: list[int] = field(default_factory=list)
    answers: list[list[tuple[int, int]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    dataset: list[int] = field(default_factory=list)
    dropped: collections.Counter[str] = field(default_factory=collections.Counter)

    def context(self, text: str, group: str) -> int:
        """The number of a context, new or known."""
        if text not in self.known:
            number = len(self.contexts)
            self.known[text] = number
            words = self.lexicon.words(text)
            self.words_of[number] = words
            self.contexts.append(words.types)
            self.sentence_of.append(sentence_numbers(words, sentences(text)))
            self.groups.append(group)
        return self.known[text]

    def add(self, row: dict[str, Any], dataset: int, name: str) -> None:
        """Take one row, if its answer lies on words and is short enough to be learned."""
        text = row["context"]
        group = f"{name}:{row.get('title') or text[:60]}"
        spans = row["answers"] if row["answerable"] else []
        if len(text.split()) > LONGEST:
            text, spans = window(text, spans)
        number = self.context(text, group)
        tokens = [t for s in spans if (t := token_span(self.words_of[number], s)) is not None]
        tokens = [t for t in dict.fromkeys(tokens) if t[1] - t[0] < LONGEST_ANSWER][:ANSWERS]
        question = self.lexicon.words(row["question"]).types[:LONGEST_QUESTION]
        if (
            (row["answerable"] and not tokens)
            or len(question) == 0
            or not len(self.contexts[number])
        ):
            self.dropped[name] += 1
            return
        if row.get("multi"):
            tokens = tokens[:1] if name != "multispanqa" else tokens
        self.questions.append(question)
        self.context_of.append(number)
        self.answers.append(tokens)
        self.texts.append(spans[0]["text"].lower() if spans else "")
        self.dataset.append(dataset)


def window(text: str, spans: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Whole sentences round the first answer, about ``LONGEST`` words in all; answers inside it."""
    parts = sentences(text)
    at = spans[0]["start"] if spans else 0
    first = last = max(0, sum(part.start <= at for part in parts) - 1)
    count = len(parts[first].of(text).split())
    while count < LONGEST * 0.8:
        before, after = first > 0, last + 1 < len(parts)
        if not before and not after:
            break
        if after and (not before or (last - first) % 2 == 0):
            last += 1
            count += len(parts[last].of(text).split())
        else:
            first -= 1
            count += len(parts[first].of(text).split())
    start, end = parts[first].start, parts[last].end
    inside = [s for s in spans if start <= s["start"] and s["start"] + len(s["text"]) <= end]
    return text[start:end], [{**s, "start": s["start"] - start} for s in inside]


def token_span(words: Words, answer: dict[str, Any]) -> tuple[int, int] | None:
    """First and last word that an answer touches, or None when it touches none."""
    start, end = answer["start"], answer["start"] + len(answer["text"])
    first = int(np.searchsorted(words.ends, start, side="right"))
    last = int(np.searchsorted(words.starts, end, side="left")) - 1
    return (first, last) if first <= last and first < len(words) else None


def rarity(counts: npt.NDArray[np.int64]) -> Rarity:
    """Self-information of each piece, scaled to 0 (the commonest) to 1 (never seen)."""
    share = (counts + 1) / (counts.sum() + len(counts))
    value = -np.log(share)
    low, high = value.min(), value.max()
    scaled = (value - low) / (high - low)
    scaled[:2] = 0.0
    rare: npt.NDArray[np.float32] = scaled.astype(np.float32)
    return rare


def negatives(builder: Builder, rare: Rarity) -> npt.NDArray[np.int32]:
    """[questions, NEGATIVES] contexts of the same article without the answer, or -1.

    Ranked by the rarity of the question's stems that they hold.
    """
    lexicon = builder.lexicon
    stem_of = lexicon.identities[:, 2]
    weight = collections.defaultdict(float)
    for row in range(1, len(lexicon)):
        weight[int(stem_of[row])] = float(rare[lexicon.pieces[row]].max())
    stems = [set(map(int, stem_of[context])) for context in builder.contexts]
    members: dict[str, list[int]] = collections.defaultdict(list)
    for number, group in enumerate(builder.groups):
        members[group].append(number)
    lowered = {number: text.lower() for text, number in builder.known.items()}
    chosen = np.full((len(builder.questions), NEGATIVES), -1, dtype=np.int32)
    for i, question in enumerate(builder.questions):
        gold = builder.context_of[i]
        pool = members[builder.groups[gold]]
        if len(pool) < 2 or not builder.answers[i]:
            continue
        asked = {int(s) for s in stem_of[question]}
        scored = sorted(
            ((sum(weight[s] for s in asked & stems[c]), c) for c in pool if c != gold),
            reverse=True,
        )
        free = [c for _, c in scored[:12] if builder.texts[i] not in lowered[c]][:NEGATIVES]
        chosen[i, : len(free)] = free
    return chosen


def stand_ins(builder: Builder, known: dict[str, list[str]]) -> npt.NDArray[np.int32]:
    """[word types, STAND_INS]: the likest words that may stand for each type in lower case."""
    lexicon, n = builder.lexicon, len(builder.lexicon)
    seen = np.bincount(np.concatenate(builder.contexts), minlength=n)
    chosen = np.zeros((n, STAND_INS), dtype=np.int32)
    for form in lexicon.forms():
        if form.isalpha() and form.islower() and len(form) > 3:
            rows = (lexicon.row(other) for other in synonyms.stand_ins(form, known))
            common = [r for r in dict.fromkeys(rows) if r and seen[r] >= SEEN][:STAND_INS]
            chosen[lexicon.row(form), : len(common)] = common
    return chosen


def flat(
    parts: Iterable[npt.NDArray[np.int32]],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """One array of all parts, and the n + 1 borders between them."""
    listed = list(parts)
    borders = np.concatenate([[0], np.cumsum([len(part) for part in listed])]).astype(np.int64)
    return np.concatenate(listed).astype(np.int32), borders


def build(
    data: Path, work: Path, names: dict[str, float], split: str, rare: Rarity, limit: int | None
) -> None:
    """Write ``reader-SPLIT.npz`` with everything a run needs."""
    builder = Builder(Lexicon(Tokenizer.from_file(str(work / "tokenizer.json")), 1 << 18))
    for dataset, name in enumerate(names):
        before = len(builder.questions)
        for row in itertools.islice(_rows(data, name, split), limit):
            builder.add(row, dataset, name)
        print(name, len(builder.questions) - before, "dropped", builder.dropped[name], flush=True)
    known = synonyms.lexicon(data, embedders.load().passages)
    save(builder, work / f"reader-{split}.npz", rare, list(names), stand_ins(builder, known))


def _rows(data: Path, name: str, split: str) -> Iterable[dict[str, Any]]:
    if name == MADE:
        return news.questions(data) if split == "train" else ()
    return corpora.question_rows(data, name, split)


def save(
    builder: Builder,
    path: Path,
    rare: Rarity,
    names: list[str],
    others: npt.NDArray[np.int32],
) -> None:
    """Pack the builder's lists."""
    lexicon, n = builder.lexicon, len(builder.lexicon)
    context, context_borders = flat(builder.contexts)
    sentence, _ = flat(builder.sentence_of)
    question, question_borders = flat(builder.questions)
    answers = np.full((len(builder.answers), ANSWERS, 2), -1, dtype=np.int32)
    for i, spans in enumerate(builder.answers):
        answers[i, : len(spans)] = np.array(spans, dtype=np.int32).reshape(-1, 2)
    np.savez(
        path,
        pieces=lexicon.pieces[:n],
        identities=lexicon.identities[:n],
        shapes=lexicon.shapes[:n].astype(np.uint8),
        context=context,
        context_borders=context_borders,
        sentence=sentence,
        question=question,
        question_borders=question_borders,
        context_of=np.array(builder.context_of, dtype=np.int32),
        answers=answers,
        negatives=negatives(builder, rare),
        dataset=np.array(builder.dataset, dtype=np.int32),
        names=np.array(names),
        rarity=rare,
        stand_ins=others,
    )


def main() -> None:
    """Build the arrays of the training articles and of those held out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="the shipped reader.onnx to train further")
    parser.add_argument("--limit", type=int, help="rows of each set, for a rehearsal")
    arguments = parser.parse_args()
    random.seed(1)
    if arguments.start is None:
        rare = rarity(np.load(arguments.work / "counts.npy"))
    else:
        rare = Weights(arguments.start).ending(".rarity")
    for split in ("train", "held"):
        build(arguments.data, arguments.work, SHARES, split, rare, arguments.limit)


if __name__ == "__main__":
    main()
