"""Commands on an index that is kept on a server, and with a cluster."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import pytest

from qa.cli import main
from qa.exits import Exit

ASK = ["ask", "Where did the ferry stay?", "--reader", "lexical", "--threshold", "0", "--index"]


@pytest.fixture(autouse=True)
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: Path) -> Path:
    """A folder with two texts; an empty home."""
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PULLQUOTE_MODEL", str(embedder))
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("ferry", "envoy"):
        (folder / f"{name}.txt").write_text(f"The {name} stayed in port until noon.")
    return folder


@pytest.fixture
def news() -> str:
    """A name on the server that no other test has."""
    return f"news{uuid.uuid4().hex}"


def test_the_same_commands_give_the_same_answers(
    texts: Path, milvus: str, news: str, capsys: pytest.CaptureFixture[str]
) -> None:
    far = ["--uri", milvus]
    for place in ([], far):
        assert main(["index", "build", news, str(texts), *place]) == Exit.ANSWERED
        assert capsys.readouterr() == ("", "2 added\n")
    assert main([*ASK, news]) == main([*ASK, news, *far]) == Exit.ANSWERED
    here, there = capsys.readouterr().out.split("Confidence")[1:]
    assert here.partition("\n")[0] == there.partition("\n")[0]
    (texts / "ferry.txt").unlink()
    (texts / "new.txt").write_text("Snow fell on the pier.")
    assert main(["index", "refresh", news, *far]) == Exit.ANSWERED
    assert capsys.readouterr().err == "1 added, 1 unchanged, 1 removed\n"
    assert main(["index", "remove", news, str(texts / "new.txt"), *far]) == Exit.ANSWERED
    assert main(["index", "verify", news, *far]) == Exit.ANSWERED
    assert capsys.readouterr().err == "1 removed\nAll is well.\n"
    assert main(["index", "list", news, *far]) == Exit.ANSWERED
    assert "envoy.txt" in capsys.readouterr().out
    assert main(["index", "list", *far]) == Exit.ANSWERED
    assert news in capsys.readouterr().out.splitlines()
    assert main(["index", "status", news, *far]) == Exit.ANSWERED
    shown = capsys.readouterr().out
    assert f"/{news}" in shown
    assert "engine    milvus" in shown
    assert "size" not in shown


def test_settings_say_where_stored_indexes_are_and_texts_are_asked_here(
    texts: Path, milvus: str, news: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULLQUOTE_ENGINE", "milvus")
    monkeypatch.setenv("PULLQUOTE_URI", milvus)
    assert main(["index", "build", news, str(texts)]) == Exit.ANSWERED
    assert main([*ASK, news]) == Exit.ANSWERED
    assert main([*ASK[:-1], str(texts)]) == Exit.ANSWERED
    assert main([*ASK, news, "--engine", "faiss"]) == Exit.INDEX


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["index", "list", "--uri", "http://127.0.0.1:1"], Exit.INDEX, "cannot be reached"),
        (["index", "list", "--engine", "milvus"], Exit.USAGE, "which one is not said"),
        (["index", "list", "--engine", "faiss", "--uri", "x.db"], Exit.USAGE, "takes no --uri"),
        (["index", "list", "--engine", "nil", "--uri", "x.db"], Exit.USAGE, "takes no --uri"),
        (["index", "status", "a/b", "--uri", "x.db"], Exit.USAGE, "cannot be called"),
        (["index", "status", "news", "--uri", "nowhere"], Exit.USAGE, "not the address"),
        ([*ASK, "news", "--uri", "http://127.0.0.1:1"], Exit.INDEX, "cannot be reached"),
    ],
)
def test_what_cannot_be_is_told(
    arguments: list[str], code: Exit, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pymilvus", exc_type=ImportError)
    assert main(arguments) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""


def test_what_is_there_or_not_there_is_told(
    texts: Path, milvus: str, news: str, capsys: pytest.CaptureFixture[str]
) -> None:
    far = ["--uri", milvus]
    assert main(["index", "add", news, str(texts), *far]) == Exit.INDEX
    assert "There is no index" in capsys.readouterr().err
    assert main(["index", "build", news, str(texts), *far]) == Exit.ANSWERED
    assert main(["index", "build", news, str(texts), *far]) == Exit.INDEX
    assert "already" in capsys.readouterr().err
    assert main(["index", "snapshot", news, "now", *far]) == Exit.INDEX
    assert "keeps no snapshots" in capsys.readouterr().err


def test_a_missing_library_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], texts: Path
) -> None:
    for name in [*sys.modules]:
        if name.startswith(("index.milvus", "index.dask")):
            monkeypatch.delitem(sys.modules, name)
    for name in ("pymilvus", "grpc", "distributed"):
        monkeypatch.setitem(sys.modules, name, None)
    assert main(["index", "list", "--uri", "http://127.0.0.1:1"]) == Exit.MODEL
    assert "pip install 'pullquote[milvus]'" in capsys.readouterr().err
    assert main(["index", "build", "news", str(texts), "--dask", "tcp://x"]) == Exit.MODEL
    assert "pip install 'pullquote[dask]'" in capsys.readouterr().err
    assert main(["index", "list"]) == Exit.ANSWERED
    assert capsys.readouterr().out == ""
