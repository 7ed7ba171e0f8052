"""Makes the results in docs/benchmarks.md, and its charts, from benchmarks/results.

python -m benchmarks.page

Of each set of texts, size and choice of engines the newest result counts. What stands outside the
marks on the page is written by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.peers.engines import ENGINES, FLOOR, OURS
from benchmarks.peers.protocol import WAYS
from benchmarks.svg import Bar, bars

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
CHARTS = ROOT / "docs" / "charts"
BEGIN, END = "<!-- made by python -m benchmarks.page -->", "<!-- until here -->"
Result = dict[str, Any]


def newest(folder: Path) -> list[Result]:
    """The results that count: of each set, size and choice of engines."""
    found: dict[tuple[str, int, int, str], Result] = {}
    for path in folder.glob("*.json"):
        result: Result = json.loads(path.read_text(encoding="utf-8"))
        names = sorted(result["engines"])
        key = (result["set"], result["size"], -len(names), " ".join(names))
        if key not in found or found[key]["date"] < result["date"]:
            found[key] = result
    return [found[key] for key in sorted(found)]


def working(result: Result) -> dict[str, Result]:
    """The engines that answered, those first that answer most hybrid questions a second."""
    engines: dict[str, Result] = result["engines"]
    able = {name: e for name, e in engines.items() if name in ENGINES and "failed" not in e}
    return dict(sorted(able.items(), key=lambda item: -_rate(item[1], "hybrid")))


def _rate(engine: Result, way: str) -> float:
    return float(engine.get(way, {}).get("per CPU s", 0))


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Markdown; all columns but the first to the right."""
    marks = ["---", *["---:"] * (len(names) - 1)]
    return [f"| {' | '.join(row)} |" for row in (names, marks, *rows)]


def asking(result: Result) -> list[str]:
    """Quality and times of asking, an engine a row."""
    engines = working(result)
    floor = _rate(engines[FLOOR], "hybrid") if FLOOR in engines else 0.0
    rows = []
    for name, engine in engines.items():
        both, rate = engine.get("hybrid", {}), _rate(engine, "hybrid")
        rows.append(
            [
                ENGINES[name].title,
                *(_times(engine.get(way, {})) for way in WAYS),
                _number(engine["dense"].get("recall@10"), 3),
                _number(both.get("found@10"), 3),
                _number(rate or None),
                _number(both.get("per wall s")),
                f"{floor / rate:.2f}" if rate and floor else "–",
            ]
        )
    names = ["engine", *WAYS, "recall@10", "found@10", "hybrid a CPU s", "hybrid a s", "of least"]
    return table(names, rows)


def building(result: Result) -> list[str]:
    """Building, size and opening, an engine a row."""
    rows = []
    for name, engine in working(result).items():
        build, opened = engine["build"], engine["open"]
        rows.append(
            [
                ENGINES[name].title,
                _number(result["passages"] / build["CPU s"]),
                _number(build["wall s"], 1),
                _number(build.get("bytes per passage")),
                _number(build["peak MB"]),
                _number(engine["asking peak MB"]),
                _number(opened["CPU s"], 3) if "bytes per passage" in build else "–",
            ]
        )
    names = ["engine", "passages a CPU s", "build s", "bytes a passage", "MB building", "MB asking"]
    return table([*names, "open CPU s"], rows)


def _times(figures: Result) -> str:
    if not figures:
        return "–"
    return " / ".join(_number(figures[f"p{percent} CPU ms"], 2) for percent in (50, 95, 99))


def _number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something in which one engine can be ahead of another."""

    name: str
    of: Callable[[Result], float | None]
    """Higher is better; what should be low is negative."""
    digits: int = 0

    def value(self, engine: Result) -> float | None:
        """As it is shown: engines that look alike are not ahead of each other."""
        found = self.of(engine)
        return None if found is None else round(found, self.digits)

    def shown(self, value: float) -> str:
        """Without the sign."""
        return _number(abs(value), self.digits)


def _measures() -> list[Measure]:
    def of_way(way: str, name: str) -> Callable[[Result], float | None]:
        return lambda engine: engine.get(way, {}).get(name)

    def less(*path: str) -> Callable[[Result], float | None]:
        def of(engine: Result) -> float | None:
            value = engine[path[0]].get(path[1]) if len(path) == 2 else engine.get(path[0])
            return None if value is None else -float(value)

        return of

    return [
        *(Measure(f"{way} questions a CPU second", of_way(way, "per CPU s")) for way in WAYS),
        Measure("recall@10 (dense)", of_way("dense", "recall@10"), 3),
        Measure("found@10 (hybrid)", of_way("hybrid", "found@10"), 3),
        Measure("CPU seconds of building", less("build", "CPU s"), 1),
        Measure("bytes a passage", less("build", "bytes per passage")),
        Measure("MB building", less("build", "peak MB")),
        Measure("MB asking", less("asking peak MB")),
    ]


def ahead(result: Result) -> list[str]:
    """In what others are ahead of Pullquote, a line for each measure."""
    engines = working(result)
    if OURS not in engines:
        return []
    lines = []
    for measure in _measures():
        ours = measure.value(engines[OURS])
        values = {name: measure.value(engine) for name, engine in engines.items()}
        better = {
            n: v for n, v in values.items() if v is not None and ours is not None and v > ours
        }
        said = [
            f"{ENGINES[name].title} {measure.shown(value)}"
            for name, value in sorted(better.items(), key=lambda item: -item[1])
        ]
        if said and ours is not None:
            lines.append(f"- {measure.name}: {', '.join(said)}; Pullquote {measure.shown(ours)}")
    return lines


def life(results: Sequence[Result]) -> list[str]:
    """The life of an index, a size a column."""
    steps: dict[str, Callable[[Result], str]] = {
        "build, passages a CPU s": lambda r: _number(r["build"]["passages per CPU s"]),
        "build, CPU s / s": lambda r: _pair(r["build"]),
        "build, peak MB": lambda r: _number(r["build"]["peak MB"]),
        "bytes a passage": lambda r: _number(r["bytes per passage"]),
        "`pullquote ask`, CPU s / s": lambda r: _pair(r["ask"]),
        "open and first hits, CPU s / s": lambda r: _pair(r["in process"]["open and first answer"]),
        "recall@10 (dense)": lambda r: _number(r["in process"].get("recall@10"), 3),
        **{f"{way}, CPU ms p50 / p95 / p99": partial(_way_times, way) for way in WAYS},
        "hybrid a s, one process": lambda r: _number(r["askers"][0]["per wall s"]),
        "hybrid a s, two processes": lambda r: _number(r["askers"][1]["per wall s"]),
        "refresh, nothing changed, CPU s / s": lambda r: _pair(r["refresh, nothing changed"]),
        "refresh, 1 % changed, CPU s / s": lambda r: _pair(r["refresh"]),
        "remove 1 %, CPU s / s": lambda r: _pair(r["remove"]),
        "commit": lambda r: r["commit"],
    }
    by_date = sorted(results, key=lambda r: str(r["date"]))
    by_size = {(r["set"], r["size"]): r for r in by_date if "life" in r}
    lived = [by_size[key] for key in sorted(by_size)]
    names = ["", *(f"{r['set']}, {r['passages']:,}" for r in lived)]
    columns = [r["life"] | {"commit": r["commit"]} for r in lived]
    rows = [[step, *map(of, columns)] for step, of in steps.items()]
    return table(names, rows) if lived else []


def _way_times(way: str, lived: Result) -> str:
    return _times(lived["in process"][way])


def _pair(figures: Result) -> str:
    return f"{figures['CPU s']:.2f} / {figures['wall s']:.2f}"


def chart(result: Result) -> str:
    """Hybrid questions a second of processor time, with what is found."""
    rows = [
        Bar(
            ENGINES[name].title,
            _rate(engine, "hybrid"),
            f"{_rate(engine, 'hybrid'):,.0f}, found {engine['hybrid'].get('found@10', 0):.3f}",
            name == OURS,
        )
        for name, engine in working(result).items()
        if "hybrid" in engine
    ]
    return bars(f"{_named(result)}: hybrid questions a CPU second", rows)


def _named(result: Result) -> str:
    return f"{result['set']}, {result['passages']:,} passages"


def compared(result: Result) -> list[str]:
    """The section of one result."""
    failed = [
        f"- {ENGINES[name].title} failed: {engine['failed']}"
        for name, engine in result["engines"].items()
        if "failed" in engine
    ]
    asked = max(e["dense"]["questions"] for e in working(result).values())
    fewer = []
    for name, engine in working(result).items():
        counts = {way: engine[way]["questions"] for way in WAYS if way in engine}
        if min(counts.values()) < asked:
            said = ", ".join(f"{count} ({way})" for way, count in counts.items())
            fewer.append(f"- {ENGINES[name].title} was too slow for all questions: {said}")
    behind = ahead(result)
    return [
        f"### {_named(result)[0].upper()}{_named(result)[1:]}",
        "",
        f"Commit {result['commit']}, {result['date'][:10]}, {result['processor']}, Python "
        f"{result['python']}; {asked} questions; embedding the passages took "
        f"{result['embedding CPU s']} CPU s, which no row below counts.",
        "",
        f"![Hybrid questions a CPU second](charts/{chart_name(result)})",
        "",
        *asking(result),
        "",
        *building(result),
        "",
        *([*failed, *fewer, ""] if failed or fewer else []),
        *(["Ahead of Pullquote:", "", *behind, ""] if behind else []),
    ]


def chart_name(result: Result) -> str:
    """Of its file."""
    return f"hybrid-{result['set']}-{result['size']}-{len(result['engines'])}.svg"


def made(results: Sequence[Result]) -> str:
    """Everything between the marks."""
    settings = {
        name: f"- {ENGINES[name].title} ({engine['versions']}): {engine['settings']}."
        for result in results
        for name, engine in working(result).items()
    }
    lines = ["", "## The life of an index", "", *life(results), "", "## Beside others", ""]
    for result in filter(working, results):
        lines += compared(result)
    return "\n".join([*lines, "### Settings", "", *settings.values(), "", ""])


def page(text: str, results: Sequence[Result]) -> str:
    """The page with its results replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{made(results)}{END}{after}"


def main() -> None:
    """Write the page and the charts."""
    results = newest(RESULTS)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
    CHARTS.mkdir(exist_ok=True)
    for result in filter(working, results):
        (CHARTS / chart_name(result)).write_text(chart(result), encoding="utf-8")


if __name__ == "__main__":
    main()
