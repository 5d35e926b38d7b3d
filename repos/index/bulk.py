"""Bulk statements over the index tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


def _delete_documents(condition: str, values: list[Any]) -> None:
    which = f"SELECT id FROM repos_document WHERE {condition}"  # noqa: S608 - conditions are literals of this module
    with transaction.atomic(), connection.cursor() as cursor:
        chunks = f"SELECT id FROM repos_chunk WHERE document_id IN ({which})"  # noqa: S608
        cursor.execute(f"DELETE FROM repos_embedding WHERE chunk_id IN ({chunks})", values)  # noqa: S608
        cursor.execute(f"DELETE FROM repos_chunk WHERE document_id IN ({which})", values)  # noqa: S608
        cursor.execute(f"DELETE FROM repos_document WHERE id IN ({which})", values)  # noqa: S608


@contextmanager
def _bulk() -> Iterator[Any]:
    """A transaction that need not reach the disk before we go on: what a crash loses, the rebuild writes again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield cursor


def _ids(cursor: Any, table: str, count: int) -> list[int]:
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [table, count],
    )
    return [row[0] for row in cursor.fetchall()]
