"""The store of conversations: whole turns, in order, whoever writes at the same time."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Document, Span
from qa.conversations import ConversationProblem, Conversations
from qa.record_data import from_data, to_data
from qa.records import Record, record, sha256
from qa.types import Answer, Evidence, Verdict
from tests.qa.texts import FERRY, document


def evidence(text: Document, span: str, sentence: str, score: float = 0.75) -> Evidence:
    start, first = text.text.index(span), text.text.index(sentence)
    return Evidence(
        text,
        Span(0, len(text.text)),
        Span(first, first + len(sentence)),
        Span(start, start + len(span)),
        score,
    )


MONEY = "Tomas Brandt, the treasurer, warned that the boat loses about 12,000 crowns a month."


def kept(question: str = "How much does it lose?") -> Record:
    found = evidence(document(), "12,000 crowns a month", MONEY)
    understood = "How much does the boat lose?"
    said = ("in “Harbour council keeps the night ferry”",)
    verdict = Verdict.ANSWERED
    answer = Answer(question, understood, verdict, 0.75, 0.5, (found,), (), 0.25, said)
    return record(answer, "2026-01-31T10:00:00+00:00")


def test_a_quotation_that_runs_on_is_kept_whole_with_its_mark() -> None:
    said = "A port is a promise. You do not cancel a promise because it is dark."
    found = evidence(document(), said, "“A port is a promise.")
    answer = Answer("?", "?", Verdict.ANSWERED, 0.75, 0.5, (found,), ())
    (quote,) = record(answer).evidence
    assert quote.parts == ("“", said, "”")
    assert quote.sentence.of(FERRY) == quote.sentence_text == f"“{said}”"


NOTHING = Record(
    "Why?", "Why?", Verdict.NOT_IN_TEXT, 0.0, 0.5, (), (), 0.0, (), "2026-01-31T10:00:00+00:00"
)


def test_a_record_tells_all_it_takes_to_find_the_quote_again() -> None:
    (quote,) = kept().evidence
    assert quote.span.of(FERRY) == quote.text == "12,000 crowns a month"
    assert quote.sentence.of(FERRY) == quote.sentence_text == MONEY
    assert (quote.line, quote.sha256, quote.key) == (7, sha256(FERRY), "ferry.txt")
    assert "".join(quote.parts) == MONEY
    assert kept().earlier.question == "How much does the boat lose?"
    assert kept().earlier.answer == MONEY
    assert NOTHING.earlier.answer is None


def test_records_survive_json() -> None:
    for one in (kept(), NOTHING, kept("\x00\ud800“−”\u202e")):
        assert from_data(json.loads(json.dumps(to_data(one)))) == one


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data.pop("question"),
        lambda data: data.update(verdict="perhaps"),
        lambda data: data.update(confidence="high"),
        lambda data: data.update(confidence=True),
        lambda data: data.update(evidence={}),
        lambda data: data["evidence"][0].update(line=1.5),
        lambda data: data["evidence"][0]["span"].update(start=-1),
        lambda data: data["evidence"][0]["span"].update(text="13,000 crowns a month"),
        lambda data: data["evidence"][0]["sentence"].update(text="short"),
        lambda data: data["evidence"].append(None),
    ],
)
def test_what_is_no_record_is_refused(harm: Callable[[object], object]) -> None:
    data = to_data(kept())
    harm(data)
    with pytest.raises(ValueError, match=r"\w"):
        from_data(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(sorted(to_data(NOTHING))), inner)
    ),
    max_leaves=8,
)


@given(json_values)
def test_anything_else_is_refused_as_a_value_error(data: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_data(data)


# The store


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "home" / "conversations.db")


def test_turns_come_back_in_order_and_after_reopening(store: Conversations, tmp_path: Path) -> None:
    id_ = store.create("About the ferry", ["/texts/ferry.txt"])
    store.append(id_, [kept(), NOTHING])
    store.append(id_, [kept("And then?")])
    store.close()
    store.close()
    with Conversations(tmp_path / "home" / "conversations.db") as again:
        assert again.load(id_) == [kept(), NOTHING, kept("And then?")]
        info = again.info(id_)
        assert (info.title, info.texts, info.turns) == ("About the ferry", ("/texts/ferry.txt",), 3)
        assert info.began <= info.changed


def test_the_file_is_private(store: Conversations, tmp_path: Path) -> None:
    store.create("x")
    mode = (tmp_path / "home" / "conversations.db").stat().st_mode
    assert sys.platform == "win32" or stat.S_IMODE(mode) == 0o600


def test_conversations_are_listed_renamed_and_deleted(store: Conversations) -> None:
    first, second = store.create("one"), store.create("two")
    assert [info.id for info in store.overview()] == [second, first]
    store.rename(first, "  a\n\x1b[31mnew   name " + "x" * 100)
    title = store.info(first).title
    assert title.startswith("a ␛[31mnew name x")
    assert len(title) == 80
    store.append(second, [kept()])
    store.delete(second)
    assert [info.id for info in store.overview()] == [first]
    assert store.search("boat") == []
    assert store.create("three") > second


@pytest.mark.parametrize("verb", ["load", "info", "delete"])
def test_what_is_not_there_is_told(store: Conversations, verb: str) -> None:
    with pytest.raises(ConversationProblem, match="There is no conversation 7"):
        getattr(store, verb)(7)
    with pytest.raises(ConversationProblem):
        store.rename(7, "x")
    with pytest.raises(ConversationProblem):
        store.append(7, [kept()])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("boat", ["How much does it lose?"]),
        ("BOATS warning", ["How much does it lose?"]),
        ("crow", ["How much does it lose?"]),
        ("why", ["Why?"]),
        ("lose why", []),
        ("rown", []),
        ('" OR 1=1 --', []),
        ("100% _ *", []),
        ("", []),
        ("?!", []),
    ],
)
def test_a_search_is_plain_text(store: Conversations, text: str, found: list[str]) -> None:
    id_ = store.create("x")
    store.append(id_, [kept(), NOTHING])
    mentions = store.search(text)
    assert [mention.record.question for mention in mentions] == found
    assert all(mention.conversation.id == id_ for mention in mentions)


def test_the_latest_mentions_come_first_and_are_limited(store: Conversations) -> None:
    first, second = store.create("one"), store.create("two")
    store.append(first, [kept(), kept()])
    store.append(second, [kept()])
    found = [(mention.conversation.id, mention.number) for mention in store.search("boat")]
    assert found == [(second, 1), (first, 2), (first, 1)]
    assert len(store.search("boat", limit=2)) == 2


def test_a_failed_turn_leaves_nothing_behind(store: Conversations) -> None:
    id_ = store.create("x")
    odd = replace(NOTHING, restrictions=(object(),))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        store.append(id_, [kept(), odd])
    assert store.load(id_) == []
    store.append(id_, [kept()])
    assert len(store.load(id_)) == 1


def write_turns(path: Path, count: int) -> None:
    """In another process: begin a conversation, and go on with the first."""
    with Conversations(path) as store:
        store.create("another")
        for _ in range(count):
            store.append(1, [kept()])


def test_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "conversations.db"
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=write_turns, args=(path, 10)) for _ in range(2)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0, 0]
    with Conversations(path) as store:
        assert len(store.overview()) == 2
        assert len(store.load(1)) == 20


@pytest.mark.parametrize(
    ("harm", "summary"),
    [
        (lambda path: path.write_bytes(b"noise" * 1000), "is damaged"),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE other (x)"), "is not a convers"),
        (lambda path: path.mkdir(), "cannot be opened"),
    ],
    ids=["noise", "somebody else's database", "a directory"],
)
def test_what_is_no_store_is_told(
    tmp_path: Path, harm: Callable[[Path], object], summary: str
) -> None:
    harm(tmp_path / "c.db")
    with pytest.raises(ConversationProblem, match=summary) as problem:
        Conversations(tmp_path / "c.db")
    assert problem.value.remedy
    assert problem.value.exit_code == 6


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConversationProblem, match="cannot be kept in"):
        Conversations(tmp_path / "file" / "c.db")


def test_a_damaged_turn_is_told(tmp_path: Path) -> None:
    store = Conversations(tmp_path / "c.db")
    id_ = store.create("x")
    store.append(id_, [kept()])
    with sqlite3.connect(tmp_path / "c.db") as raw:
        raw.execute("UPDATE turns SET record = '{}'")
    with pytest.raises(ConversationProblem, match="is damaged"):
        store.load(id_)
