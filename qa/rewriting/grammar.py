"""The closed classes of English words by which a question leans on what was said before."""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRONOUNS = {
    "he": "he", "him": "he", "his": "he", "himself": "he",
    "she": "she", "her": "she", "hers": "she", "herself": "she",
    "they": "they", "them": "they", "their": "they", "theirs": "they", "themselves": "they",
    "it": "it", "its": "it", "itself": "it",
    "that": "that", "this": "that", "these": "those", "those": "those",
    "there": "there", "ones": "those",
}  # fmt: skip
"""Word to the kind of slot that it opens."""

POSSESSIVE = _set("his her hers its their theirs")
ASKING = _set("who whom whose what which when where why how")
BE = _set("am is are was were isn't aren't wasn't weren't")
AUXILIARIES = BE | _set(
    """be been being do does did have has had can could will would shall should may might must
    don't doesn't didn't haven't hasn't hadn't can't couldn't won't wouldn't shouldn't"""
)
PREPOSITIONS = _set(
    """about above across after against along among around at before behind below beside besides
    between beyond by despite during for from in inside into near of off on onto outside over since
    through to toward towards under until up upon with within without"""
)
PERSONAL = _set(
    """i you we he him his himself she her hers herself they them their theirs themselves it its
    itself that this these those there then who whom whose what which when where why how me my your
    our us one ones anyone anything else so such"""
)
JOINING = _set("of the and de la van von der for in on at & a an to")
"""May stand within a name or a noun phrase, never at its end."""

BARRIERS = (
    AUXILIARIES
    | PERSONAL
    | _set("not if because than as or but while although though ever also just very know")
)
"""Never within a noun phrase that a pronoun could stand for."""
