"""Document frequencies: how many chunks of an index hold each term."""

from __future__ import annotations

from collections import Counter

from deepwiki.foundation.sql import fetch_all
from repos.index.bulk import copy_rows


def update_counts(index_id: int, counts: Counter[int], replaced: list[int]) -> None:
    """Make counts of new chunks those after the switch, and delete the old rows.

    `replaced` are the documents whose chunks the new ones replace, not yet deleted.
    """
    old_chunks = "SELECT words::text FROM repos_chunk WHERE document_id = ANY(%s)"
    for (sparse_vector,) in fetch_all(old_chunks, [replaced]):
        counts.subtract(_terms_of(sparse_vector))
    old_counts = fetch_all(
        "DELETE FROM repos_term WHERE index_id = %s AND term = ANY(%s) RETURNING term, count",
        [index_id, list(counts)],
    )
    for term, count in old_counts:
        counts[term] += count


def staged_counts(index_id: int) -> Counter[int]:
    """In how many staged chunks of an index each term stands."""
    counts: Counter[int] = Counter()
    staged = "SELECT words::text FROM repos_chunk WHERE index_id = %s AND NOT is_live"
    for (sparse_vector,) in fetch_all(staged, [index_id]):
        counts.update(_terms_of(sparse_vector))
    return counts


def store(index_id: int, counts: Counter[int]) -> None:
    """Insert the counts; the index must hold no row for these terms."""
    rows = ((index_id, term, count) for term, count in counts.items() if count > 0)
    copy_rows("repos_term", "index_id, term, count", rows)


def _terms_of(sparse_vector: str) -> list[int]:
    """The terms of a sparsevec in its text form, `{term:weight,…}/dimension`."""
    elements = sparse_vector[1 : sparse_vector.index("}")].split(",")
    return [int(element.partition(":")[0]) for element in elements if element]
