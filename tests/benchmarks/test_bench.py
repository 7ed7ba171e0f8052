from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import bench, bench_life, corpus, page


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    bench.main()


def test_a_run_writes_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, kept = tmp_path / "out", tmp_path / "kept"
    small = ("--sizes", "40", "--questions", "2", "--engines", "flat", "--passes", "1")
    run(monkeypatch, *small, "--no-life", "--out", str(out), "--corpora", str(kept))
    (path,) = out.glob("*.json")
    assert capsys.readouterr().out == f"{path}\n"
    result = json.loads(path.read_text(encoding="utf-8"))
    assert (result["set"], result["size"], result["passages"]) == ("prose", 40, 40)
    assert path.name == f"prose-40-1-{result['commit'].rstrip('+')}.json"
    shown = page.page(f"{page.BEGIN}\n{page.END}", page.newest(out))
    assert "### Prose, 40 passages" in shown
    assert "| FAISS flat + tantivy |" in shown
    run(monkeypatch, *small, "--no-life", "--out", str(out), "--corpora", str(kept))
    again = json.loads(path.read_text(encoding="utf-8"))["engines"]["flat"]
    assert again["build"] == result["engines"]["flat"]["build"]  # not built again
    assert (kept / "prose-40" / "corpus" / "vectors.npy").exists()


def test_an_index_alone_is_measured_on_texts_that_go_on_in_their_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, out, kept = tmp_path / "one.txt", tmp_path / "out", tmp_path / "kept"
    article.write_text("A headline of more than six words\n\nFirst. Second.\n", encoding="utf-8")
    asked = ("--sizes", "5", "--texts", str(article), "--out", str(out), "--corpora", str(kept))
    run(monkeypatch, *asked, "--alone", "--no-life", "--name", "t", "--questions", "1")
    folder = kept / "t-5" / "corpus"
    texts = [path.read_text(encoding="utf-8") for path in corpus.files(folder)]
    assert texts[0] == "First. Second."
    assert {*" ".join(texts).split()} == {"First.", "Second."}
    assert sum(map(len, texts)) >= 5 * 640 > sum(map(len, texts[:-1]))
    (question,) = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    assert question["text"] == "A headline of more than six words"
    (path,) = out.glob("t-5-0-*.json")
    assert json.loads(path.read_text(encoding="utf-8"))["engines"] == {}
    assert "T, 5" not in page.made(page.newest(out))  # nothing beside it, nothing to compare


def test_unknown_engines_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, "--engines", "flat,nonesuch")
    assert "unknown: nonesuch" in capsys.readouterr().err


def test_a_whole_process_is_measured_by_its_exit_code(tmp_path: Path) -> None:
    figures = bench_life.whole("index", "status", str(tmp_path / "none"), ok=(4,))
    assert set(figures) == {"wall s", "CPU s", "peak MB"}
    assert 0 < figures["peak MB"] < 500
    with pytest.raises(SystemExit, match="pullquote index ended with 4"):
        bench_life.whole("index", "status", str(tmp_path / "none"))
