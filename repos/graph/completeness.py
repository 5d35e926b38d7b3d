"""What the graph lacks of a file. Callers have checked that the index may be read."""

from __future__ import annotations

from dataclasses import dataclass

from deepwiki.foundation.sql import fetch_row, fetch_value
from repos.models import LATEST_GENERATION

OF_FILE = """
SELECT r.left_out, r.by_words FROM repos_graphreferences r
JOIN repos_document d ON d.id = r.document_id
WHERE d.index_id = %(index)s AND d.path = %(path)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
"""
INCOMPLETE = """
SELECT count(*) FROM repos_graphreferences r
JOIN repos_document d ON d.id = r.document_id
WHERE (r.left_out > 0 OR r.by_words) AND d.index_id = %(index)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
"""
BY_WORDS = """
SELECT count(*) FROM repos_graphreferences r JOIN repos_document d ON d.id = r.document_id
WHERE d.index_id = %s AND d.is_live AND r.by_words
"""


@dataclass(frozen=True)
class Completeness:
    """How many names of a file were left out, and whether its grammar failed on it."""

    left_out: int = 0
    by_words: bool = False


def completeness(index_id: int, path: str, *, at: int = LATEST_GENERATION) -> Completeness:
    """What the graph lacks of a file."""
    row = fetch_row(OF_FILE, {"index": index_id, "path": path, "at": at})
    return Completeness() if row is None else Completeness(*row)


def count_incomplete(index_id: int, *, at: int = LATEST_GENERATION) -> int:
    """The files of an index of which names may be missing."""
    return int(fetch_value(INCOMPLETE, {"index": index_id, "at": at}))


def count_read_by_words(index_id: int) -> int:
    """The files of an index whose grammar failed on them."""
    return int(fetch_value(BY_WORDS, [index_id]))
