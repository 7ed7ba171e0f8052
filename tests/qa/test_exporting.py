"""Exports: what they look like, that nothing in them is obeyed, and that they can be read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.problems import UsageProblem
from index.types import Document, Span
from qa.exporting import FORMAT, VERSION, Exported, parse, to_html, to_json, to_markdown
from qa.records import Record, record
from qa.transcript import turn
from qa.types import Answer, Evidence, Verdict
from tests.qa.texts import document

GOLDEN = Path(__file__).parent / "golden"
WHEN = "2026-01-31T10:00:00+00:00"


def evidence(text: Document, span: str, sentence: str, score: float) -> Evidence:
    start, first = text.text.index(span), text.text.index(sentence)
    return Evidence(
        text,
        Span(0, len(text.text)),
        Span(first, first + len(sentence)),
        Span(start, start + len(span)),
        score,
    )


def conversation() -> Exported:
    ferry = document()
    why = "because its hull has begun to rust"
    repaired = evidence(ferry, why, f"The ferry will be repaired in March {why}.", 0.91)
    promise = evidence(
        ferry,
        "A port is a promise. You do not cancel a promise because it is dark.",
        "“A port is a promise.",
        0.3,
    )
    first = Answer(
        "Why will the *ferry* be repaired?",
        "Why will the *ferry* be repaired?",
        Verdict.ANSWERED,
        0.91,
        0.4,
        (repaired, promise),
        (),
        0.021,
    )
    second = Answer(
        "What about it? in:ferry -fare",
        "What about the <b>harbour</b> & the port?",
        Verdict.NEAREST,
        0.3,
        0.4,
        (),
        (promise,),
        0.02,
        ("in “Harbour council keeps the night ferry”", "without “fare”"),
    )
    third = Answer("Why?", "Why?", Verdict.NOT_IN_TEXT, 0.0, 0.4, (), (), 0.01)
    records = [record(answer, WHEN) for answer in (first, second, third)]
    spoken = replace(records[1].near_misses[0], speaker="Ines Okafor")
    records[1] = replace(records[1], near_misses=(spoken,))
    return Exported("The *night* ferry <1>", WHEN, tuple(records))


FORMS: dict[str, Callable[[Exported], str]] = {
    "json": to_json,
    "md": to_markdown,
    "html": to_html,
}
forms = pytest.mark.parametrize("form", sorted(FORMS))


@forms
def test_exports_look_as_they_did(form: str) -> None:
    golden = GOLDEN / f"conversation.{form}"
    written = FORMS[form](conversation())
    assert written == golden.read_text("utf-8")


def test_a_transcript_looks_as_it_did() -> None:
    shown = "\n".join(turn(n, kept) for n, kept in enumerate(conversation().records, start=1))
    assert shown == (GOLDEN / "conversation.txt").read_text("utf-8")


@forms
def test_exports_are_read_back_as_they_were(form: str) -> None:
    assert parse(FORMS[form](conversation())) == (conversation(), False)


@pytest.mark.parametrize("form", ["md", "html"])
def test_what_was_edited_in_sight_is_told(form: str) -> None:
    written = FORMS[form](conversation())
    exported, edited = parse(written.replace("hull", "keel", 1))
    assert edited
    assert exported == conversation()


@forms
def test_line_ends_and_space_around_are_no_edits(form: str) -> None:
    written = FORMS[form](conversation())
    assert parse("\n" + written.replace("\n", "\r\n") + "\r\n\r\n") == (conversation(), False)


ODD = st.text(
    st.sampled_from("ab \n\t-<>&\"'/*[](){}#|`!\\\x00\x1b\x7f\u202e\u2028\ud800é")
    | st.characters(),
    max_size=30,
)


def told(question: str, title: str) -> Exported:
    ferry = replace(document(), title=title, source=title)
    found = evidence(ferry, "a higher fare", "He asked for a higher fare and was voted down.", 0.5)
    answer = Answer(question, title, Verdict.ANSWERED, 0.5, 0.4, (found,), (), 0.0, (title,))
    return Exported(title, WHEN, (record(answer, WHEN),))


@given(ODD, ODD)
@settings(max_examples=50)
def test_whatever_is_quoted_exports_can_be_read_back(question: str, title: str) -> None:
    exported = told(question, title)
    for form in FORMS.values():
        written = form(exported).encode("utf-8", "backslashreplace").decode()
        found, edited = parse(written)
        assert not edited
        assert [kept.quotes for kept in found.records] == [kept.quotes for kept in exported.records]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


NASTY = "</script><script>alert(1)</script><img src=http://x onerror=y>--> <!-- ]]> \x1b[31m"


def test_a_page_runs_nothing_and_asks_for_nothing() -> None:
    page = to_html(told(NASTY, NASTY))
    tags = Tags()
    tags.feed(page)
    assert tags.found.count("script") == 1
    assert not {"img", "link", "iframe"} & set(tags.found)
    assert tags.links == []
    assert "default-src 'none'" in page
    assert "\x1b" not in page


def test_the_comment_of_markdown_ends_where_it_should() -> None:
    written = to_markdown(told(NASTY, NASTY))
    hidden = written[written.index("<!-- pullquote") :]
    assert hidden.count("-->") == 1
    assert hidden.endswith("} -->\n")


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data.update(format="other"),
        lambda data: data.pop("turns"),
        lambda data: data.update(title=1),
        lambda data: data["turns"].append({}),
        lambda data: data.update(version="1"),
    ],
)
def test_a_damaged_export_is_told(harm: Callable[[dict[str, object]], object]) -> None:
    data = json.loads(to_json(conversation()))
    assert data["format"] == FORMAT
    harm(data)
    with pytest.raises(UsageProblem, match="no export of Pullquote"):
        parse(json.dumps(data))


def test_a_newer_export_is_told() -> None:
    data = json.loads(to_json(conversation()))
    data["version"] = VERSION + 1
    with pytest.raises(UsageProblem, match="newer version"):
        parse(json.dumps(data))


@pytest.mark.parametrize("text", ["", "Some notes.", "[]", "null", "{", "[" * 100_000, "# Title\n"])
def test_another_file_is_told(text: str) -> None:
    with pytest.raises(UsageProblem, match="no export of Pullquote"):
        parse(text)


def test_a_record_of_nothing_has_no_quotes() -> None:
    nothing: Record = conversation().records[2]
    assert (nothing.quotes, nothing.text) == ((), None)
    assert len(conversation().quotes) == 3
