"""An answer as plain text, Markdown or JSON; pure, and safe to write to a terminal.

Documents, questions and file names are untrusted: what could steer a terminal or turn the reading
direction round is shown, not obeyed. Offsets are always those of the original text.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.types import Document, Span
from qa.query import parse
from qa.types import Answer, Evidence, Verdict

if TYPE_CHECKING:
    from qa.records import Record

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls of ASCII and Latin-1, ESC and CSI among them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f"  # separators, annotations, tags
    "\ud800-\udfff]"  # halves of surrogate pairs, as in undecodable file names
)
_SPACE = re.compile(r"\s+")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
OPEN, CLOSE = "‹", "›"
"""Stand round the answer span, with colour and without."""
_ON, _OFF = "\x02", "\x03"
"""Hold the places of the marks while lines are broken; cleaned text has no such character."""
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def clean(text: str) -> str:
    """``text`` with all that a terminal could obey made visible; line breaks and tabs stay."""
    return _UNSAFE.sub(_visible, text.replace("\r\n", "\n"))


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"


def one_line(text: str) -> str:
    """``text`` cleaned, every run of white space a single space."""
    return _flat(text).strip()


def _flat(text: str) -> str:
    return clean(_SPACE.sub(" ", text))


def where(evidence: Evidence) -> str:
    """File, line and characters of the answer span."""
    span = evidence.span
    return (
        f"{one_line(evidence.document.source)}:{evidence.line}, characters {span.start}–{span.end}"
    )


def said_by(evidence: Evidence) -> str:
    """Who said it, as a phrase such as "said by Ines Okafor"; empty where that is not told."""
    if evidence.speaker is None:
        return ""
    name = one_line(evidence.speaker.name)
    return f"said by {name}" if evidence.speaker.direct else f"according to {name}"


def _beside(evidence: Evidence) -> str:
    """What stands under a sentence: its place, its score, who said it."""
    parts = (where(evidence), f"{evidence.score:.2f}", said_by(evidence))
    return " · ".join(part for part in parts if part)


def verdict_line(answer: Answer | Record) -> str:
    """The verdict in a sentence, with the figures behind it."""
    figures = f"confidence {answer.confidence:.2f}, threshold {answer.threshold:.2f}"
    if answer.verdict is Verdict.ANSWERED:
        return f"{figures[0].upper()}{figures[1:]}."
    if answer.verdict is Verdict.NEAREST:
        return f"Not answered for sure; the nearest the text comes ({figures}):"
    if answer.near_misses:
        return f"Not in the text ({figures}). What came nearest:"
    return "Not in the text: nothing in it is near the question."


def understood_line(answer: Answer) -> str:
    """What was really asked, in a sentence; empty if that is the question as it was put."""
    put = parse(answer.question).question.strip()
    return "" if answer.understood == put else f"Understood: {one_line(answer.understood)}"


def restriction_line(answer: Answer | Record) -> str:
    """What the question was restricted to, in a sentence; empty if to nothing."""
    said = one_line("; ".join(answer.restrictions))
    return f"Restricted: {said}." if said else ""


def to_text(answer: Answer, *, colour: bool = False, width: int | None = None) -> str:
    """Plain text, ends with a line break.

    Args:
        answer: what to write.
        colour: whether ANSI bold and faint may be used.
        width: columns to break lines at, for a terminal; None leaves every sentence on its line.
    """
    bold, plain = (_BOLD, _PLAIN) if colour else ("", "")
    parts = [f"{bold}{line}{plain}" for line in _wrapped(one_line(answer.text or ""), width)]
    parts += filter(None, [understood_line(answer), restriction_line(answer), verdict_line(answer)])
    for number, piece in enumerate(answer.evidence or answer.near_misses, start=1):
        parts += ["", *_piece(number, piece, colour=colour, width=width)]
    return "\n".join(parts) + "\n"


def _wrapped(text: str, width: int | None, indent: str = "") -> list[str]:
    if width is None:
        return [text] if text else []
    room = max(20, width - len(indent))
    return textwrap.wrap(text, width=room, break_on_hyphens=False)


def _piece(number: int, evidence: Evidence, *, colour: bool, width: int | None) -> list[str]:
    label = f"[{number}] "
    indent = " " * len(label)
    lines = _painted(_wrapped(_marked(evidence), width, indent), colour=colour)
    place = _beside(evidence)
    lines.append(f"{_DIM}{place}{_PLAIN}" if colour else place)
    return [label + lines[0], *(indent + line for line in lines[1:])]


def _marked(evidence: Evidence) -> str:
    """The sentence on one line, or as far as the span goes beyond it, the span marked."""
    before, span, after = _parts(evidence)
    return f"{_flat(before)}{_ON}{_flat(span)}{_OFF}{_flat(after)}".strip()


def _parts(evidence: Evidence) -> tuple[str, str, str]:
    """What stands before the span in its sentence, the span, and what stands after it."""
    text, sentence, span = evidence.document.text, evidence.sentence, evidence.span
    end = sentence.end
    if span.end > end:
        closing = span.end < len(text) and text[span.end] in '”»"'
        end = span.end + closing
    return text[sentence.start : span.start], span.of(text), text[span.end : end]


def _painted(lines: Sequence[str], *, colour: bool) -> list[str]:
    """Marks in their places; with colour bold between them, switched anew on every line."""
    bold, plain = (_BOLD, _PLAIN) if colour else ("", "")
    inside, painted = False, []
    for line in lines:
        start = bold if inside else ""
        inside = (inside or _ON in line) and _OFF not in line
        marked = line.replace(_ON, bold + OPEN).replace(_OFF, CLOSE + plain)
        painted.append(start + marked + (plain if inside else ""))
    return painted


def to_markdown(answer: Answer) -> str:
    """Markdown with the spans in bold; ends with a line break."""
    lines = [f"**{escaped(answer.question.strip())}**", ""]
    if answer.text is not None:
        lines += [f"> {escaped(answer.text)}", ""]
    for line in filter(None, [understood_line(answer), restriction_line(answer)]):
        lines += [escaped(line), ""]
    lines += [verdict_line(answer), ""]
    shown = answer.evidence or answer.near_misses
    lines += [f"{number}. {_markdown_piece(piece)}" for number, piece in enumerate(shown, start=1)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown_piece(evidence: Evidence) -> str:
    before, span, after = (escaped(part) for part in _parts(evidence))
    return f"{before}**{span}**{after}  \n   {escaped(_beside(evidence))}"


def escaped(text: str) -> str:
    """``text`` on one line, cleaned, in which nothing is Markdown."""
    return _MARKDOWN.sub(r"\\\1", _flat(text))


def to_json(answer: Answer, *, ascii_only: bool = False) -> str:
    """JSON as documented under ``pullquote ask --help``; ends with a line break.

    Args:
        answer: what to write.
        ascii_only: escape everything beyond ASCII, for an output that cannot encode it.
    """
    data = {
        "question": answer.question,
        "understood": answer.understood,
        "restrictions": list(answer.restrictions),
        "verdict": answer.verdict.value,
        "text": answer.text,
        "confidence": round(answer.confidence, 4),
        "threshold": round(answer.threshold, 4),
        "evidence": [_evidence_data(piece) for piece in answer.evidence],
        "near_misses": [_evidence_data(piece) for piece in answer.near_misses],
        "seconds": round(answer.seconds, 3),
    }
    return safe_json(data, ascii_only=ascii_only) + "\n"


def safe_json(data: object, *, ascii_only: bool = False, indent: int | None = 2) -> str:
    """JSON that no terminal obeys."""
    written = json.dumps(data, ensure_ascii=ascii_only, indent=indent)
    # json.dumps has escaped C0 already; what is left of the unsafe stands inside strings only.
    return _UNSAFE.sub(_json_escape, written)


def _json_escape(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]


def _evidence_data(evidence: Evidence) -> dict[str, object]:
    return {
        "document": evidence.document.source,
        "key": evidence.document.key,
        "title": evidence.document.title,
        "line": evidence.line,
        "passage": _span_data(evidence.document, evidence.passage),
        "sentence": _span_data(evidence.document, evidence.sentence),
        "span": _span_data(evidence.document, evidence.span),
        "score": round(evidence.score, 4),
        "speaker": _speaker_data(evidence),
    }


def _speaker_data(evidence: Evidence) -> dict[str, object] | None:
    speaker, document = evidence.speaker, evidence.document
    if speaker is None:
        return None
    return {
        "name": speaker.name,
        "direct": speaker.direct,
        "mention": _span_data(document, speaker.span),
        "cue": None if speaker.cue is None else _span_data(document, speaker.cue),
    }


def _span_data(document: Document, span: Span) -> dict[str, object]:
    return {"start": span.start, "end": span.end, "text": span.of(document.text)}
