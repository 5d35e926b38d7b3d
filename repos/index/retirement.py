"""Documents that an update replaces are retired: no search finds them but by a snapshot.

See `Document` for the generations of an index, and `purge` for their end.
"""

from __future__ import annotations

from collections.abc import Sequence

from deepwiki.foundation.sql import execute, fetch_value

NEXT_GENERATION = """
UPDATE repos_index SET generation = generation + 1 WHERE id = %s RETURNING generation
"""
RETIRE_DOCUMENTS = """
UPDATE repos_document SET is_live = NULL, retired_in = %s WHERE id = ANY(%s)
"""
RETIRE_CHUNKS = "UPDATE repos_chunk SET is_live = NULL WHERE document_id = ANY(%s)"
# Links between files are those of the live state.
DELETE_LINKS = "DELETE FROM repos_link WHERE source_id = ANY(%s) OR target_id = ANY(%s)"
DELETE_IDENTIFIERS = "DELETE FROM repos_identifiers WHERE document_id = ANY(%s)"
STAGED_TO_LIVE = """
UPDATE repos_document SET is_live = true, added_in = %s WHERE index_id = %s AND NOT is_live
"""
STAGED_CHUNKS_TO_LIVE = "UPDATE repos_chunk SET is_live = true WHERE index_id = %s AND NOT is_live"
COUNT = """
SELECT (SELECT count(*) FROM {table} WHERE index_id = %s)
     - (SELECT count(*) FROM {table} WHERE index_id = %s AND is_live IS NULL)
"""


def next_generation(index_id: int) -> int:
    """The generation that the update in this transaction makes."""
    return int(fetch_value(NEXT_GENERATION, [index_id]))


def retire(documents: Sequence[int], generation: int) -> None:
    """Retire live documents with their chunks; their links go."""
    ids = list(documents)
    if not ids:
        return
    execute(RETIRE_DOCUMENTS, [generation, ids])
    execute(RETIRE_CHUNKS, [ids])
    execute(DELETE_LINKS, [ids, ids])
    execute(DELETE_IDENTIFIERS, [ids])


def make_staged_live(index_id: int, generation: int) -> None:
    """Make the staged documents of an index live."""
    execute(STAGED_TO_LIVE, [generation, index_id])
    execute(STAGED_CHUNKS_TO_LIVE, [index_id])


def count_not_retired(table: str, index_id: int) -> int:
    """How many documents or chunks of an index are not retired.

    As a difference, since each of the two is counted in an index of the table alone.
    """
    return int(fetch_value(COUNT.format(table=table), [index_id, index_id]))
