"""Kept quotes against texts that changed: found to the letter, or told gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.problems import SourceProblem
from index.text import sentences
from index.types import Document, Span
from qa.records import Quote, sha256
from qa.verifying import Checked, State, among, check, check_all, locate
from tests.qa.texts import FERRY, document

SENTENCE = "He asked for a higher fare and was voted down."
PROMISE = "“A port is a promise. You do not cancel a promise because it is dark.”"


def quoted(span: str, sentence: str, text: str = FERRY, key: str = "ferry.txt") -> Quote:
    start, first = text.index(span), text.index(sentence)
    return Quote(
        key,
        "Title",
        key,
        sha256(text),
        text.count("\n", 0, start) + 1,
        Span(0, len(text)),
        Span(first, first + len(sentence)),
        sentence,
        Span(start, start + len(span)),
        span,
        0.5,
    )


FARE = quoted("a higher fare", SENTENCE)
LONG = quoted("A port is a promise. You do not cancel a promise because it is dark.", PROMISE)


def against(quote: Quote, text: str) -> tuple[State, int | None]:
    found = check(quote, document(text))
    return found.state, found.line


@pytest.mark.parametrize("quote", [FARE, LONG], ids=["within", "a quotation"])
def test_a_quote_of_the_text_is_unchanged(quote: Quote) -> None:
    assert against(quote, FERRY) == (State.UNCHANGED, quote.line)
    assert against(quote, FERRY + "\nMore news.\n") == (State.UNCHANGED, quote.line)


@pytest.mark.parametrize("quote", [FARE, LONG], ids=["within", "a quotation"])
def test_a_quote_moves_with_its_text(quote: Quote) -> None:
    text = "One\n\nTwo\n\n" + FERRY
    assert against(quote, text) == (State.MOVED, quote.line + 4)
    located = locate(quote, text)
    assert located is not None
    assert located.span.of(text) == quote.text
    assert located.sentence.of(text) == quote.sentence_text


@pytest.mark.parametrize("quote", [FARE, LONG], ids=["within", "a quotation"])
def test_other_line_breaks_do_not_matter(quote: Quote) -> None:
    wrapped = FERRY.replace("a higher fare", "a\r\nhigher fare").replace(
        "is a promise", "is\n   a promise"
    )
    assert against(quote, wrapped)[0] is State.MOVED
    located = locate(quote, wrapped)
    assert located is not None
    assert located.span.of(wrapped).split() == quote.text.split()


@pytest.mark.parametrize(
    "text",
    [
        FERRY.replace("a higher fare and was", "a higher fare, and was"),
        FERRY.replace("He asked", "he asked"),
        FERRY.replace(SENTENCE, ""),
        "a higher fare",
        "",
    ],
)
def test_a_sentence_that_changed_is_gone_even_if_its_span_is_there(text: str) -> None:
    assert against(FARE, text) == (State.GONE, None)


def test_the_nearest_of_equal_sentences_is_meant() -> None:
    text = f"{SENTENCE}\n\n{FERRY.replace(SENTENCE, 'So. ' + SENTENCE)}\n{SENTENCE}"
    state, line = against(FARE, text)
    assert (state, line) == (State.MOVED, FARE.line + 2)


@given(st.text(alphabet=" ab.\n*(\\", min_size=1), st.data(), st.text(alphabet="xy\n ", max_size=9))
def test_what_is_put_before_moves_a_quote_and_loses_nothing(
    text: str, data: st.DataObject, before: str
) -> None:
    found = [span for span in sentences(text) if len(span)]
    if not found:
        return
    sentence = data.draw(st.sampled_from(found))
    start = data.draw(st.integers(sentence.start, sentence.end - 1))
    end = data.draw(st.integers(start + 1, sentence.end))
    quote = Quote(
        "k", "t", "k", "", 1, sentence, sentence, sentence.of(text), Span(start, end),
        text[start:end], 0.5,
    )  # fmt: skip
    located = locate(quote, before + text)
    assert located is not None
    assert located.span.of(before + text).split() == quote.text.split()
    assert locate(quote, text) is not None


# Finding the text


def found_in(quote: Quote, documents: list[Document], files: dict[str, Document]) -> Checked:
    def read(key: str) -> Document:
        if key not in files:
            raise SourceProblem(f"There is no file {key}.", "Check the path.")
        return files[key]

    return check_all([quote], among(documents, read))[0]


AT_HOME = replace(FARE, key="/texts/ferry.txt")
STDIN = replace(FARE, key="stdin", source="-")


def test_the_file_is_read_again() -> None:
    files = {"/texts/ferry.txt": document("New.\n" + FERRY)}
    assert found_in(AT_HOME, [], files).state is State.MOVED


def test_a_file_that_is_not_there_is_missing_and_says_why() -> None:
    found = found_in(AT_HOME, [], {})
    assert (found.state, found.located) == (State.MISSING, None)
    assert found.reason == "There is no file /texts/ferry.txt. Check the path."


@pytest.mark.parametrize(
    "given_text",
    [
        document(FERRY, "/elsewhere/other.txt"),
        document("New.\n" + FERRY, "/texts/ferry.txt"),
        document("New.\n" + FERRY, "/elsewhere/ferry.txt"),
    ],
    ids=["same text", "same path", "same name"],
)
def test_a_text_that_was_given_is_looked_in_first(given_text: Document) -> None:
    other = document("Nothing.", "/elsewhere/nothing.txt")
    found = found_in(AT_HOME, [other, given_text], {})
    assert found.state in (State.UNCHANGED, State.MOVED)


@pytest.mark.parametrize("quote", [AT_HOME, STDIN], ids=["a file that went away", "stdin"])
def test_without_a_file_the_given_text_with_the_quote_is_meant(quote: Quote) -> None:
    moved, other = document("New.\n" + FERRY, "/x.txt"), document("No.", "/y.txt")
    assert found_in(quote, [], {}).state is State.MISSING
    assert found_in(quote, [other, moved], {}).state is State.MOVED
    assert found_in(quote, [other], {}).state is State.GONE
    assert found_in(quote, [other, document("Nor.", "/z.txt")], {}).state is State.MISSING


def test_standard_input_cannot_be_read_again() -> None:
    assert "Name the text" in found_in(STDIN, [], {}).reason


def test_digests_are_those_of_the_index(tmp_path: Path) -> None:
    from index.store import Store

    store = Store(tmp_path / "s")
    store.stage(Document("k", "t", "“ä”\ud800", "k"), 0)
    store.publish()
    assert store.documents()[0].sha256 == sha256("“ä”\ud800")
