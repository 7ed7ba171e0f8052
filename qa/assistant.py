"""The facade: the only place that wires index, retrieval, reader and judgement together."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from index.problems import IndexProblem, UsageProblem
from index.settings import Settings
from index.settings import load as load_settings
from index.text import words
from index.types import (
    Cancelled,
    Changes,
    Document,
    DocumentInfo,
    IndexStatus,
    OnProgress,
    Passage,
    Snapshot,
)
from index.watching import OnDisk, Watch
from qa.answering import answer
from qa.calibration import combiner
from qa.combining import candidates, context
from qa.evidence import without
from qa.opening import new_index, open_index, read_all
from qa.ports import Reader, Reranker
from qa.query import Query, parse
from qa.retrieval import HybridRetriever
from qa.scope import Scope, scope
from qa.types import Answer, Answered, Hit, Retrieved, Step, Understood

if TYPE_CHECKING:
    from index.dask_cluster import Cluster
    from index.library import Index

LONGEST_QUESTION = 2_000
"""Characters; a longer one is a text pasted by mistake, and no model reads it whole."""


class Assistant:
    """Answers questions about texts with the texts' own words.

    Many threads may ask at once, one at a time may change the index. Models are loaded when they
    are first needed.
    """

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self._loading = threading.Lock()
        self._reading = threading.Lock()  # a reader may learn words while it reads
        self._reader: Reader | None = None
        self._notice = ""
        self._reranker: Reranker | None = None
        self._watch: Watch | None = None

    @classmethod
    def over(
        cls,
        sources: Sequence[str | Path | Document] = (),
        *,
        settings: Settings | None = None,
        on_progress: OnProgress | None = None,
    ) -> Assistant:
        """An assistant for these texts, its index in memory.

        Args:
            sources: paths of files and folders, ``-`` for standard input, or documents.
            settings: None for those of the user (file and environment).
            on_progress: told how far indexing is.

        Raises:
            SourceProblem: a text cannot be read.
            ModelProblem: the embedder cannot be loaded.
        """
        settings = settings or load_settings()
        documents = list(read_all(sources, settings))
        assistant = cls(new_index(settings), settings)
        assistant._index.add(documents, on_progress=on_progress)
        return assistant

    @classmethod
    def open(
        cls,
        index: str | Path,
        *,
        settings: Settings | None = None,
        create: bool = False,
        stale: bool = False,
    ) -> Assistant:
        """An assistant for a stored index.

        Args:
            index: its name, or the path of its directory; on a server, its name.
            settings: None for those of the user; without a model in them, the index's own is used.
            create: whether to begin an index where there is none.
            stale: open an index of another model too, to rebuild it with this one.

        Raises:
            IndexProblem: it is not there, damaged, or made by another model or version.
            ModelProblem: the embedder cannot be loaded.
        """
        settings = settings or load_settings()
        return cls(open_index(index, settings, create=create, stale=stale), settings)

    def ask(self, question: str) -> Answer:
        """The answer, or what came nearest to one.

        Raises:
            UsageProblem: the question is empty, too long to be one, or restricted to no text.
            ModelProblem: the reader cannot be loaded.
        """
        for step in self.steps(question):
            if isinstance(step, Answered):
                return step.answer
        raise AssertionError("steps() ends with Answered unless cancelled")

    def steps(
        self, question: str, *, understood: str | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[Step]:
        """What happens on the way to an answer, as it happens; ends early once cancelled.

        Args:
            question: may be restricted, as ``qa.query`` tells: phrases, words left out, texts.
            understood: what to ask instead, within the same restrictions; None for the question.
            cancelled: asked between the steps.

        Raises:
            As ``ask``.
        """
        started = time.perf_counter()
        query = parse(checked(question))
        understood = checked(query.question if understood is None else understood)
        within = scope(query, self._index)
        yield Understood(question, understood, within.said)
        hits, documents = self._found(understood, within)
        yield Retrieved(tuple(hits))
        if cancelled is not None and cancelled():
            return
        answered = self._answer(question, replace(query, question=understood), hits, documents)
        seconds = time.perf_counter() - started
        yield Answered(replace(answered, seconds=seconds, restrictions=within.said))

    def steps_async(
        self, question: str, *, understood: str | None = None
    ) -> AsyncGenerator[Step, None]:
        """``steps`` in a thread; leaving the loop early, or cancelling the task, gives it up."""
        from qa.threads import in_thread  # asyncio costs every start 50 ms; few need it

        return in_thread(
            lambda cancelled: self.steps(question, understood=understood, cancelled=cancelled)
        )

    async def ask_async(self, question: str) -> Answer:
        """``ask`` in a thread."""
        from asyncio import to_thread

        return await to_thread(self.ask, question)

    def _found(self, question: str, within: Scope) -> tuple[list[Hit], dict[str, Document]]:
        """Hits and their documents, of one state: else an old hit would mark a new text wrongly.

        A change that shows meanwhile makes it search again.
        """
        while True:
            version = self._index.version()
            try:
                hits = self._hits(question, self._settings.k, within)
                keys = {hit.passage.document for hit in hits}
                documents = {key: self.document(key) for key in keys}
            except IndexProblem:  # a document may have been removed just now
                if self._index.version() == version:
                    raise
            else:
                if self._index.version() == version:
                    return hits, documents

    def _answer(
        self, question: str, query: Query, hits: Sequence[Hit], documents: dict[str, Document]
    ) -> Answer:
        understood = query.question
        reader = self._load_reader()
        contexts = [context(documents[hit.passage.document], hit) for hit in hits]
        with self._reading:
            readings = reader.read(understood, contexts)
        found = candidates(understood, hits, documents, readings)
        if query.excluded:
            found = without(found, query.excludes)
        weights, self._notice = combiner(reader.name, self._settings)
        return answer(question, understood, found, weights, threshold=self._settings.threshold)

    @property
    def notice(self) -> str:
        """What the user should know of how the last question was judged; mostly empty."""
        return self._notice

    def retrieve(self, question: str, k: int = 10) -> list[Hit]:
        """At most ``k`` passages worth reading, best first.

        Raises:
            UsageProblem: the question is empty, too long to be one, or restricted to no text.
            ModelProblem: the reranker cannot be loaded.
        """
        query = parse(checked(question))
        return self._hits(checked(query.question), k, scope(query, self._index))

    def _hits(self, question: str, k: int, within: Scope) -> list[Hit]:
        retriever = HybridRetriever(self._index, reranker=self._load_reranker())
        return retriever.retrieve(question, k, within)

    def add(
        self,
        sources: Sequence[str | Path | Document],
        *,
        cluster: Cluster | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Changes:
        """Add texts, or take over what changed in them; unchanged ones cost nothing.

        Args:
            sources: paths of files and folders, ``-`` for standard input, or documents.
            cluster: where files are read, cut and embedded; None: here.
            on_progress: told how far it is.
            cancelled: asked now and then.

        Raises:
            SourceProblem: a text cannot be read; nothing is added then.
            IndexProblem: the index cannot be written.
            Problem: the cluster failed; nothing is added then.
        """
        documents = list(read_all(sources, self._settings, cluster))
        prepare = partial(cluster.prepared, self._index.embedder) if cluster else None
        return self._index.add(
            documents, prepare=prepare, on_progress=on_progress, cancelled=cancelled
        )

    def follow(self, sources: Sequence[str | Path]) -> None:
        """Let ``refresh`` look through those of the sources that are folders.

        Raises:
            IndexProblem: the index cannot be written.
        """
        folders = [Path(source).absolute() for source in sources if Path(source).is_dir()]
        if folders:
            self._index.follow(folders)

    def refresh(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> tuple[Changes, list[str]]:
        """Take over what was changed, moved or deleted in files, and what is new in folders.

        Returns:
            What changed, and what could not be read, as sentences; its texts are kept.

        Raises:
            IndexProblem: the index cannot be written.
        """
        from index.sources import read

        limit = self._settings.max_bytes
        return self._index.refresh(
            lambda path: read(path, max_bytes=limit), on_progress=on_progress, cancelled=cancelled
        )

    def on_disk(self, *, patient: bool = True) -> OnDisk:
        """Which files are not as they are in the index, and which are new in followed folders.

        Cheap enough to ask every few seconds; a file is read only when it looks changed.

        Args:
            patient: leave out files that were changed a moment ago, and may be half written.
        """
        with self._loading:
            if self._watch is None:
                from index.sources import read

                self._watch = Watch(partial(read, max_bytes=self._settings.max_bytes))
        return self._index.on_disk(self._watch, patient=patient)

    def repair(self, *, on_progress: OnProgress | None = None) -> list[str]:
        """Make the index anew from its texts if anything in it is damaged; tells what was.

        Raises:
            IndexProblem: the texts themselves cannot be read.
        """
        return self._index.repair(on_progress=on_progress)

    def remove(self, keys: Sequence[str]) -> Changes:
        """Forget documents; unknown keys are ignored.

        Raises:
            IndexProblem: the index cannot be written.
        """
        return self._index.remove(keys)

    def rebuild(
        self, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> Changes:
        """Build passages, vectors and words anew from the stored texts.

        Raises:
            IndexProblem: the index cannot be written.
        """
        return self._index.rebuild(on_progress=on_progress, cancelled=cancelled)

    def snapshot(self, label: str) -> None:
        """Remember the documents as they are, under a label; nothing is copied.

        Raises:
            UsageProblem: the label cannot be shown.
            IndexProblem: there is one of this label, or the index cannot be written.
        """
        self._index.snapshot(label)

    def snapshots(self) -> list[Snapshot]:
        """What can be gone back to, in the order of taking."""
        return self._index.snapshots()

    def restore(self, label: str) -> Changes:
        """Go back to a snapshot, all documents together; nothing is embedded.

        Raises:
            IndexProblem: there is none of this label, or the index cannot be written.
        """
        return self._index.restore(label)

    def discard(self, label: str) -> None:
        """Forget a snapshot, and free what only it held.

        Raises:
            IndexProblem: there is none of this label, or the index cannot be written.
        """
        self._index.discard(label)

    def documents(self) -> list[DocumentInfo]:
        """What is indexed."""
        return self._index.documents()

    def document(self, key: str) -> Document:
        """One document with its text.

        Raises:
            IndexProblem: no document has this key.
        """
        return self._index.document(key)

    def passage_text(self, passage: Passage) -> str:
        """The text of a passage, as it stands in its document."""
        return passage.span.of(self.document(passage.document).text)

    def status(self) -> IndexStatus:
        """The state of the index in figures."""
        return self._index.status()

    def verify(self) -> list[str]:
        """What is damaged in the index, as sentences; empty when all is well."""
        return self._index.verify()

    def close(self) -> None:
        """Release the files of the index. Closing twice is allowed."""
        self._index.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _load_reader(self) -> Reader:
        with self._loading:
            if self._reader is None:
                from qa.readers import load

                self._reader = load(self._settings.reader)
            return self._reader

    def _load_reranker(self) -> Reranker | None:
        if self._settings.reranker is None:
            return None
        with self._loading:
            if self._reranker is None:
                from qa.rerankers import load

                self._reranker = load(self._settings.reranker)
            return self._reranker


def checked(question: str) -> str:
    """The question without white space around it.

    Raises:
        UsageProblem: it has no word, or more characters than a question can have.
    """
    stripped = question.strip()
    if len(stripped) > LONGEST_QUESTION:
        raise UsageProblem(
            f"The question has {len(stripped):,} characters; {LONGEST_QUESTION:,} is the most.",
            "Ask in a sentence or two, and give longer text as an article.",
        )
    if not words(stripped):
        raise UsageProblem(
            "The question is empty." if not stripped else "The question has no word in it.",
            'Ask something such as "Who led the talks?".',
        )
    return stripped
