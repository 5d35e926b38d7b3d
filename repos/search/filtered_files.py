"""The files of indexes that filters leave to be searched."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from deepwiki.foundation.sql import fetch_all
from repos.access import PersonId
from repos.models import Repository
from repos.search.filters import FileMatcher, Filters, unmatched_patterns

FILES = "SELECT id, path FROM repos_document WHERE index_id = %s AND is_live"
IndexState = tuple[int, datetime]  # an index and when it last changed


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
    repositories: Sequence[uuid.UUID], user_id: int | None, filters: Filters
) -> FilteredFiles:
    """The files left in those of `repositories` that the user may read."""
    readable = Repository.objects.readable_by(PersonId(user_id)).filter(pk__in=repositories)
    states = readable.filter(current_index__isnull=False).values_list(
        "current_index_id", "current_index__updated_at"
    )
    return _filtered(tuple(sorted(states)), filters.frozen())


@lru_cache(maxsize=32)
def _filtered(states: tuple[IndexState, ...], filters: Filters) -> FilteredFiles:
    files = [file for index_id, updated_at in states for file in _files(index_id, updated_at)]
    matcher = FileMatcher(filters)
    documents = [pk for pk, path in files if matcher.matches(path)]
    unmatched = unmatched_patterns(filters, [path for _, path in files])
    return FilteredFiles(documents, len(files), unmatched)


@lru_cache(maxsize=8)
def _files(index_id: int, updated_at: datetime) -> list[tuple[int, str]]:
    """(id, path) of an index's files; a changed index is read again."""
    return [(pk, path) for pk, path in fetch_all(FILES, [index_id])]
