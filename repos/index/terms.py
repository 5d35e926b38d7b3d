"""Document frequencies: how many chunks of an index hold each term."""

from __future__ import annotations

from collections import Counter
from typing import Any


def update_counts(cursor: Any, index_id: int, counts: Counter[int], replaced: list[int]) -> None:
    """Turn the counts of new chunks into the index's counts after the switch, and delete the old rows.

    `replaced` are the documents whose chunks the new ones replace; they must not be deleted yet.
    """
    cursor.execute("SELECT words::text FROM repos_chunk WHERE document_id = ANY(%s)", [replaced])
    for (words,) in cursor:
        counts.subtract(_terms_of(words))
    cursor.execute(
        "DELETE FROM repos_term WHERE index_id = %s AND term = ANY(%s) RETURNING term, count",
        [index_id, list(counts)],
    )
    for term, count in cursor.fetchall():
        counts[term] += count


def store(cursor: Any, index_id: int, counts: Counter[int]) -> None:
    """Insert the counts; the index must hold no row for these terms."""
    with cursor.copy("COPY repos_term (index_id, term, count) FROM STDIN") as copy:
        for term, count in counts.items():
            if count > 0:
                copy.write_row((index_id, term, count))


def _terms_of(words: str) -> list[int]:
    """The terms of a sparsevec in its text form, `{term:weight,…}/dimension`."""
    elements = words[1 : words.index("}")]
    return [int(element.partition(":")[0]) for element in elements.split(",") if element]
