from __future__ import annotations

import ast
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import corpus
from benchmarks.bench_peers import Plan, compare
from benchmarks.peers import measuring, protocol, raw
from benchmarks.peers.engines import ENGINES, Entry
from benchmarks.peers.measuring import Pass
from benchmarks.peers.protocol import WAYS, Corpus, Engine, Question
from benchmarks.peers.pullquote import Pullquote
from index import embedders
from qa.retrieval import Mixture

PEERS = Path(protocol.__file__).parent


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("small") / "corpus"
    articles, strange = corpus.prose_articles(120, 2)
    corpus.make(folder, articles, 120, embedder=embedders.load(None), questions=4, strange=strange)
    return Corpus(folder)


@pytest.mark.parametrize(
    "make", [Pullquote, raw.flat, raw.graph], ids=["pullquote", "flat", "hnsw"]
)
def test_an_engine_opens_what_it_built(make: type[Engine], small: Corpus, tmp_path: Path) -> None:
    make().build(small, tmp_path)
    engine = make()
    engine.open(small, tmp_path)
    for question, nearest in zip(small.questions, small.nearest, strict=True):
        assert engine.dense(question, 10) == nearest
        words = engine.lexical(question, 50)
        if question.answers:
            assert words[0] in question.answers
        fused = protocol.fused(engine.dense(question, 50), words, 10)
        assert engine.hybrid(question, 10) == fused


def test_the_weights_for_all_are_ours() -> None:
    assert (Mixture().dense, Mixture().lexical) == (protocol.DENSE_WEIGHT, protocol.LEXICAL_WEIGHT)


def test_fusion_is_weighted_and_breaks_ties_by_number() -> None:
    assert protocol.fused([1, 2], [3, 2], 9) == [2, 3, 1]
    assert protocol.fused([5, 4], [], 1) == [5]


class Slow:
    """An engine without words, which finds its first passages."""

    settings = "none"
    built = 0

    def build(self, corpus: Corpus, folder: Path) -> None:  # noqa: ARG002
        self.built += 1

    def open(self, corpus: Corpus, folder: Path) -> None:
        pass

    def dense(self, question: Question, k: int) -> list[int]:  # noqa: ARG002
        return list(range(k))

    def lexical(self, question: Question, k: int) -> list[int]:
        raise NotImplementedError

    def hybrid(self, question: Question, k: int) -> list[int]:
        raise NotImplementedError


def test_an_engine_in_memory_is_built_when_it_is_opened(small: Corpus, tmp_path: Path) -> None:
    engine = Slow()
    opened = measuring.opened(engine, small, tmp_path)
    assert (engine.built, opened["ways"]) == (1, ["dense"])
    assert "bytes per passage" not in opened["build"]


def test_a_pass_asks_every_question_and_a_short_one_the_least(small: Corpus) -> None:
    questions = small.questions * 10
    assert len(measuring.asked(Slow().dense, questions, 60).found) == 60
    assert len(measuring.asked(Slow().dense, questions, 0).found) == 10


def test_of_each_question_the_fastest_pass_counts() -> None:
    passes = [Pass([4.0, 1.0], [2.0, 1.0]), Pass([2.0, 3.0], [4.0, 3.0]), Pass([9.0], [9.0])]
    assert measuring.summed(passes[:2]) == {
        "questions": 2,
        "p50 wall ms": 1.5,
        "p95 wall ms": 1.95,
        "p99 wall ms": 1.99,
        "per wall s": 666.7,
        "p50 CPU ms": 1.5,
        "p95 CPU ms": 1.95,
        "p99 CPU ms": 1.99,
        "per CPU s": 666.7,
    }
    assert measuring.summed(passes)["p50 wall ms"] == 2.0  # of the question that all passes asked


def test_quality_tells_what_was_found(small: Corpus) -> None:
    found = [[question.answers[0]] if question.answers else [] for question in small.questions]
    assert measuring.quality("lexical", small, found) == {"found@10": 1.0}
    assert measuring.quality("lexical", small, [[], *found[1:]]) == {"found@10": 0.75}
    half = [numbers[:5] for numbers in small.nearest]
    assert measuring.quality("dense", small, half)["recall@10"] == 0.5


def test_engines_are_measured_in_processes_of_their_own(small: Corpus, tmp_path: Path) -> None:
    found = compare(small.folder, tmp_path, Plan(None, passes=1), ["flat", "txtai"])
    assert list(found) == ["flat"]  # without their environment peers are left out
    flat = found["flat"]
    assert (flat["hybrid"]["found@10"], flat["dense"]["recall@10"]) == (1.0, 1.0)
    assert flat["dense"]["questions"] == len(small.questions)
    assert flat["asking peak MB"] > 0


def test_a_peer_that_is_not_installed_says_so(small: Corpus, tmp_path: Path) -> None:
    missing = next(name for name in ("txtai", "chroma", "lancedb") if _is_missing(name))
    found = compare(small.folder, tmp_path, Plan(Path(sys.executable)), [missing])
    assert "No module named" in found[missing]["failed"]


def _is_missing(name: str) -> bool:
    try:
        ENGINES[name].engine()
    except ImportError:
        return True
    return False


@pytest.mark.parametrize("entry", ENGINES.values(), ids=ENGINES)
def test_every_adapter_has_all_of_the_protocol(entry: Entry) -> None:
    module, _, name = entry.made.partition(":")
    tree = ast.parse((PEERS / f"{module}.py").read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    (adapter,) = [c for c in classes if {"build", "open", *WAYS} <= {_name(n) for n in c.body}]
    assert name == adapter.name or module == "raw"


def _name(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.FunctionDef) else ""


def test_peers_import_nothing_of_ours() -> None:
    ours = {entry.made.partition(":")[0] for entry in ENGINES.values() if entry.ours} - {"raw"}
    for path in PEERS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.stem not in ours:
            assert "from index" not in text, path.name
            assert "from qa" not in text, path.name


def test_vectors_of_a_corpus_are_not_read_into_memory(small: Corpus) -> None:
    assert isinstance(small.vectors, np.memmap)
