"""The engines by name, each imported on demand."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module, metadata

from benchmarks.peers.protocol import Engine


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an engine is made, and what it is made of."""

    title: str
    made: str
    """``module:class`` or ``module:function``, of `benchmarks.peers`."""
    packages: tuple[str, ...]
    """Whose versions are told."""
    ours: bool = False
    """Runs with what Pullquote itself requires."""
    persistent: bool = True
    """Whether it can be opened again after it was built."""

    def engine(self) -> Engine:
        """A new one; ImportError if its packages are not installed."""
        module, _, name = self.made.partition(":")
        made: Engine = getattr(import_module(f"benchmarks.peers.{module}"), name)()
        return made

    def versions(self) -> str:
        """Of its packages, as installed."""
        return ", ".join(f"{package} {metadata.version(package)}" for package in self.packages)


_RAW = ("faiss-cpu", "tantivy")
ENGINES = {
    "pullquote": Entry("Pullquote", "pullquote:Pullquote", _RAW, ours=True),
    "hnsw": Entry("FAISS HNSW + tantivy", "raw:graph", _RAW, ours=True),
    "flat": Entry("FAISS flat + tantivy", "raw:flat", _RAW, ours=True),
    "txtai": Entry("txtai", "txt:Txtai", ("txtai", "faiss-cpu")),
    "lancedb": Entry("LanceDB", "lance:Lance", ("lancedb",)),
    "chroma": Entry("Chroma", "chroma:Chroma", ("chromadb",)),
    "llamaindex": Entry("LlamaIndex", "llama:LlamaIndex", ("llama-index-core", "bm25s")),
    "langchain": Entry(
        "LangChain", "langchain:LangChain", ("langchain-community", "rank-bm25"), persistent=False
    ),
    "haystack": Entry("Haystack", "haystack:Haystack", ("haystack-ai",), persistent=False),
}
OURS = "pullquote"
FLOOR = "hnsw"
"""The engine that others are compared with."""
