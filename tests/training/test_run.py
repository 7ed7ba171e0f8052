"""A run follows its clock, keeps its average and goes on where it stopped."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from torch import nn

from training.reader.exchange import Exchange
from training.run import Every, Run, rate


def run_of(path: Path, seconds: float = 60.0) -> Run:
    torch.manual_seed(1)
    model = nn.Linear(3, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    return Run(model, copy.deepcopy(model), optimizer, path, seconds, 1e-2)


def step(run: Run) -> None:
    with run.timed():
        run.descend(run.model(torch.ones(4, 3)).pow(2).mean(), clip=1.0)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0.0), (0.03, 2.0), (1.0, 0.0), (1.5, 0.0)])
def test_the_rate_rises_and_falls_to_nothing(share: float, expected: float) -> None:
    assert rate(share, 2.0) == pytest.approx(expected)


def test_a_resumed_run_has_all_that_the_saved_one_had(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run.pt")
    for _ in range(3):
        step(run)
    run.save()
    other = run_of(tmp_path / "run.pt")
    other.resume()
    assert (other.step, other.elapsed) == (3, run.elapsed)
    step(run)
    step(other)
    assert torch.equal(run.model.weight, other.model.weight)  # type: ignore[arg-type]
    assert torch.equal(run.average.weight, other.average.weight)  # type: ignore[arg-type]


def test_the_average_lies_between_where_it_was_and_the_model(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run.pt")
    before = run.average.weight.clone()  # type: ignore[operator]
    run.step = 91
    with torch.no_grad():
        run.model.weight.add_(1.0)  # type: ignore[operator]
    run.blend()
    assert torch.allclose(run.average.weight - before, torch.full((1, 3), 9 / 101))  # type: ignore[operator]


def test_every_says_when_seconds_of_training_have_passed(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run.pt")
    every = Every(run, 10)
    run.elapsed = 9.0
    assert not every.due()
    run.elapsed = 10.0
    assert every.due()
    assert not every.due()
    run.elapsed = 60.0
    assert every.due()


def test_two_runs_meet_half_way_and_only_when_there_is_news(tmp_path: Path) -> None:
    left, right = nn.Linear(2, 1), nn.Linear(2, 1)
    for model, value in ((left, 0.0), (right, 4.0)):
        nn.init.constant_(model.weight, value)
    here, there = (Exchange.between(tmp_path, *names) for names in (("a", "b"), ("b", "a")))
    assert not here.meet(left)
    assert there.meet(right)
    assert right.weight.tolist() == [[2.0, 2.0]]
    assert here.meet(left)
    assert left.weight.tolist() == [[2.0, 2.0]]
    assert not here.meet(left)
