"""What is asked and of which article: the values that an evaluation starts from."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import Document, Span


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its known answers."""

    question: str
    context: Span
    """The paragraph (or whole text) it was asked of, in characters of the article."""
    answers: tuple[Span, ...]
    """Every accepted answer, in characters of the article; empty: the article does not tell."""

    @property
    def answerable(self) -> bool:
        """Whether the article holds an answer."""
        return bool(self.answers)

    def starts_in(self, span: Span) -> bool:
        """Whether an accepted answer begins inside ``span``."""
        return any(span.start <= answer.start < span.end for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Article:
    """A document, the contexts it is made of, and what is asked of it."""

    document: Document
    contexts: tuple[Span, ...]
    """In characters of the document, in order."""
    cases: tuple[Case, ...]

    def gold_texts(self, case: Case) -> list[str]:
        """The accepted answers of ``case`` as text."""
        return [answer.of(self.document.text) for answer in case.answers]
