"""The files of indexes that filters leave to be searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from deepwiki.foundation.sql import fetch_all
from repos.search.filters import FileMatcher, Filters, unmatched_patterns
from repos.search.targets import ReadableIndex, Target, find_readable_indexes

FILES = """
SELECT id, path FROM repos_document
WHERE index_id = %(index)s
  AND added_in <= %(generation)s AND (is_live OR retired_in > %(generation)s)
"""


@dataclass(frozen=True)
class FilteredFiles:
    """What filters leave of the files of some repositories.

    `documents` are the ids of `total` documents that are left, `unmatched` the include
    patterns that match no file at all.
    """

    documents: list[int]
    total: int
    unmatched: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of the files that is left, more than 0 even when none is."""
        return max(1, len(self.documents)) / max(1, self.total)


def filtered_files(
    targets: Sequence[Target], user_id: int | None, filters: Filters
) -> FilteredFiles:
    """The files left in those of the repositories and snapshots that the user may read."""
    indexes = find_readable_indexes(targets, user_id)
    return _filtered(tuple(indexes), filters.frozen())


@lru_cache(maxsize=32)
def _filtered(indexes: tuple[ReadableIndex, ...], filters: Filters) -> FilteredFiles:
    files = [file for index in indexes for file in _files(index)]
    matcher = FileMatcher(filters)
    documents = [pk for pk, path in files if matcher.matches(path)]
    unmatched = unmatched_patterns(filters, [path for _, path in files])
    return FilteredFiles(documents, len(files), unmatched)


@lru_cache(maxsize=8)
def _files(index: ReadableIndex) -> list[tuple[int, str]]:
    """(id, path) of an index's files; a changed index is read again."""
    values = {"index": index.id, "generation": index.generation}
    return [(pk, path) for pk, path in fetch_all(FILES, values)]
