from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import page
from benchmarks.peers.protocol import WAYS
from benchmarks.svg import Bar, bars


def way(rate: float, **more: float) -> dict[str, Any]:
    times = {f"p{p} CPU ms": 1000 / rate for p in (50, 95, 99)}
    return {"questions": 4, **times, "per CPU s": rate, "per wall s": rate / 2, **more}


def engine(rate: float, found: float, size: int = 2000) -> dict[str, Any]:
    return {
        "build": {"wall s": 2.0, "CPU s": 1.0, "peak MB": 90, "bytes per passage": size},
        "open": {"wall s": 0.1, "CPU s": 0.05},
        "dense": way(rate * 2, **{"recall@10": 0.98}),
        "lexical": way(rate * 2),
        "hybrid": way(rate, **{"found@10": found}),
        "asking peak MB": 80,
        "settings": "as they are",
        "versions": "x 1.0",
    }


def result(size: int = 1000, date: str = "2026-01-01T00:00:00+00:00") -> dict[str, Any]:
    chroma = engine(50, 0.5) | {"hybrid": {}}
    del chroma["hybrid"]
    return {
        "set": "prose",
        "size": size,
        "passages": size,
        "date": date,
        "commit": "abc1234",
        "processor": "2 cores, any",
        "python": "3.11.1",
        "embedding CPU s": 0.5,
        "engines": {
            "pullquote": engine(100, 0.9),
            "hnsw": engine(120, 0.8, size=1500),
            "chroma": chroma,
            "txtai": {"failed": "it did not start"},
        },
    }


def rows(lines: list[str]) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_engines_stand_by_their_hybrid_rate_and_beside_the_least() -> None:
    _, _, *found = rows(page.asking(result()))
    assert [row[0] for row in found] == ["FAISS HNSW + tantivy", "Pullquote", "Chroma"]
    assert found[1][1:] == [
        *("5.00 / 5.00 / 5.00", "5.00 / 5.00 / 5.00", "10.00 / 10.00 / 10.00"),
        *("0.980", "0.900", "100", "50", "1.20"),
    ]
    assert found[2][3:] == ["–", "0.980", "–", "–", "–", "–"]


def test_who_is_ahead_is_told() -> None:
    assert page.ahead(result()) == [
        "- dense questions a CPU second: FAISS HNSW + tantivy 240; Pullquote 200",
        "- lexical questions a CPU second: FAISS HNSW + tantivy 240; Pullquote 200",
        "- hybrid questions a CPU second: FAISS HNSW + tantivy 120; Pullquote 100",
        "- bytes a passage: FAISS HNSW + tantivy 1,500; Pullquote 2,000",
    ]


def test_what_failed_or_was_asked_less_is_told() -> None:
    slow = result()
    slow["engines"]["chroma"]["dense"]["questions"] = 3
    text = "\n".join(page.compared(slow))
    assert "- txtai failed: it did not start" in text
    assert "- Chroma was too slow for all questions: 3 (dense), 4 (lexical)" in text


def test_building_is_told_by_the_passages_it_takes() -> None:
    _, _, first, *_ = rows(page.building(result()))
    assert first == ["FAISS HNSW + tantivy", "1,000", "2.0", "1,500", "90", "80", "0.050"]


def test_the_life_of_an_index_has_a_column_for_each_size() -> None:
    step = {"wall s": 2.0, "CPU s": 1.0, "peak MB": 70}
    lived = result() | {
        "life": {
            "build": step | {"passages per CPU s": 1000, "passages per wall s": 500},
            "bytes per passage": 2100,
            "ask": step,
            "in process": {
                "open and first answer": step,
                **{name: way(500) for name in WAYS},
            },
            "askers": [{"per wall s": 400.4}, {"per wall s": 700.6}],
            **dict.fromkeys(("refresh, nothing changed", "refresh", "remove"), step),
        }
    }
    names, _, *found = rows(page.life([lived, result(10)]))
    assert names == ["", "prose, 1,000"]
    told = dict(found)
    assert told["hybrid, CPU ms p50 / p95 / p99"] == "2.00 / 2.00 / 2.00"
    assert told["hybrid a s, two processes"] == "701"
    assert told["remove 1 %, CPU s / s"] == "1.00 / 2.00"


def test_the_newest_of_each_size_counts(tmp_path: Path) -> None:
    for number, (size, date) in enumerate([(10, "2026-01-02"), (10, "2026-01-01"), (5, "2026-01")]):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(result(size, date)), encoding="utf-8")
    found = [(r["size"], r["date"]) for r in page.newest(tmp_path)]
    assert found == [(5, "2026-01"), (10, "2026-01-02")]


def test_only_what_is_between_the_marks_is_replaced() -> None:
    text = f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n"
    made = page.page(text, [])
    assert made.startswith(f"before\n{page.BEGIN}\n")
    assert made.endswith(f"{page.END}\nafter\n")
    assert "old" not in made
    assert page.page(made, []) == made


def test_the_page_shows_the_results_that_are_kept() -> None:
    results = page.newest(page.RESULTS)
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.page(text, results) == text, "run python -m benchmarks.page"
    for kept in filter(page.working, results):  # one alone has nothing to be compared with
        path = page.CHARTS / page.chart_name(kept)
        assert path.read_text(encoding="utf-8") == page.chart(kept)


def test_bars_are_as_long_as_their_values() -> None:
    drawn = bars("A <title>", [Bar("a & b", 10, "ten"), Bar("c", 5, "five", ours=True)])
    tree = ElementTree.fromstring(drawn)
    names = {"svg": "http://www.w3.org/2000/svg"}
    _, long, short = tree.findall("svg:rect", names)
    assert int(long.attrib["width"]) == pytest.approx(2 * int(short.attrib["width"]))
    assert long.attrib["fill"] != short.attrib["fill"]
    texts = [text.text for text in tree.findall("svg:text", names)]
    assert texts == ["A <title>", "a & b", "ten", "c", "five"]
