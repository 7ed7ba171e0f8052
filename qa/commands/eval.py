"""``pullquote eval``: questions with known answers in, figures out."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.commands.common import Ticker, with_settings

if TYPE_CHECKING:
    from index.settings import Settings
    from qa.evaluation.data import Dataset
    from qa.evaluation.mistakes import Mistake
    from qa.evaluation.report import Figures
    from qa.evaluation.runner import Evaluation, Parts


@click.command("eval")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option(
    "--documents",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where the documents lie that rows name (default: beside FILE).",
)
@click.option("--split", metavar="NAME", help="Only the rows whose split has this name.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1), help="Ask N questions, drawn at random."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of every draw.")
@click.option(
    "--passages",
    type=click.Choice(["windows", "context"]),
    default="windows",
    show_default=True,
    help="Passages as Pullquote cuts them, or each context of the file whole.",
)
@click.option(
    "--errors",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="Show N mistakes, with the text.",
)
@click.option(
    "--resamples",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    help="Of the bootstrap; 0 leaves the intervals out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print data instead of tables.")
@with_settings
def command(
    files: tuple[Path, ...],
    documents: Path | None,
    split: str | None,
    limit: int | None,
    seed: int,
    passages: str,
    errors: int,
    resamples: int,
    as_json: bool,
    settings: Settings,
) -> None:
    """Measure how well questions with known answers are answered.

    FILE is SQuAD 1.1 or 2.0 JSON, or JSON lines with context (or the name of a document), question
    and answers; packed by gzip or not. Contexts of one title are searched together, as one article.

    Prints every measure for BM25 alone, for vectors alone (dense), for both (hybrid) and for all
    of Pullquote with its reader (full), with 95 % intervals and the lead over BM25. What each
    measure is: docs/evaluation.md.

    \b
    Examples:
      pullquote eval dev-v2.0.json --limit 500 --errors 5
      pullquote eval mine.jsonl.gz --split dev --json
      pullquote eval mine.jsonl --reader lexical -k 12

    \b
    JSON: the setting, and "methods": by method and measure, shares as 0 to 1; beside them
    "intervals" and "lead" (over BM25: value and interval) by measure. "errors" with --errors.
    """  # noqa: D301 - click reads the control character itself
    from qa.evaluation.data import load
    from qa.evaluation.figures import figures
    from qa.evaluation.mistakes import mistakes

    dataset = load(files, documents=documents, split=split, limit=limit, seed=seed)
    _tell_misplaced(dataset)
    parts = _parts(settings, passages)
    evaluation = _evaluated(dataset, parts)
    measured = figures(evaluation.runs, resamples=resamples, seed=seed)
    wrong = mistakes(evaluation.asked, parts.full.threshold, limit=errors, seed=seed)
    setting = {**_counts(dataset), **_setting(parts, settings), "seed": seed}
    click.echo((_as_data if as_json else _as_text)(setting, measured, wrong))


def _tell_misplaced(dataset: Dataset) -> None:
    if dataset.misplaced:
        click.echo(
            f"{dataset.misplaced:,} questions are left out: "
            "their answers do not stand where the file says.",
            err=True,
        )


def _parts(settings: Settings, passages: str) -> Parts:
    from index import embedders
    from index.engines import local, open_lexical
    from qa import readers, rerankers
    from qa.calibration import combiner
    from qa.evaluation.methods import Full
    from qa.evaluation.runner import Parts
    from qa.evaluation.shelf import Cut

    reranker = rerankers.load(settings.reranker) if settings.reranker else None
    reader = readers.load(settings.reader)
    weights, notice = combiner(reader.name, settings)
    if notice:
        click.echo(notice, err=True)
    return Parts(
        embedder=embedders.load(settings.model),
        lexical=lambda: open_lexical(local(settings.engine)),
        full=Full(reader, reranker, settings.k, settings.threshold, weights),
        cut=Cut(passages),
    )


def _evaluated(dataset: Dataset, parts: Parts) -> Evaluation:
    from qa.evaluation.runner import evaluate

    started = time.monotonic()
    with Ticker() as ticker:
        evaluation = evaluate(dataset, parts, on_progress=ticker)
    seconds = time.monotonic() - started
    click.echo(f"{dataset.questions:,} questions asked in {seconds:.0f} s.", err=True)
    return evaluation


def _setting(parts: Parts, settings: Settings) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "embedder": parts.embedder.name,
        "reader": parts.full.reader,
        "reranker": settings.reranker,
        "passages": parts.cut.value,
        "k": settings.k,
        "threshold": round(parts.full.threshold, 4),
    }


def _counts(dataset: Dataset) -> dict[str, Any]:
    cases = [case for article in dataset.articles for case in article.cases]
    return {
        "articles": len(dataset.articles),
        "questions": len(cases),
        "answerable": sum(case.answerable for case in cases),
    }


def _as_data(setting: dict[str, Any], measured: Figures, wrong: list[Mistake]) -> str:
    from qa.evaluation.report import as_data

    data = setting | {"methods": as_data(measured)}
    if wrong:
        data["errors"] = [mistake.as_data() for mistake in wrong]
    return json.dumps(data, indent=2)


def _as_text(setting: dict[str, Any], measured: Figures, wrong: list[Mistake]) -> str:
    from qa.evaluation.mistakes import as_text
    from qa.evaluation.report import as_table
    from qa.render import one_line

    head = [
        f"{name:<11} {one_line(str(value))}" for name, value in setting.items() if value is not None
    ]
    parts = ["\n".join(head), as_table(measured), *([as_text(wrong)] if wrong else [])]
    return "\n\n".join(parts)
