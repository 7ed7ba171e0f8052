"""``pullquote ask``: one question, one answer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from qa.commands.common import Ticker, assistant, colour, width, with_place, with_settings
from qa.exits import Exit
from qa.render import to_json, to_markdown, to_text

if TYPE_CHECKING:
    from index.settings import Settings
    from qa.assistant import Assistant
    from qa.types import Answer


@click.command("ask")
@click.argument("question")
@click.argument("articles", nargs=-1, metavar="[ARTICLE]...")
@click.option("--index", metavar="NAME", help="Ask a stored index: its name, or a path.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How to print the answer.",
)
@click.option(
    "--after",
    multiple=True,
    metavar="QUESTION",
    help="A question asked before, that this one follows; give it again for each, oldest first.",
)
@click.option("--as-is", is_flag=True, help="Do not read it in the light of those before.")
@click.option("--color/--no-color", "colours", default=None, help="Default: at a terminal.")
@with_settings
@with_place
def command(
    question: str,
    articles: Sequence[str],
    index: str | None,
    as_json: bool,
    form: str,
    after: Sequence[str],
    as_is: bool,
    colours: bool | None,
    settings: Settings,
) -> int:
    """Answer QUESTION from the ARTICLEs: files, folders, or - for standard input.

    Prints the answer in the article's own words, then the sentences that support it, the answer
    between ‹ and ›, with file, line and characters (counted from 0, end not included). When the
    texts do not tell, it says so, shows what came nearest, and exits with 1.

    \b
    Examples:
      pullquote ask "What did Ryabkov demand?" talks.txt
      pullquote ask "Who won?" --json monday.txt tuesday.txt
      curl -s URL | pullquote ask "How many were hurt?" -
      pullquote ask "Why was it delayed?" --index news
      pullquote ask --after "Who is Ryabkov?" "What did he demand?" talks.txt

    \b
    In the question:
      "night ferry"     the passage must say it so (for a name: the text)
      -fare -"a fare"   no sentence with the word, in any form, or the phrase
      in:harbor         texts with it in their name or title
      after:2022-01-31  texts of that day or later; before: earlier ones

    \b
    JSON: question, understood, restrictions, verdict, text (null when the texts do not tell),
    confidence, threshold, evidence and near_misses (best first; each with document, key, title,
    line, passage, sentence and span as {start, end, text}, score, speaker: null or name, direct,
    mention, cue), seconds.
    """  # noqa: D301 - click wants the backspace character
    with Ticker() as ticker, assistant(articles, index, settings, progress=ticker) as asked:
        answer = answered(asked, question, () if as_is else after)
        notice = asked.notice
    if notice:
        click.echo(notice, err=True)
    click.echo(rendered(answer, "json" if as_json else form, colours), nl=False, color=True)
    return Exit.NOT_IN_TEXT if answer.text is None else Exit.ANSWERED


def answered(asked: Assistant, question: str, after: Sequence[str]) -> Answer:
    """The answer to a question as it is meant after earlier ones, which are asked first."""
    if not after:
        return asked.ask(question)
    from qa.conversation import Conversation
    from qa.rewriting import load

    conversation = Conversation(asked, rewriter=load())
    for earlier in after:
        conversation.answer(earlier)
    return conversation.answer(question)


def rendered(answer: Answer, form: str, colours: bool | None) -> str:
    """The answer in one of the three forms."""
    if form == "json":
        encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
        return to_json(answer, ascii_only=not encoding.startswith("utf"))
    if form == "markdown":
        return to_markdown(answer)
    return to_text(answer, colour=colour(colours), width=width())
