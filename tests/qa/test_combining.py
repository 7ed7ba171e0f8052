from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import split
from index.problems import ModelProblem
from index.types import Document, Passage
from qa.combining import COMBINER, Candidate, Combiner, Logistic, candidates, context, sigmoid
from qa.lexical_reader import LexicalReader
from qa.types import Hit
from tests.qa.texts import FERRY, document


def read(question: str, source: Document | None = None) -> dict[str, Candidate]:
    """The candidates of a one-document index by their sentences, all passages read in order."""
    source = source or document()
    hits = [Hit(p, 1 / (60 + i), i, None) for i, p in enumerate(split(source), start=1)]
    readings = LexicalReader().read(question, [context(source, hit) for hit in hits])
    found = candidates(question, hits, {source.key: source}, readings)
    return {c.sentence.of(source.text): c for c in found}


def feature(candidates: dict[str, Candidate], beginning: str, name: str) -> float:
    return next(c.features[name] for s, c in candidates.items() if s.startswith(beginning))


def test_every_sentence_that_was_read_is_a_candidate() -> None:
    source = document()
    sentences = {s.of(FERRY) for passage in split(source) for s in passage.sentences}
    assert set(read("Who chairs the council?")) == sentences


def test_sentences_that_share_rare_words_with_the_question_score_higher() -> None:
    found = read("Who chairs the council?")
    assert feature(found, "“We heard", "share") > feature(found, "MARLOW", "share") > 0
    assert feature(found, "The ferry will", "share") == 0


def test_a_name_inside_a_quotation_is_not_its_own_voice() -> None:
    found = read("What did Brandt demand?")
    assert feature(found, "“Brandt’s demands", "name_share") == 1
    assert feature(found, "“Brandt’s demands", "narrated_name_share") == 0
    assert feature(found, "Tomas Brandt", "narrated_name_share") == 1


def test_a_quotation_beside_its_speaker_has_the_speakers_voice() -> None:
    found = read("What did Okafor say?")
    assert feature(found, "“We heard", "voice") == feature(found, "“A port is", "voice") == 1
    assert feature(found, "“Brandt’s demands", "voice") == 0
    assert feature(found, "MARLOW", "voice") == 0


def test_closeness_is_that_of_the_sentence_and_how_far_it_is_behind_the_closest() -> None:
    source = document()
    passage = split(source)[0]
    close = tuple(n / 10 for n in range(len(passage.sentences)))
    hits = [Hit(passage, 1.0, 1, None, None, close)]
    readings = LexicalReader().read("Who?", [context(source, hits[0])])
    found = [c.features for c in candidates("Who?", hits, {source.key: source}, readings)]
    assert [f["closeness"] for f in found] == list(close)
    assert [f["behind_closest"] for f in found] == pytest.approx([c - max(close) for c in close])


def test_without_closeness_no_sentence_is_close_or_behind() -> None:
    found = read("Who chairs the council?")
    assert {c.features[n] for c in found.values() for n in ("closeness", "behind_closest")} == {0.0}


def test_headings_are_not_prose() -> None:
    found = read("What did the council keep?")
    assert feature(found, "Harbour council", "prose") == 0
    assert feature(found, "MARLOW", "prose") == 1


def test_every_set_of_weights_names_features_that_exist() -> None:
    known = set(next(iter(read("Who?").values())).features)
    for row in json.loads(COMBINER.read_text("utf-8"))["readers"].values():
        assert set(row["weights"]) <= known


def test_no_hits_give_no_candidates() -> None:
    assert candidates("Who?", [], {}, []) == []


def test_a_hit_without_sentences_gives_none() -> None:
    source = document("Text.")
    empty = Passage(1, source.key, source.blocks[0].span, ())
    hits = [Hit(empty, 0.0, None, 1)]
    readings = LexicalReader().read("Who?", [context(source, hits[0])])
    assert candidates("Who?", hits, {source.key: source}, readings) == []


def test_log_odds_are_the_weighted_sum_and_confidence_their_sigmoid() -> None:
    combiner = Combiner(Logistic({"a": 2.0, "b": -1.0, "missing": 9.0}, 0.5), 0.5, 0.1)
    log_odds = combiner.ranking.log_odds({"a": 1.0, "b": 3.0, "unused": 7.0})
    assert log_odds == -0.5
    assert combiner.confidence(log_odds) == pytest.approx(0.37754, abs=1e-5)


@given(st.floats(-1e6, 1e6))
def test_sigmoid_never_overflows_and_is_symmetric(x: float) -> None:
    assert 0 <= sigmoid(x) <= 1
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1)


def test_a_reader_without_weights_of_its_own_gets_those_for_others() -> None:
    assert Combiner.load("some/model") == Combiner.load("other") != Combiner.load("lexical")


@pytest.mark.parametrize("content", ["", "[]", '{"format": 99, "readers": {}}', '{"format": 1}'])
def test_damaged_weights_are_a_problem_with_a_remedy(content: str, tmp_path: Path) -> None:
    path = tmp_path / "combiner.json"
    path.write_text(content)
    with pytest.raises(ModelProblem, match="Reinstall"):
        Combiner.load("lexical", path)
