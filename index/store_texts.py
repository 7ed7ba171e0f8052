"""The texts of passages alone, or their words, for what compares them and shows none."""

from __future__ import annotations

import json
from collections.abc import Sequence

from index.database import Database
from index.store_rows import decoded_anyway

_PLACES = """
SELECT p.id, p.document, p.first, p.last FROM passages p
JOIN documents d ON d.id = p.document
WHERE d.state = 1 AND p.id IN (SELECT value FROM json_each(?))
"""
_WORDS = """
SELECT p.id, p.words FROM passages p JOIN documents d ON d.id = p.document
WHERE d.state = 1 AND p.id IN (SELECT value FROM json_each(?))
"""
_TEXTS = "SELECT document, text FROM texts WHERE document IN (SELECT value FROM json_each(?))"


def texts(database: Database, ids: Sequence[int]) -> dict[int, str]:
    """Of the LIVE ones of these, not checked.

    A question wants fifty, which as passages and documents take 15 ms and so 2.
    """
    places = database.rows(_PLACES, (json.dumps(list(ids)),))
    rows = {row for _, row, *_ in places}
    found = database.rows(_TEXTS, (json.dumps([*rows]),))
    whole = {row: decoded_anyway(text) for row, text in found}
    return {id_: whole[row][first:last] for id_, row, first, last in places if row in whole}


def words(database: Database, ids: Sequence[int]) -> dict[int, bytes]:
    """What was kept of the LIVE ones of these, not checked; those without are left out.

    Fifty take 0.3 ms.
    """
    found = database.rows(_WORDS, (json.dumps(list(ids)),))
    return {id_: kept for id_, kept in found if kept and isinstance(kept, bytes)}
