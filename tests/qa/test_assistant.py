from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import qa
from index.problems import IndexProblem, SourceProblem, UsageProblem
from index.settings import Settings
from qa.assistant import LONGEST_QUESTION, Assistant
from qa.evidence import is_sound
from qa.opening import location
from qa.types import Answered, Hit, Retrieved, Understood, Verdict
from tests.qa.texts import FERRY, document

QUESTION = "Why will the ferry be repaired?"


def test_the_public_face() -> None:
    assert qa.__all__ == ["Assistant", "Conversation"]
    assert qa.Assistant is Assistant
    with pytest.raises(AttributeError, match="nothing"):
        _ = qa.nothing


def test_an_answer_is_a_slice_of_its_document(ferry: Assistant) -> None:
    answer = ferry.ask(QUESTION)
    assert answer.verdict is Verdict.ANSWERED
    assert answer.text is not None
    assert answer.text in FERRY
    assert answer.evidence[0].line == 11
    assert all(is_sound(piece) for piece in answer.evidence)
    assert answer.seconds > 0


def test_steps_come_in_order_and_agree_with_the_answer(ferry: Assistant) -> None:
    understood, retrieved, answered = ferry.steps(f"  {QUESTION}\n")
    assert understood == Understood(f"  {QUESTION}\n", QUESTION)
    assert isinstance(retrieved, Retrieved)
    assert isinstance(answered, Answered)
    spans = {hit.passage.span for hit in retrieved.hits}
    assert {piece.passage for piece in answered.answer.evidence} <= spans
    assert answered.answer.evidence == ferry.ask(QUESTION).evidence


def test_a_cancelled_question_ends_before_it_is_read(ferry: Assistant) -> None:
    kinds = [type(step) for step in ferry.steps(QUESTION, cancelled=lambda: True)]
    assert kinds == [Understood, Retrieved]


@pytest.mark.parametrize("question", ["", "\n", "?!", "x" * (LONGEST_QUESTION + 1)])
def test_what_is_no_question_is_refused(ferry: Assistant, question: str) -> None:
    with pytest.raises(UsageProblem):
        ferry.ask(question)
    with pytest.raises(UsageProblem):
        ferry.retrieve(question)


def test_the_longest_question_is_answered(ferry: Assistant) -> None:
    padded = QUESTION + " why" * ((LONGEST_QUESTION - len(QUESTION)) // 4)
    assert ferry.ask(padded).evidence[0].line == 11


def test_hits_say_why_they_were_found(ferry: Assistant) -> None:
    best = ferry.retrieve(QUESTION, 1)[0]
    assert ferry.passage_text(best.passage) == best.passage.span.of(FERRY)
    assert best.lexical_rank == 1
    assert ferry.retrieve(QUESTION, 0) == []


def test_texts_come_and_go(ferry: Assistant) -> None:
    assert ferry.add([document("Wolves live in the north.", "wolves")]).added == ("wolves",)
    assert ferry.ask("Where do wolves live?").text == "Wolves live in the north."
    assert [info.key for info in ferry.documents()] == ["ferry.txt", "wolves"]
    assert ferry.remove(["wolves", "unknown"]).removed == ("wolves",)
    assert ferry.ask("Where do wolves live?").text is None
    assert ferry.document("ferry.txt").text == FERRY
    with pytest.raises(IndexProblem):
        ferry.document("wolves")


def test_an_empty_assistant_says_that_nothing_is_told(settings: Settings) -> None:
    with Assistant.over(settings=settings) as empty:
        answer = empty.ask(QUESTION)
        assert (answer.verdict, answer.near_misses) == (Verdict.NOT_IN_TEXT, ())
        assert empty.retrieve(QUESTION) == []


def test_one_file_given_twice_is_one_document(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_bytes(FERRY.encode())
    with Assistant.over([path, str(path), tmp_path], settings=settings) as assistant:
        assert [info.key for info in assistant.documents()] == [path.as_posix()]


def test_a_bad_source_adds_nothing(ferry: Assistant, tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text("Wolves live in the north.")
    with pytest.raises(SourceProblem):
        ferry.add([good, tmp_path / "missing.txt"])
    assert len(ferry.documents()) == 1


def test_a_stored_index_answers_again(settings: Settings) -> None:
    with Assistant.open("news", settings=settings, create=True) as kept:
        kept.add([document()])
        first = kept.ask(QUESTION)
    with Assistant.open("news", settings=settings) as kept:
        assert kept.ask(QUESTION).evidence == first.evidence
        assert kept.verify() == []
        kept.rebuild()
        assert kept.ask(QUESTION).evidence == first.evidence


def test_an_answer_overtaken_by_a_change_is_worked_out_on_the_new_text(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passages of the old text would mark wrong places in the new one."""
    older = document()
    newer = replace(document(), text="Nothing is as it was.\n\n" + older.text)
    with (
        Assistant.open("news", settings=settings, create=True) as writer,
        Assistant.open("news", settings=settings) as reader,
    ):
        writer.add([older])
        hits, turns = reader._hits, list[object]()

        def overtaken(*given: Any) -> list[Hit]:
            found = hits(*given)
            if not turns:
                turns.append(writer.add([newer]))
            return found

        monkeypatch.setattr(reader, "_hits", overtaken)
        answer = reader.ask(QUESTION)
        assert len(turns) == 1
        assert answer.evidence == writer.ask(QUESTION).evidence
        assert all(is_sound(piece) for piece in answer.evidence)
        assert {piece.document.text for piece in answer.evidence} == {newer.text}


def test_a_missing_index_is_not_made_by_asking(settings: Settings) -> None:
    with pytest.raises(IndexProblem, match="index build"):
        Assistant.open("nothing", settings=settings)
    assert not location("nothing", settings).exists()


@pytest.mark.parametrize("name", ["", " ", ".", ".."])
def test_an_index_needs_a_name(settings: Settings, name: str) -> None:
    with pytest.raises(UsageProblem):
        Assistant.open(name, settings=settings, create=True)


def test_an_index_name_with_a_slash_is_a_path(settings: Settings, tmp_path: Path) -> None:
    assert location("./kept", settings) == Path("kept")
    assert location(str(tmp_path / "kept"), settings) == tmp_path / "kept"
    assert location("kept", settings) == settings.home / "indexes" / "kept"


def test_threads_ask_while_one_writes(ferry: Assistant) -> None:
    expected = ferry.ask(QUESTION).text
    stop = threading.Event()

    def write() -> None:
        for number in range(20):
            ferry.add([document(f"Filler number {number} about nothing at all.", "filler")])
        stop.set()

    def ask() -> set[str | None]:
        seen = {ferry.ask(QUESTION).text}
        while not stop.is_set():
            seen.add(ferry.ask(QUESTION).text)
        return seen

    with ThreadPoolExecutor(4) as pool:
        writer = pool.submit(write)
        askers = [pool.submit(ask) for _ in range(3)]
        writer.result()
        assert [asker.result() for asker in askers] == [{expected}] * 3
