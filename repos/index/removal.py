"""Deleting indexes, and the bytes they take."""

from __future__ import annotations

from deepwiki.foundation.sql import execute, fetch_all, read_sql
from repos.index import hnsw
from repos.models import Repository

SIZES = read_sql(__file__, "sizes.sql")


def drop_indexes(repository: Repository) -> None:
    """Delete every index of a repository with all its contents."""
    for index_id in list(repository.indexes.values_list("pk", flat=True)):
        drop_index(index_id)


def drop_index(index_id: int) -> None:
    """Delete one index with its contents and graphs. The database cascades."""
    execute("DELETE FROM repos_index WHERE id = %s", [index_id])
    execute("DELETE FROM repos_indexhold WHERE index_id = %s", [index_id])
    hnsw.drop(index_id)


def sizes(index_id: int | None = None) -> dict[int, int]:
    """Bytes by index id, of all indexes or of one. Empty indexes are left out."""
    return {pk: int(size) for pk, size in fetch_all(SIZES, {"index": index_id})}


def size_of_repository(repository: Repository) -> int:
    """Bytes of its indexes: a former one counts while an answer reads it."""
    return sum(map(size_of, repository.indexes.values_list("pk", flat=True)))


def size_of(index_id: int) -> int:
    """Bytes that one index takes."""
    return sizes(index_id).get(index_id, 0)
