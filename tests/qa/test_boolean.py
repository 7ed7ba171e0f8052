from __future__ import annotations

import pytest

from qa.boolean import is_yes_no


@pytest.mark.parametrize(
    "question",
    [
        "Did Okafor see the ferry as lost?",
        "is the hull rusty",
        "And was the fare raised?",
        "Hasn’t the council voted?",
        "Will the boat run in winter or not?",
    ],
)
def test_a_question_that_begins_with_its_verb_asks_for_yes_or_no(question: str) -> None:
    assert is_yes_no(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who saw the ferry as lost?",
        "Is the ferry kept or sold?",
        "Could you tell me who chairs the council?",
        "Do you know when the hull is repaired?",
        "In what month is it repaired?",
        "Has",
        "",
    ],
)
def test_other_questions_do_not(question: str) -> None:
    assert not is_yes_no(question)
