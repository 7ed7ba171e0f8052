from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.embedders import load as load_embedder
from index.memory import MemoryLexical
from index.ports import Embedder, Vectors
from index.settings import Settings
from index.types import Document, Span
from qa.assistant import Assistant
from qa.combining import Combiner, Logistic
from qa.evaluation.cases import Article, Case
from qa.evaluation.data import load
from qa.evaluation.methods import Full, gold_passage
from qa.evaluation.mistakes import SHOULD_ANSWER, SHOULD_REFUSE, WRONG_SENTENCE, mistakes
from qa.evaluation.outcomes import Found, Outcome, judged
from qa.evaluation.runner import Asked, Evaluation, Parts, evaluate
from qa.evaluation.shelf import Cut, Shelf
from qa.lexical_reader import LexicalReader
from qa.types import Context, Reading, SentenceReading
from tests.qa.questions import row, written
from tests.qa.texts import FERRY, document


def article(text: str, *cases: Case) -> Article:
    return Article(document(text), (Span(0, len(text)),), cases)


class TestJudged:
    text = "Rain fell. Snow fell. Hail fell."
    case = Case("What fell second?", Span(0, 32), (Span(11, 15), Span(11, 20)))

    def judge(self, found: Found) -> Outcome:
        return judged(article(self.text, self.case), self.case, found, 0.25)

    def test_ranks_are_those_of_the_first_that_holds_an_answer(self) -> None:
        rain, snow, hail = Span(0, 10), Span(11, 21), Span(22, 32)
        outcome = self.judge(
            Found((rain, Span(0, 12), snow), (hail, snow, rain), Span(11, 16), 0.5)
        )
        assert (outcome.passage_rank, outcome.sentence_rank) == (2, 2)
        assert (outcome.exact, outcome.f1, outcome.seconds) == (1.0, 1.0, 0.25)
        assert not outcome.correct

    def test_a_span_ends_before_its_end(self) -> None:
        assert self.judge(Found((Span(0, 11),), (Span(0, 11),))).passage_rank is None

    def test_beyond_ten_passages_and_three_sentences_nobody_looks(self) -> None:
        rain, snow = Span(0, 10), Span(11, 21)
        outcome = self.judge(Found((rain,) * 10 + (snow,), (rain,) * 3 + (snow,)))
        assert (outcome.passage_rank, outcome.sentence_rank) == (None, None)
        assert self.judge(Found((rain,) * 9 + (snow,), ())).passage_rank == 10

    def test_nothing_found(self) -> None:
        outcome = self.judge(Found((), ()))
        assert (outcome.exact, outcome.f1, outcome.sentence_rank) == (0.0, 0.0, None)


class Contrary:
    """A reader that holds every sentence of a later context the likelier."""

    name = "contrary"

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        del question
        self.read_last = [one.text for one in contexts]
        return [
            Reading(tuple(SentenceReading(s, 0.0, float(at)) for s in one.sentences), 0.0)
            for at, one in enumerate(contexts)
        ]


class Counting:
    """An embedder that counts how often it sees each text."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.seen: list[str] = []

    name, fingerprint = "counting", "1"

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return self._inner.passages(texts)

    def question(self, text: str) -> Vectors:
        self.seen.append(text)
        return self._inner.question(text)


QUESTIONS = [
    ("What is the hull doing?", "has begun to rust"),
    ("Who chairs the council?", "Ines Okafor"),
    ("How much does the boat lose?", "about 12,000 crowns a month"),
    ("Who won the match?", ""),
]


def ferry_cases() -> tuple[Case, ...]:
    whole = Span(0, len(FERRY))
    spans = [
        (question, FERRY.index(text), len(text)) if text else (question, 0, 0)
        for question, text in QUESTIONS
    ]
    return tuple(
        Case(question, whole, (Span(start, start + size),) if size else ())
        for question, start, size in spans
    )


@pytest.fixture
def counting(embedder: Path) -> Counting:
    return Counting(load_embedder(str(embedder)))


def run(tmp_path: Path, counting: Counting, cut: Cut = Cut.WINDOWS) -> Evaluation:
    rows = [
        row(
            title="Ferry",
            context=paragraph,
            question=question,
            answers=[{"text": text, "start": paragraph.index(text)}],
        )
        for paragraph in FERRY.strip().split("\n\n")
        for question, text in QUESTIONS
        if text and text in paragraph
    ]
    dataset = load([written(tmp_path / "q.jsonl", rows)])
    return evaluate(dataset, Parts(counting, MemoryLexical, Full(LexicalReader()), cut))


class TestMethods:
    def test_full_is_what_the_assistant_answers(
        self, settings: Settings, counting: Counting
    ) -> None:
        shelf = Shelf(article(FERRY), cut=Cut.WINDOWS, embedder=counting, lexical=MemoryLexical)
        full = Full(LexicalReader(), k=settings.k)
        with Assistant.over([document()], settings=settings) as assistant:
            for question, _ in QUESTIONS:
                answer = assistant.ask(question)
                shown = answer.evidence or answer.near_misses
                found = full.find(shelf, question)
                assert found.sentences[: len(shown)] == tuple(one.sentence for one in shown)
                assert found.quote == shown[0].span
                assert found.confidence == pytest.approx(answer.confidence)
                assert found.score == pytest.approx(shown[0].score)
                assert full.threshold == answer.threshold

    def test_nothing_is_embedded_twice(self, tmp_path: Path, counting: Counting) -> None:
        evaluation = run(tmp_path, counting)
        assert len(evaluation.asked) == 3
        passages = [text for text in counting.seen if "\n\n" in text]
        questions = [text for text in counting.seen if text.endswith("?")]
        assert len(passages) == len(set(passages))
        assert sorted(questions) == sorted(one.case.question for one in evaluation.asked)

    def test_a_remembered_search_is_charged_again(
        self, counting: Counting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticks = itertools.count()
        monkeypatch.setattr("time.perf_counter", lambda: float(next(ticks)))
        shelf = Shelf(article(FERRY), cut=Cut.WINDOWS, embedder=counting, lexical=MemoryLexical)
        assert (len(shelf.lexical("ferry", 5)), shelf.owed) == (1, 0.0)
        assert (len(shelf.lexical("ferry", 5)), shelf.owed) == (1, 1.0)
        assert (len(shelf.dense("ferry", 5)), shelf.owed) == (1, 1.0)

    def test_full_reads_k_passages_and_ranks_by_evidence(self, counting: Counting) -> None:
        cases = ferry_cases()
        spans = [block.span for block in document(FERRY).blocks]
        several = Article(document(FERRY), tuple(spans), cases)
        shelf = Shelf(several, cut=Cut.CONTEXT, embedder=counting, lexical=MemoryLexical)
        combiner = Combiner(Logistic({"sentence_score": 1.0}, 0.0), threshold=0.5, near=0.1)
        reader = Contrary()
        found = Full(reader, k=3, combiner=combiner).find(shelf, "Who asked for a ferry fare?")
        assert len(reader.read_last) == 3
        read = [span.of(FERRY) for span in found.passages[:3]]
        assert read == list(reversed(reader.read_last))
        assert len(set(found.passages)) == len(found.passages) == len(spans)
        assert found.passages[0].contains(found.sentences[0])

    def test_contexts_whole_are_the_passages(self, counting: Counting, tmp_path: Path) -> None:
        evaluation = run(tmp_path, counting, Cut.CONTEXT)
        asked = evaluation.asked[0]
        assert set(asked.full.passages) <= set(asked.article.contexts)
        assert [one.method for one in evaluation.runs] == ["BM25", "dense", "hybrid", "full"]

    def test_bm25_against_a_ranking_of_its_own(self, counting: Counting, tmp_path: Path) -> None:
        evaluation = run(tmp_path, counting, Cut.CONTEXT)
        for asked in evaluation.asked:
            text = asked.article.document.text
            engine = MemoryLexical()
            contexts = [span.of(text) for span in asked.article.contexts]
            engine.put(range(len(contexts)), contexts)
            order = [match.id for match in engine.search(asked.case.question, 10)]
            right = asked.article.contexts.index(asked.case.context)
            rank = order.index(right) + 1 if right in order else None
            assert asked.outcomes[0].passage_rank == rank

    def test_gold_passage(self, counting: Counting) -> None:
        cases = ferry_cases()
        several = article(FERRY, *cases)
        shelf = Shelf(several, cut=Cut.WINDOWS, embedder=counting, lexical=MemoryLexical)
        passage = gold_passage(several, cases[0], shelf)
        assert passage.span.start <= cases[0].answers[0].start < passage.span.end
        assert len(passage.span) < len(FERRY)
        one = article("The hull rusts. It leaks.", Case("What rusts?", Span(0, 25), (Span(4, 8),)))
        passage = gold_passage(one, one.cases[0], shelf)
        assert passage.span == Span(0, 25)
        assert passage.sentences == (Span(0, 15), Span(16, 25))


def judgement(*, sentence: int | None = 1, answerable: bool = True) -> Outcome:
    return Outcome(answerable, 1, sentence, 1.0, 1.0, 0.5, 0.001)


class TestMistakes:
    def asked(self, case: Case, outcome: Outcome, confidence: float) -> Asked:
        found = Found((), (Span(0, 9),), Span(0, 4), confidence)
        return Asked(article("Rain fell.\x1b[2J", case), case, (outcome,), found, (0.0, 0.0))

    def test_three_kinds(self) -> None:
        answerable = Case("What fell?", Span(0, 10), (Span(0, 4), Span(0, 4)))
        not_there = Case("Who fell?", Span(0, 10), ())
        wrong = judgement(sentence=2)
        asked = [
            self.asked(answerable, judgement(), 0.9),
            self.asked(answerable, wrong, 0.9),
            self.asked(answerable, judgement(), 0.1),
            self.asked(not_there, judgement(answerable=False, sentence=None), 0.9),
            self.asked(not_there, judgement(answerable=False, sentence=None), 0.1),
        ]
        found = mistakes(asked, 0.5, limit=10)
        assert [one.kind for one in found] == [WRONG_SENTENCE, SHOULD_ANSWER, SHOULD_REFUSE]
        assert found[0].gold == ("Rain",)
        assert (found[0].predicted, found[0].sentence) == ("Rain", "Rain fell")
        assert found[0].gold_sentence_rank == 2
        assert found[2].gold == ()
        assert len(mistakes(asked, 0.5, limit=2)) == 2
        assert mistakes(asked, 0.5, limit=0) == []


def test_a_document_without_sentences_is_survived(counting: Counting) -> None:
    blank = Article(
        Document("k", "t", "  \n ", "s"), (Span(0, 4),), (Case("Who?", Span(0, 4), ()),)
    )
    shelf = Shelf(blank, cut=Cut.WINDOWS, embedder=counting, lexical=MemoryLexical)
    found = Full(LexicalReader()).find(shelf, "Who?")
    assert found == Found((), (), None, 0.0, 0.0)
