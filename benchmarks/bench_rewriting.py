"""How well follow-up questions are understood.

    python -m benchmarks.bench_rewriting --data DATA

DATA is the directory of the data sets. For CANARD (split dev) each question with a known answer is
searched for as it was asked, as understood here, and as people rewrote it, in a pool of the answer
spans of all its conversations, each below the title of its article, among other encyclopedia
passages. "recovered" is (understood - asked) / (people - asked). Three ways to begin:

- opened: the first question as people rewrote it, then as asked; no title. As in the product.
- titled: title and section of the article are said before the first question.
- untold: neither; the article's name may never have been said.

Each question is understood after those before it, as they were understood, and their answers.
CAsT and MTRAG have no passages: there the words that were added are compared with those that
people added. Prints one JSON object; recall is recall@10.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from index.embedders import load as load_embedder
from index.library import Index
from index.types import Document
from qa.ports import Rewriter
from qa.retrieval import HybridRetriever
from qa.rewriting import load
from qa.types import Earlier
from training.corpora import rows
from training.rewriter.conversations import Asked, Conversation, canard
from training.rewriter.examples import stand_alone, telling

K = 10
Search = Callable[[str], Sequence[str]]
"""Question to the keys of the documents found."""


@dataclass(frozen=True, slots=True)
class Understood:
    """One question in three forms."""

    asked: str
    here: str
    people: str
    conversation: Conversation


def understood(rewriter: Rewriter, conversation: Conversation, begin: str) -> Iterator[Understood]:
    """The follow-ups of a conversation, each understood after what came before."""
    earlier = [conversation.heading] if begin == "titled" else []
    for number, turn in enumerate(conversation.turns):
        opening = begin == "opened" and not number
        asked = turn.rewrite if opening else turn.question
        here = rewriter.understand(asked, earlier)
        if not opening:
            yield Understood(asked, here, turn.rewrite, conversation)
        earlier.append(Earlier(here, turn.answer))


class Pool:
    """Answers below their titles, among other passages."""

    def __init__(self, data: Path, distractors: int) -> None:
        self.answers: dict[tuple[str, str], str] = {}
        documents: dict[str, Document] = {}
        for row in rows(data / "pairs" / "canard_quac.jsonl.gz"):
            title = row["title"].partition(":")[0]
            text = f"{title}\n{row['positive']}"
            documents[text] = Document(text, title, text, title)
            self.answers[row["title"], row["query"]] = text
        for text in list(_wiki(data))[:distractors]:
            documents[text] = Document(text, "", text, "")
        self.index = Index.open(None, embedder=load_embedder(None))
        self.index.add(documents.values())
        self.size = len(documents)

    def searches(self) -> dict[str, Search]:
        """By words, by meaning, and both as the product does it."""
        retriever = HybridRetriever(self.index)
        return {
            "lexical": cache(lambda q: self._keys(self.index.lexical(q, K))),
            "dense": cache(lambda q: self._keys(self.index.dense(q, K))),
            "hybrid": cache(lambda q: [h.passage.document for h in retriever.retrieve(q, K)]),
        }

    def _keys(self, matches: Iterable[Any]) -> list[str]:
        return [p.document for p in self.index.passages([match.id for match in matches])]

    def answer(self, question: Understood) -> str | None:
        """The document that answers."""
        conversation = question.conversation
        heading = f"{conversation.title}: {conversation.section}"
        return self.answers.get((heading, question.people))


def _wiki(data: Path) -> Iterator[str]:
    import gzip

    with gzip.open(data / "text" / "wiki_passages.txt.gz", "rt", encoding="utf-8") as file:
        yield from (text.strip() for text in file.read().split("\f"))


def recall(search: Search, asked: Sequence[tuple[str, str]]) -> float:
    """The share of questions whose document is found."""
    return sum(answer in search(question) for question, answer in asked) / len(asked)


def on_canard(rewriter: Rewriter, data: Path, pool: Pool) -> dict[str, Any]:
    """Recall in the pool, for each way to begin and to search."""
    result: dict[str, Any] = {"pool": pool.size}
    known = list(canard(data, "dev"))
    searches = pool.searches()
    for begin in ("opened", "titled", "untold"):
        questions = [q for c in known for q in understood(rewriter, c, begin)]
        told = [(q, answer) for q in questions if (answer := pool.answer(q))]
        result[begin] = {"questions": len(told)}
        for name, search in searches.items():
            forms = {
                form: recall(search, [(getattr(q, form), answer) for q, answer in told])
                for form in ("asked", "here", "people")
            }
            gap = forms["people"] - forms["asked"]
            forms["recovered"] = (forms["here"] - forms["asked"]) / gap
            result[begin][name] = {key: round(value, 3) for key, value in forms.items()}
    return result


def on_words(rewriter: Rewriter, conversations: Iterable[Conversation]) -> dict[str, float]:
    """The words added here against those that people added, over all last questions together."""
    both = here = people = kept = keepable = 0
    for conversation in conversations:
        *_, last = understood(rewriter, conversation, "untold")
        mine = telling(last.here) - telling(last.asked)
        theirs = telling(last.people) - telling(last.asked)
        both, here, people = both + len(mine & theirs), here + len(mine), people + len(theirs)
        keepable += not theirs
        kept += not theirs and last.here == last.asked
    return {
        "precision": round(both / max(here, 1), 3),
        "recall": round(both / max(people, 1), 3),
        "kept_of_those_people_kept": round(kept / max(keepable, 1), 3),
    }


def other_sets(data: Path) -> dict[str, list[Conversation]]:
    """CAsT and MTRAG, by the name of the set; each question with the turns before it."""
    found: dict[str, list[Conversation]] = {}
    for name in ("cast_2019_2022", "mtrag"):
        for row in rows(data / "rewrite" / f"{name}.jsonl.gz"):
            with_answers = row["dataset"] in ("cast2021", "cast2022")
            turns = [*_turns(row["history"], with_answers)]
            turns.append(Asked(row["question"], row["rewrite"], None))
            found.setdefault(row["dataset"], []).append(Conversation("", "", tuple(turns)))
    return found


def _turns(history: Sequence[str], with_answers: bool) -> Iterator[Asked]:
    if with_answers:
        for question, answer in zip(history[::2], history[1::2], strict=False):
            yield Asked(question, question, answer)
    else:
        yield from (Asked(question, question, None) for question in history)


def on_stand_alone(rewriter: Rewriter, data: Path) -> dict[str, float]:
    """How often a question that stands alone is changed all the same."""
    asked = list(stand_alone(data, "squad_dev", "dev"))
    start = time.process_time()
    changed = sum(rewriter.understand(q, [before]) != q for q, before in asked)
    spent = time.process_time() - start
    return {
        "questions": len(asked),
        "changed": round(changed / len(asked), 4),
        "cpu_ms": round(1000 * spent / len(asked), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--distractors", type=int, default=14_391)
    parser.add_argument("--quick", action="store_true", help="leave out retrieval")
    given = parser.parse_args()
    rewriter = load()
    result: dict[str, Any] = {"stand_alone": on_stand_alone(rewriter, given.data)}
    for name, conversations in other_sets(given.data).items():
        result[name] = on_words(rewriter, conversations)
    if not given.quick:
        result["canard"] = on_canard(rewriter, given.data, Pool(given.data, given.distractors))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
