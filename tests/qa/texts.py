"""Texts that the tests ask about."""

from __future__ import annotations

from index.text import blocks
from index.types import Document

FERRY = """\
Harbour council keeps the night ferry

MARLOW — The harbour council voted seven to two on Tuesday to keep the night ferry running \
through the winter, ending a quarrel that had lasted since Sept. 4.

“We heard from 340 people who would lose their way to work,” said Ines Okafor, who chairs the \
council. “A port is a promise. You do not cancel a promise because it is dark.”

Tomas Brandt, the treasurer, warned that the boat loses about 12,000 crowns a month. He asked for \
a higher fare and was voted down.

“Brandt’s demands were about money, not about people,” said Lena Moor, a teacher on the island.

The ferry will be repaired in March because its hull has begun to rust.
"""


def document(text: str = FERRY, key: str = "ferry.txt") -> Document:
    """A document with its blocks, whose source is its key."""
    return Document(key, text.partition("\n")[0], text, key, tuple(blocks(text)))
