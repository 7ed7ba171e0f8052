"""``pullquote calibrate``: the threshold, and what a confidence means, from a user's questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.problems import UsageProblem
from qa.commands.common import Ticker, with_settings

if TYPE_CHECKING:
    from index.settings import Settings
    from qa.calibration import Calibration
    from qa.evaluation.calibrating import Judged, Share, Standing
    from qa.evaluation.data import Dataset


@click.command("calibrate")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option(
    "--documents",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where the documents lie that rows name (default: beside FILE).",
)
@click.option("--split", metavar="NAME", help="Only the rows whose split has this name.")
@click.option(
    "--false-answers",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    help="Let this share of unanswerable questions through, 0 to 1 (default: fewest errors).",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the folds.")
@click.option("--dry-run", is_flag=True, help="Report, and keep nothing.")
@click.option("--reset", is_flag=True, help="Go back to the calibration that is built in.")
@with_settings
def command(
    files: tuple[Path, ...],
    documents: Path | None,
    split: str | None,
    false_answers: float | None,
    seed: int,
    dry_run: bool,
    reset: bool,
    settings: Settings,
) -> None:
    """Fit the confidence to your own questions.

    FILE is as for pullquote eval: questions with known answers, some of which the texts do not
    answer (10 of either kind at least, better 50). The threshold is set where errors are fewest,
    or as --false-answers wishes; with 25 right and 25 wrong answers the confidence is fitted too.

    Reports before and after with 95 % intervals; "after" is cross-validated: each question is
    judged by a fit of the others. The result is kept in your data directory, and ask, chat and the
    app use it from then on, with the same reader and embedder only. A threshold in the settings
    overrules it.

    \b
    Examples:
      pullquote calibrate mine.jsonl --dry-run
      pullquote calibrate mine.jsonl --documents articles/ --false-answers 0.05
      pullquote calibrate --reset
    """  # noqa: D301 - click reads the control character itself
    from qa import calibration

    if reset:
        if files:
            raise UsageProblem("--reset takes no file.", "Leave out one of the two.")
        dropped = calibration.reset(settings)
        click.echo("The calibration is dropped." if dropped else "There was no calibration.")
        return
    if not files:
        raise UsageProblem("There is no file with questions.", "See: pullquote calibrate --help")
    from qa.evaluation.data import load

    dataset = load(files, documents=documents, split=split)
    if dataset.misplaced:
        click.echo(f"{dataset.misplaced:,} questions are left out: misplaced answers.", err=True)
    _report(dataset, false_answers, seed, settings, dry_run=dry_run)


def _report(
    dataset: Dataset, wish: float | None, seed: int, settings: Settings, *, dry_run: bool
) -> None:
    from qa import calibration, readers
    from qa.combining import Combiner
    from qa.evaluation import calibrating
    from qa.evaluation.runner import judge

    reader = readers.load(settings.reader)
    shipped = Combiner.load(reader.name)
    present = shipped.threshold if settings.threshold is None else settings.threshold
    _check(dataset)
    with Ticker() as ticker:
        judged = judge(dataset, settings, reader, shipped, on_progress=ticker)
    border = calibrating.log_odds(present)
    fit = calibrating.fit(judged, wish, border)
    made = calibration.Calibration(
        calibration.fingerprint(reader.name, settings),
        round(fit.scale, 4),
        round(fit.bias, 4),
        max(0.001, round(fit.threshold, 4)),
        len(judged.right),
    )
    click.echo(_head(judged, reader.name, settings, made))
    click.echo(
        _table(
            (present, calibrating.before(judged, border)),
            (made.threshold, calibrating.after(judged, wish, border, seed)),
        )
    )
    if dry_run:
        click.echo("Nothing is kept (--dry-run).")
        return
    path = calibration.save(reader.name, made, settings)
    click.echo(f"Kept in {path}; pullquote calibrate --reset drops it.")


def _check(dataset: Dataset) -> None:
    """Refuse what would only look like a calibration.

    Raises:
        UsageProblem: there are too few questions of one kind.
    """
    from qa.evaluation.calibrating import LEAST

    cases = [case for article in dataset.articles for case in article.cases]
    told = sum(case.answerable for case in cases)
    untold = len(cases) - told
    if min(told, untold) < LEAST:
        raise UsageProblem(
            f"{told:,} questions are answerable and {untold:,} are not: "
            f"a threshold needs {LEAST} of either kind.",
            'Add questions; those that the texts do not answer have "answers": [].',
        )


def _head(judged: Judged, reader: str, settings: Settings, made: Calibration) -> str:
    rows = {
        "questions": f"{len(judged.right):,} ({judged.answerable.sum():,} answerable)",
        "reader": reader,
        "embedder": settings.model or "embedded",
        "confidence": "as it was" if made.scale == 1 and made.bias == 0 else "fitted anew",
    }
    return "\n".join(f"{name:<11} {value}" for name, value in rows.items()) + "\n"


def _table(before: tuple[float, Standing], after: tuple[float, Standing]) -> str:
    (old, was), (new, now) = before, after
    rows = [
        ("", "before", "after, cross-validated"),
        ("threshold", f"{old:.3f}", f"{new:.3f}"),
        ("false answers", _share(was.false_answers), _share(now.false_answers)),
        ("false refusals", _share(was.false_refusals), _share(now.false_refusals)),
        ("answers right", _share(was.right_answers), _share(now.right_answers)),
        ("ECE", _figure(was.error), _figure(now.error)),
    ]
    return "\n".join(f"{a:<15}{b:<24}{c}".rstrip() for a, b, c in rows) + "\n"


def _share(share: Share) -> str:
    if share.value is None or share.interval is None:
        return "–"
    low, high = share.interval.low, share.interval.high
    return f"{100 * share.value:.1f} % ({100 * low:.1f}…{100 * high:.1f})"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
