from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.problems import SourceProblem, UsageProblem
from index.types import Span
from qa.evaluation.data import load
from tests.qa.questions import row, written
from tests.qa.texts import FERRY

TEXTS = st.text(alphabet="abc ABC.\n\u2028é…", min_size=1, max_size=30)


class TestData:
    def test_contexts_of_a_title_form_one_article(self, tmp_path: Path) -> None:
        rows = [
            row(title="Tides", context=" The tide rose. ", answers=[{"text": "tide", "start": 5}]),
            row(title="Winds", context="It blew.", answers=[{"text": "It", "start": 0}]),
            row(title="Tides", context="It fell\nagain.", answers=[{"text": "again", "start": 8}]),
            row(title="Tides", context=" The tide rose. ", answers=[]),
        ]
        tides, winds = load([written(tmp_path / "q.jsonl", rows)]).articles
        assert tides.document.text == " The tide rose. \n\nIt fell\nagain."
        blocks = [block.span.of(tides.document.text) for block in tides.document.blocks]
        assert blocks == ["The tide rose.", "It fell\nagain."]
        assert [tides.gold_texts(case) for case in tides.cases] == [["tide"], ["again"], []]
        assert tides.cases[1].answers == (Span(26, 31),)
        assert [case.answerable for case in tides.cases] == [True, True, False]
        assert winds.document.text == "It blew."

    def test_other_contexts_are_articles_of_their_own(self, tmp_path: Path) -> None:
        rows = [
            row(context="One."),
            row(context="Two."),
            row(title="News", context="First.\n\nSecond."),
            row(title="News", context="Third.\n \nFourth."),
        ]
        dataset = load([written(tmp_path / "q.jsonl", rows)])
        texts = [article.document.text for article in dataset.articles]
        assert texts == ["One.", "Two.", "First.\n\nSecond.", "Third.\n \nFourth."]
        assert [len(article.document.blocks) for article in dataset.articles] == [1, 1, 2, 2]
        assert len({article.document.key for article in dataset.articles}) == 4

    def test_squad_both_versions(self, tmp_path: Path) -> None:
        asked = [
            {"question": "What rose?", "answers": [{"text": "tide", "answer_start": 4}]},
            {
                "question": "What sank?",
                "is_impossible": True,
                "answers": [],
                "plausible_answers": [{"text": "tide", "answer_start": 4}],
            },
        ]
        paragraph = {"context": "The tide rose.", "qas": asked}
        whole = {"version": "v2.0", "data": [{"title": "Tides", "paragraphs": [paragraph]}]}
        path = tmp_path / "dev.json"
        for text in (json.dumps(whole), json.dumps(whole, indent=1)):
            path.write_text(text, "utf-8")
            (article,) = load([path]).articles
            assert [case.answers for case in article.cases] == [(Span(4, 8),), ()]

    def test_packed(self, tmp_path: Path) -> None:
        path = tmp_path / "q.bin"
        path.write_bytes(gzip.compress(json.dumps(row(context="One.")).encode()))
        assert load([path]).questions == 1

    def test_documents_by_name(self, tmp_path: Path) -> None:
        (tmp_path / "texts").mkdir()
        (tmp_path / "texts" / "ferry.txt").write_text(FERRY, "utf-8")
        named = {"document": "ferry.txt", "question": "Who chairs the council?"}
        start = FERRY.index("Ines")
        rows = [{**named, "answers": [{"text": "Ines Okafor", "start": start}]}]
        path = written(tmp_path / "q.jsonl", rows)
        (article,) = load([path], documents=tmp_path / "texts").articles
        assert article.document.text == FERRY
        assert article.cases[0].answers == (Span(start, start + 11),)

    def test_no_document_outside_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        (tmp_path / "secret.txt").write_text("No.", "utf-8")
        rows = [{"document": "../secret.txt", "question": "Who?", "answers": []}]
        with pytest.raises(SourceProblem, match="outside"):
            load([written(tmp_path / "in" / "q.jsonl", rows)])

    def test_answers_that_stand_elsewhere_are_left_out(self, tmp_path: Path) -> None:
        context = "The tide rose."
        rows = [
            row(context=context, answers=[{"text": "tide", "start": 5}]),
            row(context=context, answers=[{"text": "tide", "start": -10}]),
            row(context=context, answers=[{"text": "x", "start": 3}, {"text": "tide", "start": 4}]),
        ]
        dataset = load([written(tmp_path / "q.jsonl", rows)])
        assert dataset.misplaced == 2
        assert [case.answers for case in dataset.articles[0].cases] == [(Span(4, 8),)]

    def test_answerable_false_overrules_answers(self, tmp_path: Path) -> None:
        rows = [row(context="The tide.", answers=[{"text": "tide", "start": 4}], answerable=False)]
        (article,) = load([written(tmp_path / "q.jsonl", rows)]).articles
        assert not article.cases[0].answerable

    def test_split_filters_rows_and_their_contexts(self, tmp_path: Path) -> None:
        rows = [
            row(title="Tides", context="One.", split="train"),
            row(title="Tides", context="Two.", split="dev"),
        ]
        path = written(tmp_path / "q.jsonl", rows)
        (article,) = load([path], split="dev").articles
        assert article.document.text == "Two."
        with pytest.raises(UsageProblem, match="dev, train"):
            load([path], split="test")

    def test_limit_draws_questions_and_keeps_articles_whole(self, tmp_path: Path) -> None:
        rows = [row(title="Tides", context=f"Tide {i}.", question=f"Q{i}?") for i in range(30)]
        path = written(tmp_path / "q.jsonl", rows)

        def drawn(seed: int) -> list[str]:
            (article,) = load([path], limit=5, seed=seed).articles
            assert len(article.contexts) == 30
            return [case.question for case in article.cases]

        assert len(drawn(1)) == 5
        assert drawn(1) == drawn(1) != drawn(2)
        assert load([path], limit=99).questions == 30

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n\n",
            "not json",
            "[1, 2]",
            '{"question": "Who?"}',
            '{"context": "One.", "question": 7, "answers": []}',
            '{"context": "One.", "question": "Who?", "answers": [{"text": "One", "start": "0"}]}',
            '{"context": "One.", "question": "Who?", "answers": {"text": ["One"]}}',
            '{"data": [{"title": "x"}]}',
            '{"data": [7]}',
            '{"data": []}',
            "[" * 100_000,
        ],
    )
    def test_what_is_no_question_file(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "q.jsonl"
        path.write_text(text, "utf-8")
        with pytest.raises(SourceProblem, match=r"q\.jsonl") as problem:
            load([path])
        assert "docs/evaluation.md" in problem.value.remedy

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "cut.gz").write_bytes(gzip.compress(b"x" * 1000)[:40])
        (tmp_path / "latin").write_bytes(b'{"context": "\xe9"}')
        for name in ("none.json", "cut.gz", "latin", "."):
            with pytest.raises(SourceProblem):
                load([tmp_path / name])

    @given(st.lists(st.tuples(TEXTS, st.integers(0, 29), st.integers(1, 30)), min_size=1))
    def test_every_answer_slices_its_article(
        self, tmp_path_factory: pytest.TempPathFactory, given: list[tuple[str, int, int]]
    ) -> None:
        rows = [
            row(title="T", context=text, answers=[{"text": text[start:stop], "start": start}])
            for text, start, stop in given
            if text[start:stop]
        ]
        if not rows:
            return
        path = written(tmp_path_factory.mktemp("rows") / "q.jsonl", rows)
        dataset = load([path])
        assert dataset.misplaced == 0
        golds = [a.gold_texts(case)[0] for a in dataset.articles for case in a.cases]
        assert sorted(golds) == sorted(each["answers"][0]["text"] for each in rows)
        for article in dataset.articles:
            assert all(case.context in article.contexts for case in article.cases)
            assert all(
                case.context.contains(span) for case in article.cases for span in case.answers
            )
