from __future__ import annotations

import json

import numpy as np
import pytest

from qa.evaluation.figures import Figure, Run, figures
from qa.evaluation.outcomes import Outcome
from qa.evaluation.report import as_data, as_table


def outcome(
    *,
    passage: int | None = 1,
    sentence: int | None = 1,
    answerable: bool = True,
    f1: float = 1.0,
    confidence: float | None = 0.5,
    seconds: float = 0.001,
    score: float | None = None,
) -> Outcome:
    own = confidence if score is None else score
    return Outcome(answerable, passage, sentence, float(f1 == 1), f1, confidence, seconds, own)


WEAK = [
    outcome(passage=2, sentence=None, confidence=2.0),
    outcome(passage=4, sentence=3, confidence=9.0),
    outcome(passage=None, sentence=None, confidence=1.0),
    outcome(answerable=False, passage=None, sentence=None, confidence=3.0),
]
STRONG = [
    outcome(passage=1, sentence=1, confidence=0.9, f1=0.5, seconds=0.010),
    outcome(passage=1, sentence=2, confidence=0.6, f1=0.0, seconds=0.020),
    outcome(passage=3, sentence=1, confidence=0.4, f1=1.0, seconds=0.030),
    outcome(answerable=False, passage=None, sentence=None, confidence=0.1, seconds=0.040),
]
IN_HAND = [(1.0, 1.0), (0.0, 0.5), (0.0, 0.0), (0.0, 0.0)]


class TestFigures:
    def test_by_hand(self) -> None:
        runs = [Run("BM25", WEAK), Run("full", STRONG, IN_HAND, threshold=0.5)]
        measured = figures(runs, resamples=0)
        weak = {name: figure.value for name, figure in measured["BM25"].items()}
        strong = {name: figure.value for name, figure in measured["full"].items()}
        assert weak == pytest.approx(
            {
                "passage@1": 0.0,
                "passage@3": 1 / 3,
                "passage@10": 2 / 3,
                "MRR": (1 / 2 + 1 / 4) / 3,
                "sentence@1": 0.0,
                "sentence@3": 1 / 3,
                "AUROC": 1 / 3,
                "AURC": 1.0,
                "coverage@80": 0.0,
                "coverage@90": 0.0,
                "p50 ms": 1.0,
                "p95 ms": 1.0,
            }
        )
        assert strong == pytest.approx(
            {
                "passage@1": 2 / 3,
                "passage@3": 1.0,
                "passage@10": 1.0,
                "MRR": (1 + 1 + 1 / 3) / 3,
                "sentence@1": 2 / 3,
                "sentence@3": 1.0,
                "EM": 1 / 3,
                "F1": 0.5,
                "gold EM": 1 / 3,
                "gold F1": 0.5,
                "AUROC": 1.0,
                "AURC": (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4,
                "coverage@80": 0.25,
                "coverage@90": 0.25,
                "ECE": (0.1 + 0.6 + 0.6 + 0.1) / 4,
                "told ECE": (0.1 + 0.4 + 0.6 + 0.1) / 4,
                "answered": 2 / 3,
                "refused": 1.0,
                "precision": 0.5,
                "p50 ms": 25.0,
                "p95 ms": 38.5,
            }
        )

    def test_the_article_is_judged_by_confidence_and_the_sentence_by_its_score(self) -> None:
        asked = [
            outcome(sentence=2, confidence=0.9, score=0.3),
            outcome(sentence=1, confidence=0.8, score=0.8),
            outcome(answerable=False, sentence=None, confidence=0.2, score=0.1),
        ]
        measured = figures([Run("full", asked, IN_HAND[:3], threshold=0.5)], resamples=0)["full"]
        assert measured["AUROC"].value == 1.0
        assert measured["coverage@80"].value == pytest.approx(1 / 3)
        assert measured["AURC"].value == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)
        assert measured["ECE"].value == pytest.approx((0.3 + 0.2 + 0.1) / 3)
        assert measured["told ECE"].value == pytest.approx((0.1 + 0.2 + 0.2) / 3)
        assert measured["precision"].value == 0.5

    def test_leads_are_over_the_first_run(self) -> None:
        measured = figures([Run("BM25", WEAK), Run("full", STRONG, IN_HAND, 0.5)], resamples=0)
        assert measured["full"]["sentence@1"].lead == pytest.approx(2 / 3)
        assert measured["full"]["AURC"].lead == pytest.approx(1 / 3 - 1)
        assert measured["full"]["EM"].lead is None
        assert all(figure.lead is None for figure in measured["BM25"].values())

    def test_a_lead_is_paired(self) -> None:
        rng = np.random.default_rng(3)
        ranks = [1 if hit else None for hit in rng.random(200) < 0.5]
        same = [outcome(sentence=rank, confidence=float(rng.random())) for rank in ranks]
        measured = figures([Run("one", same), Run("other", same)], resamples=50)
        figure = measured["other"]["sentence@1"]
        assert figure.lead_interval is not None
        assert (figure.lead_interval.low, figure.lead_interval.high) == (0.0, 0.0)

    def test_the_interval_is_that_of_a_mean(self) -> None:
        ranks = [1] * 300 + [None] * 100
        run = Run("one", [outcome(sentence=rank) for rank in ranks])
        interval = figures([run], resamples=2000, seed=1)["one"]["sentence@1"].interval
        assert interval is not None
        deviation = 1.96 * (0.75 * 0.25 / 400) ** 0.5
        assert interval.low == pytest.approx(0.75 - deviation, abs=0.006)
        assert interval.high == pytest.approx(0.75 + deviation, abs=0.006)

    def test_resampling_is_seeded(self) -> None:
        runs = [Run("one", STRONG * 20)]

        def drawn(seed: int) -> Figure:
            return figures(runs, resamples=9, seed=seed)["one"]["MRR"]

        assert drawn(4) == drawn(4) != drawn(5)

    def test_without_answerable_or_confidence(self) -> None:
        runs = [
            Run("one", [outcome(answerable=False, sentence=None)]),
            Run("two", [outcome(answerable=False, sentence=None, confidence=None)]),
        ]
        measured = figures(runs, resamples=20)
        assert measured["one"]["sentence@1"].value is None
        assert measured["one"]["AUROC"].value is None
        assert measured["one"]["AURC"].value == 1.0
        assert "AURC" not in measured["two"]


class TestReport:
    def test_table(self) -> None:
        runs = [Run("BM25", WEAK), Run("full", STRONG, IN_HAND, threshold=0.5)]
        assert as_table(figures(runs, resamples=0)).split("\n\n")[1] == (
            "Answers (% of answerable questions; gold: the right passage in hand)\n"
            "             gold EM     gold F1          EM          F1\n"
            "full            33.3        50.0        33.3        50.0"
        )

    def test_intervals_stand_below_and_fit_into_80_columns(self) -> None:
        runs = [Run("BM25", WEAK), Run("full", STRONG, IN_HAND, threshold=0.5)]
        table = as_table(figures(runs, resamples=100))
        lines = table.splitlines()
        assert max(map(len, lines)) <= 80
        at = next(i for i, line in enumerate(lines) if line.startswith("full"))
        assert lines[at + 1].split()[2] == "100.0…100.0"
        assert lines[at + 2].split()[:3] == ["–", "BM25", "+66.7"]

    def test_data_has_the_names_of_the_table(self) -> None:
        runs = [Run("BM25", WEAK), Run("full", STRONG, IN_HAND, threshold=0.5)]
        data = as_data(figures(runs, resamples=10))
        assert data["full"]["sentence@1"] == pytest.approx(2 / 3)
        assert data["full"]["intervals"]["passage@3"] == [1.0, 1.0]
        assert data["full"]["lead"]["passage@3"]["value"] == pytest.approx(2 / 3)
        assert data["BM25"]["lead"] == {}
        assert json.loads(json.dumps(data)) == data
