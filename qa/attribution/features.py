"""Candidates for the speaker of a target, each a mention with its reporting verb, as features.

Features are strings: an order of things, the classes of the words between them, the verb, the
noun. A weight for each that was seen often enough is learnt (``training/attribution``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.attribution.mentions import Mention, mentions
from qa.attribution.tokens import Stretch, Token, sentence_numbers

FAR = 60
"""Tokens between a mention and the target from which on the mention is no candidate."""
CUE_BEFORE = 5
"""Tokens by which a verb may stand before its subject."""
CUE_AFTER = 22
"""Tokens by which a verb may stand after its subject: an apposition may be between."""
EXACT = 4
"""Tokens of a gap whose classes are given one by one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention that may be the speaker."""

    mention: Mention | None
    """None: the target has no speaker, or none can be told."""
    cue: int | None
    """The token of the reporting verb, if one is near."""
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _View:
    """A stretch with what all of its candidates need."""

    tokens: Sequence[Token]
    targets: Sequence[int]
    sentences: Sequence[int]
    mentions: Sequence[Mention]
    cues: Sequence[int]
    classes: Sequence[str]
    """Of the tokens: their kinds, ``V`` for verbs of saying, ``H`` for nouns that may speak."""
    base: str
    """``D`` or ``I``: direct or indirect."""


def candidates(stretch: Stretch, nouns: Collection[str], verbs: Collection[str]) -> list[Candidate]:
    """Every candidate, that for no speaker first."""
    tokens = stretch.tokens
    classes = [_class(token, nouns, verbs) for token in tokens]
    view = _View(
        tokens,
        stretch.targets,
        sentence_numbers(tokens),
        mentions(tokens, nouns, verbs),
        [i for i, name in enumerate(classes) if name == "V"],
        classes,
        "D" if stretch.direct else "I",
    )
    found = [Candidate(None, None, tuple(_of_target(view)))]
    for mention in view.mentions:
        near = _nearest(view, mention.last)
        if abs(near - mention.last) <= FAR:
            found += [
                Candidate(mention, cue, tuple(_of_pair(view, mention, cue, near)))
                for cue in _cues(view, mention)
            ]
    return found


def _nearest(view: _View, at: int) -> int:
    return min(view.targets, key=lambda target: abs(target - at))


def _cues(view: _View, mention: Mention) -> Iterator[int | None]:
    """The verbs that may go with the mention, and none."""
    yield None
    for cue in view.cues:
        gap = cue - mention.last if cue > mention.last else mention.first - cue
        near = gap <= (CUE_AFTER if cue > mention.last else CUE_BEFORE)
        if near and view.sentences[cue] == view.sentences[mention.last]:
            yield cue


def _of_target(view: _View) -> Iterator[str]:
    base = view.base
    first, last = view.targets[0], view.targets[-1]
    here = {view.sentences[t] for t in view.targets}
    yield f"0:{base}"
    yield f"0:{base}:{_around(view, first, last)}"
    yield f"0:{base}:cues{min(3, sum(view.sentences[c] in here for c in view.cues))}"
    yield f"0:{base}:far{min(3, len(view.cues))}"
    yield f"0:{base}:{_length(view, first)}"
    for cue in view.cues:
        if view.sentences[cue] in here:
            yield f"0:{base}:{view.tokens[cue].text.lower()}"


def _of_pair(view: _View, mention: Mention, cue: int | None, target: int) -> Iterator[str]:
    tokens, base = view.tokens, view.base
    order = _order(mention, cue, target)
    inner = "" if cue is None else _gap(view, mention.last, cue, mention)
    edge = min((i for i in (mention.last, cue) if i is not None), key=lambda i: abs(i - target))
    outer = _gap(view, edge, target, mention)
    distance = view.sentences[target] - view.sentences[mention.last]
    where = f"{base}{order}{max(-2, min(3, distance))}"
    kind = mention.kind
    word = tokens[mention.last].text.lower()
    before = _edge(view, mention.first - 1)
    after = _edge(view, mention.last + 1)
    yield from (where, f"{base}{order}", f"{where}:{kind}")
    yield from (f"{base}{order}|{inner}|{outer}", f"{order}|{inner}", f"{base}{order}||{outer}")
    yield from (
        f"{order}|{inner}|{kind}",
        f"b{before}{order[:2]}",
        f"a{after}{order}",
        f"b{before}a{after}{base}",
    )
    yield f"{kind}{base}"
    if kind != "name":
        yield f"w={word}"
        yield f"w={word}:{order}"
    yield f"{base}q{_between(view, edge, target, 'QT')}:{order}"
    yield f"{base}m{_mentions_between(view, mention, target)}:{order}"
    yield f"{base}p{_between(view, edge, target, '¶')}:{order}"
    yield f"{_shape(view, target)}:{order}|{outer}"
    yield f"{_shape(view, target)}:{order}|{inner}"
    yield f"{_length(view, target)}:{where}"
    yield f"{_around(view, target, target)}:{base}{order}"
    others = [c for c in view.cues if c != cue and abs(c - target) < abs(edge - target)]
    yield f"{base}nearer{min(2, len(others))}:{order}"
    if cue is not None:
        verb = tokens[cue].text.lower()
        follows = _word(view, cue + 1)
        yield from (
            f"c={verb}",
            f"c={verb}:{order}",
            f"c={verb}:{follows}",
            f"{order}:{follows}{base}",
        )
        yield f"c={verb}:{base}"
        yield f"aux{_edge(view, cue - 1)}:{order}"


def _order(mention: Mention, cue: int | None, target: int) -> str:
    """Mention, verb and target as they come: ``TcM``."""
    places = [(mention.last, "m"), (target, "T")]
    if cue is not None:
        places.append((cue, "c"))
    return "".join(name for _, name in sorted(places))


def _gap(view: _View, one: int, other: int, mention: Mention) -> str:
    """The classes of the tokens between two places; of a longer gap its outline."""
    left, right = sorted((one, other))
    start = left + 1
    end = mention.first if right == mention.last else right
    kinds = "".join(view.classes[start : max(start, end)])
    if len(kinds) <= EXACT:
        return kinds
    if kinds[0] == "," and kinds[-1] == ",":
        return f",~{'V' if 'V' in kinds else ''}{'T' if 'T' in kinds else ''},"
    flags = "".join(c for c in "¶.V;WQThS,:" if c in kinds)
    size = next(i for i, limit in enumerate((7, 12, 20, 999)) if len(kinds) <= limit)
    return f"{kinds[0]}~{flags}{size}~{kinds[-1]}"


def _class(token: Token, nouns: Collection[str], verbs: Collection[str]) -> str:
    if token.kind in "QT¶":
        return token.kind
    word = token.text.lower()
    if word in verbs:
        return "V"
    return "H" if word in nouns and token.kind == "w" else token.kind


def _edge(view: _View, at: int) -> str:
    """The class of a token, and the word if it is a preposition or the like; ``^`` outside."""
    if not 0 <= at < len(view.tokens):
        return "^"
    kind = view.classes[at]
    return f"{kind}{view.tokens[at].text.lower()}" if kind in "PoWhSCA" else kind


def _word(view: _View, at: int) -> str:
    edge = _edge(view, at)
    return edge if edge[0] != "V" else "V"


def _around(view: _View, first: int, last: int) -> str:
    """The classes of two tokens on either side."""
    before = "".join(_edge(view, i)[0] for i in (first - 2, first - 1))
    after = "".join(_edge(view, i)[0] for i in (last + 1, last + 2))
    return f"{before}T{after}"


def _shape(view: _View, target: int) -> str:
    """How a quote begins and ends; the word before a target that is not quoted."""
    if view.base == "I":
        return _edge(view, target - 1)
    inside = view.tokens[target].text.strip("“”„«»\"'‘’ ")
    if not inside:
        return "empty"
    begins = "A" if inside[0].isupper() else "a"
    return begins + (inside[-1] if not inside[-1].isalnum() else "w")


def _length(view: _View, target: int) -> str:
    return f"l{min(6, view.tokens[target].text.count(' ') // 2)}"


def _between(view: _View, one: int, other: int, kinds: str) -> int:
    low, high = sorted((one, other))
    return min(3, sum(view.tokens[i].kind in kinds for i in range(low + 1, high)))


def _mentions_between(view: _View, mention: Mention, target: int) -> int:
    low, high = sorted((mention.last, target))
    return min(4, sum(low < other.last < high for other in view.mentions))


def distinct(found: Sequence[Candidate]) -> list[Mention]:
    """The mentions of the candidates, each once, in order."""
    ordered = [candidate.mention for candidate in found if candidate.mention is not None]
    return ordered[:1] + [b for a, b in pairwise(ordered) if a != b]
