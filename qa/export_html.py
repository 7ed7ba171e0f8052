"""A conversation as one HTML page; everything in it is escaped, and it asks for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qa.export_markdown import remarks, where
from qa.records import Quote, Record
from qa.render import clean, one_line, verdict_line

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.05rem/1.6 Georgia, serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; margin-top: 2.5rem; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 0.25rem solid; font-size: 1.15rem; }
mark { padding: 0 0.15em; border-radius: 0.2em; }
li { margin: 0.75rem 0; }
.about { font: 0.85rem/1.5 sans-serif; opacity: 0.75; }
"""
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p class="about">{began}</p>
{turns}
</body>
</html>
"""


def page(title: str, began: str, records: Sequence[Record]) -> str:
    """A section for each turn, its sentences numbered, their spans marked."""
    turns = "\n".join(_turn(number, kept) for number, kept in enumerate(records, start=1))
    return _PAGE.format(title=_line(title), style=_STYLE, began=_line(began), turns=turns)


def _turn(number: int, kept: Record) -> str:
    lines = [f"<h2>{number}. {_line(kept.question)}</h2>"]
    lines += [_about(remark) for remark in remarks(kept)]
    if kept.text is not None:
        lines.append(f"<blockquote>{_line(kept.text)}</blockquote>")
    lines.append(_about(verdict_line(kept)))
    if kept.quotes:
        lines += ["<ol>", *map(_piece, kept.quotes), "</ol>"]
    return "\n".join(["<section>", *lines, "</section>"])


def _piece(quote: Quote) -> str:
    before, span, after = (escape(clean(part)) for part in quote.parts)
    return f"<li>{before}<mark>{span}</mark>{after}{_about(where(quote))}</li>"


def _about(text: str) -> str:
    return f'<p class="about">{_line(text)}</p>'


def _line(text: str) -> str:
    return escape(one_line(text))
