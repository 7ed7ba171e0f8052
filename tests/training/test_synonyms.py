"""Words that stand in for others keep their form and are few."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training.reader.synonyms import inflected, lexicon, stand_ins

SYNSETS = [
    {"id": "1", "pos": "n", "members": ["envoy", "emissary"], "hypernym": ["2"]},
    {"id": "2", "pos": "n", "members": ["diplomat", "foreign officer"], "hypernym": []},
    {"id": "3", "pos": "v", "members": ["buy", "purchase"], "hypernym": ["4"]},
    {"id": "4", "pos": "v", "members": ["get"], "hypernym": []},
    *(
        {"id": f"r{n}", "pos": "v", "members": ["run", f"word{n}"], "hypernym": []}
        for n in range(9)
    ),
]


@pytest.fixture
def known(tmp_path: Path) -> dict[str, list[str]]:
    folder = tmp_path / "lexicon"
    folder.mkdir()
    with gzip.open(folder / "wordnet_synsets.jsonl.gz", "wt") as out:
        out.writelines(json.dumps(row) + "\n" for row in SYNSETS)
    return lexicon(tmp_path)


def test_synonyms_and_the_kind_of_a_noun_stand_in(known: dict[str, list[str]]) -> None:
    assert known["envoy"] == ["emissary", "diplomat"]


def test_a_verb_has_no_kind_and_a_word_of_many_senses_nothing(known: dict[str, list[str]]) -> None:
    assert known["buy"] == ["purchase"]
    assert "run" not in known


@pytest.mark.parametrize(
    ("word", "expected"),
    [("envoys", ["emissaries", "diplomats"]), ("purchases", ["buys"]), ("purchasing", ["buying"])],
)
def test_the_form_is_kept(known: dict[str, list[str]], word: str, expected: list[str]) -> None:
    assert stand_ins(word, known) == expected


@pytest.mark.parametrize(
    ("base", "ending", "expected"),
    [
        ("party", "s", "parties"),
        ("day", "s", "days"),
        ("box", "s", "boxes"),
        ("carry", "ed", "carried"),
        ("hope", "ed", "hoped"),
        ("hope", "ing", "hoping"),
    ],
)
def test_inflected(base: str, ending: str, expected: str) -> None:
    assert inflected(base, ending) == expected
