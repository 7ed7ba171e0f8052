from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.problems import ModelProblem
from index.types import Span
from qa.attribution import speaker
from qa.attribution.naming import full_name
from qa.attribution.quotes import quotes
from qa.attribution.scorer import WEIGHTS, Scorer
from qa.types import Speaker
from tests.qa.texts import FERRY, document

PIER = """\
Pier to close for a year

The old pier at Selby Sands will close in May, the county said on Friday.

“We looked at every bolt,” said Nora Finch, the county’s chief engineer. “Half of them are dust.

“Nobody should walk on dust.”

Finch has warned of the rust before. “The sea does not wait for budgets,” she said in a letter \
last year.

According to Tom Weaver, who sells ice cream there, the closing will cost him his shop.

“I was born on that pier,” Weaver said. “My mother sold tickets at the gate.”

The pier is 400 metres long. Its lamps were put up in 1904.
"""


def who(part: str, text: str = PIER) -> Speaker | None:
    start = text.index(part)
    return speaker(document(text), Span(start, start + len(part)))


def name(part: str, text: str = PIER) -> str | None:
    found = who(part, text)
    return found.name if found else None


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("every bolt", "Nora Finch"),
        ("Half of them", "Nora Finch"),
        ("wait for budgets", "Nora Finch"),
        ("born on that pier", "Tom Weaver"),
        ("My mother sold", "Tom Weaver"),
    ],
)
def test_the_speaker_of_a_quote_is_told_by_the_full_name(part: str, told: str) -> None:
    assert name(part) == told


def test_a_quote_may_go_on_in_the_next_paragraph() -> None:
    assert name("walk on dust") in ("Nora Finch", None)


def test_the_mention_and_the_verb_are_slices_of_the_text() -> None:
    found = who("wait for budgets")
    assert found is not None
    assert found.cue is not None
    assert (found.span.of(PIER), found.cue.of(PIER), found.direct) == ("she", "said", True)


@pytest.mark.parametrize("part", ["400 metres", "put up in 1904"])
def test_what_the_writer_tells_has_no_speaker(part: str) -> None:
    assert who(part) is None


def test_a_pronoun_without_a_name_before_it_is_left_open() -> None:
    assert name("very late", "“It is very late,” she said.") is None


def test_a_spokesman_is_shown_with_whose_he_is() -> None:
    text = "“The tide is rising,” said a spokesman for the harbour."
    assert name("tide", text) == "a spokesman for the harbour"


def test_marks_of_many_kinds_hold_quotes_and_apostrophes_do_not() -> None:
    text = "“One,” \"two,\" «three», „four“ and ''five,'' but not Finch's or the Moors' boat."
    found = [quote.span.of(text) for quote in quotes(text, Span(0, len(text)))]
    assert found == ["“One,”", '"two,"', "«three»", "„four“", "''five,''"]


def test_a_quote_left_open_ends_with_its_block() -> None:
    quote = quotes("He said “so it is", Span(0, 17))
    assert [(q.span, q.open) for q in quote] == [(Span(8, 17), True)]


ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "quotes.jsonl")
    .read_text("utf-8")
    .splitlines()
]


def test_most_of_the_quotes_in_the_samples_are_told_and_next_to_none_wrong() -> None:
    from benchmarks.bench_attribution import own_quotes, told

    scorer = Scorer.load()
    found = [told(example, scorer) for example in own_quotes()]
    sure = [one for one in found if one.probability >= scorer.direct]
    assert len(found) == len(ROWS)
    assert len(sure) >= 0.8 * len(found)
    assert sum(one.right for one in sure) >= 0.95 * len(sure)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_the_text_spans_lie_in_it(data: st.DataObject) -> None:
    words = st.sampled_from(
        [
            "“",
            "”",
            '"',
            "''",
            "she",
            "said",
            "Finch",
            "Mr. Weaver",
            "the mayor",
            ",",
            ".",
            "\n\n",
            "who",
        ]
    )
    text = " ".join(data.draw(st.lists(words | st.text(max_size=6), min_size=1, max_size=30)))
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    found = speaker(document(text), span)
    if found is not None:
        assert 0 <= found.span.start < found.span.end <= len(text)
        assert found.cue is None or len(found.cue.of(text)) == len(found.cue)
        assert found.name


def test_the_ferry_has_its_speakers() -> None:
    assert name("340 people", FERRY) == "Ines Okafor"
    assert name("A port is a promise", FERRY) == "Ines Okafor"
    assert name("not about people", FERRY) == "Lena Moor"


def test_damaged_weights_are_a_problem_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text('{"format": 99}')
    with pytest.raises(ModelProblem, match=r"w\.json"):
        Scorer.load(tmp_path / "w.json")


def test_the_weights_stay_small() -> None:
    assert WEIGHTS.stat().st_size < 200_000


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("French Foreign Minister Jean Roy", "Jean Roy"),
        ("Chief Justice Ada Marsh", "Ada Marsh"),
        ("Deputy Minister", "Deputy Minister"),
        ("Secretary of State Ada Marsh", "Ada Marsh"),
        ("Secretary of Health and Human Services Ada B. Marsh", "Ada B. Marsh"),
        ("Minister of Defence Ruud de Boer", "Ruud de Boer"),
        ("Governor Stephen King", "Stephen King"),
        ("Stephen King", "Stephen King"),
        ("Martin King Jr.", "Martin King Jr."),
        ("Prince Anton", "Prince Anton"),
        ("Mr. Marsh", "Marsh"),
        ("Ada Marsh", "Ada Marsh"),
    ],
)
def test_a_name_is_told_without_what_stands_before_it(written: str, told: str) -> None:
    assert full_name("", written) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Secretary of State Ada Marsh said on Monday.", "Ada Marsh"),
        ("said Deputy Secretary of State Ada J. Marsh.", "Ada J. Marsh"),
        ("said former Minister of Defence Jonas Roy.", "Jonas Roy"),
        ("said Under Secretary of State for Political Affairs Ada Marsh.", "Ada Marsh"),
        ("said Ambassador to the United Nations Ada Marsh-Roy.", "Ada Marsh-Roy"),
        ("said President Vera V. Marsh of Norland.", "Vera V. Marsh"),
        ("said Chancellor Peter Marsh of Norland.", "Peter Marsh"),
        ("said the Minister of Defence.", "the Minister of Defence"),
        ("the Harbour Department said.", "the Harbour Department"),
        ("said the ministry spokesman, Jonas Roy.", "Jonas Roy"),
        ("Jonas Roy, the secretary general of the league, said.", "Jonas Roy"),
        ("the ministry said in a statement.", "the ministry"),
        (
            "said a senior official who spoke on condition of anonymity.",
            "a senior official",
        ),
        ("they said.", None),
    ],
)
def test_an_office_is_no_name_and_a_name_is_told_without_it(said: str, told: str | None) -> None:
    assert name("reefs", f"“The reefs are near,” {said}") == told


def test_a_title_means_the_one_who_was_called_so_before() -> None:
    text = "Secretary of State Ada Marsh flew in. “The reefs are near,” the secretary said."
    assert name("reefs", text) == "Ada Marsh"


def test_she_is_left_open_where_two_who_stand_together_may_be_meant() -> None:
    text = "Mary Marsh and Anna Roy met. “The reefs are near,” she said."
    assert name("reefs", text) is None
    assert name("reefs", text.replace(" and Anna Roy met", " spoke")) == "Mary Marsh"
