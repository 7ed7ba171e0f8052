"""The facade: the only place that wires index, retrieval, reader and judgement together."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from index.problems import IndexProblem, UsageProblem
from index.settings import Settings
from index.settings import load as load_settings
from index.text import words
from index.types import Cancelled, Document, OnProgress
from qa.answering import answer
from qa.calibration import combiner
from qa.combining import candidates, context
from qa.evidence import without
from qa.opening import new_index, open_index
from qa.ports import Reader, Reranker
from qa.query import Query, parse
from qa.reading import expanded, read_all
from qa.retrieval import HybridRetriever
from qa.scope import Scope, scope
from qa.types import Answer, Answered, Hit, Retrieved, Step, Understood
from qa.upkeep import Upkeep

if TYPE_CHECKING:
    from index.library import Index

LONGEST_QUESTION = 2_000
"""Characters; a longer one is a text pasted by mistake, and no model reads it whole."""


class Assistant(Upkeep):
    """Answers questions about texts with the texts' own words.

    Many threads may ask at once, one at a time may change the index. Models are loaded when they
    are first needed.
    """

    def __init__(self, index: Index, settings: Settings) -> None:
        super().__init__(index, settings)
        self._loading = threading.Lock()
        self._reading = threading.Lock()  # a reader may learn words while it reads
        self._reader: Reader | None = None
        self._notice = ""
        self._reranker: Reranker | None = None

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
        documents = list(read_all(expanded(sources, settings), settings))
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
