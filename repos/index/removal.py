"""Removing indexes, and what they take."""

from __future__ import annotations

from django.db import connection, transaction

from repos.index import hnsw
from repos.models import Repository


def drop_indexes(repository: Repository) -> None:
    """Remove every index of a repository with all its contents."""
    Repository.objects.filter(pk=repository.pk).update(current_index=None)
    for pk in list(repository.indexes.values_list("pk", flat=True)):
        drop_index(pk)


def drop_index(pk: int) -> None:
    """Remove one index. Set-based: going row by row through the ORM takes minutes on a large one."""
    hnsw.drop(pk)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("repos_embedding", "repos_chunk", "repos_term", "repos_document"):
            cursor.execute(f"DELETE FROM {table} WHERE index_id = %s", [pk])  # noqa: S608 - names from the line above
        cursor.execute("DELETE FROM repos_index WHERE id = %s", [pk])


def sizes(only: int | None = None) -> dict[int, int]:
    """Bytes that each index takes, by its id: rows as stored, with a flat amount for what Postgres adds to each."""
    where = "" if only is None else "WHERE index_id = %(only)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT index_id, sum(bytes) FROM (
                SELECT index_id, sum(pg_column_size(text) + 300) AS bytes FROM repos_document {where} GROUP BY 1
                UNION ALL SELECT index_id, sum(pg_column_size(words) + 150) FROM repos_chunk {where} GROUP BY 1
                UNION ALL SELECT index_id, sum(pg_column_size(vector) + 250) FROM repos_embedding {where} GROUP BY 1
            ) AS parts GROUP BY 1
            """,  # noqa: S608 - a literal of the line above
            {"only": only},
        )
        return {pk: int(size) for pk, size in cursor.fetchall()}


def size_of(pk: int) -> int:
    """Bytes that one index takes, as `sizes` counts them."""
    return sizes(pk).get(pk, 0)
