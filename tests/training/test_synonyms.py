"""Words that stand in for others keep their form and are few."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from training.reader.synonyms import Vectors, inflected, lexicon, stand_ins

RUNS = ["dash", "flow", "runner"]
FAR = {"flow"}
SYNSETS = [
    {"id": "1", "pos": "n", "members": ["envoy", "emissary"], "hypernym": ["2"]},
    {"id": "2", "pos": "n", "members": ["diplomat", "foreign officer"], "hypernym": []},
    {"id": "3", "pos": "v", "members": ["buy", "purchase"], "hypernym": ["4"]},
    {"id": "4", "pos": "v", "members": ["get"], "hypernym": []},
    *(
        {"id": f"r{n}", "pos": "v", "members": ["run", RUNS[n]], "hypernym": []}
        for n in range(len(RUNS))
    ),
]


@pytest.fixture
def known(tmp_path: Path) -> dict[str, list[str]]:
    folder = tmp_path / "lexicon"
    folder.mkdir()
    with gzip.open(folder / "wordnet_synsets.jsonl.gz", "wt") as out:
        out.writelines(json.dumps(row) + "\n" for row in SYNSETS)
    return lexicon(tmp_path, embed)


def embed(words: Sequence[str]) -> Vectors:
    """All words are alike, but those of `FAR` to no other."""
    vectors = np.zeros((len(words), 1 + len(words)), dtype=np.float32)
    for number, word in enumerate(words):
        vectors[number, 1 + number if word in FAR else 0] = 1.0
    return vectors


def test_synonyms_and_the_kind_of_a_noun_stand_in(known: dict[str, list[str]]) -> None:
    assert known["envoy"] == ["diplomat", "emissary"]


def test_a_verb_has_no_kind(known: dict[str, list[str]]) -> None:
    assert known["buy"] == ["purchase"]


def test_neither_the_unlike_nor_a_form_of_the_word_stands_in(
    known: dict[str, list[str]],
) -> None:
    assert known["run"] == ["dash"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [("envoys", ["diplomats", "emissaries"]), ("purchases", ["buys"]), ("purchasing", ["buying"])],
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
