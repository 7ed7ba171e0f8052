"""Passages by the days of their documents."""

from __future__ import annotations

from index.database import Database

_DATED = """
SELECT id, (SELECT min(id) FROM passages WHERE document = d.id),
    (SELECT max(id) FROM passages WHERE document = d.id), passages
FROM (
    SELECT id, passages, substr(CASE date WHEN '' THEN added ELSE date END, 1, 10) AS day
    FROM documents WHERE state = 1
) d WHERE day >= ? AND (? = '' OR day < ?)
"""


def dated(database: Database, after: str, before: str) -> list[int]:
    """Ids of the LIVE passages of the documents of these days, ascending; see `PassageStore`.

    Only the first and the last passage of each are looked for, since those of one document are
    numbered in a row: of 20,000 documents with 400,000 passages it takes 20 to 60 ms, and a
    look at every one 360 ms.
    """
    found: list[int] = []
    for row, first, last, count in database.rows(_DATED, (after, before, before)):
        if last - first + 1 == count:
            found += range(first, last + 1)
        elif count:  # by whatever cause
            sql = "SELECT id FROM passages WHERE document = ?"
            found += [id_ for (id_,) in database.rows(sql, (row,))]
    return sorted(found)
