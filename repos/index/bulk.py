"""Bulk statements over the index tables."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import Error, connection, transaction

from repos.index.hnsw import exclusive_ddl

logger = logging.getLogger(__name__)


@contextmanager
def bulk_transaction() -> Iterator[Any]:
    """A transaction without a wait for the disk: rows that a crash loses are written by the next build."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield cursor


def next_ids(cursor: Any, table: str, count: int) -> list[int]:
    """`count` unused ids of a table, from its sequence."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [table, count],
    )
    return [row[0] for row in cursor.fetchall()]


def delete_documents(cursor: Any, document_ids: Sequence[int]) -> None:
    """Delete documents; the database deletes their chunks and vectors."""
    cursor.execute("DELETE FROM repos_document WHERE id = ANY(%s)", [list(document_ids)])


def delete_staged_documents(index_id: int) -> None:
    """Delete the documents that an interrupted build left staged beside the live ones."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM repos_document WHERE index_id = %s AND NOT is_live", [index_id])


def analyze() -> None:
    """Refresh the planner's statistics, so that a table just filled does not count as empty."""
    try:
        # While a graph is being built the lock is taken: autovacuum analyzes a little later.
        with exclusive_ddl() as locked, connection.cursor() as cursor:
            if locked:
                cursor.execute("ANALYZE repos_document, repos_chunk, repos_embedding, repos_term")
    except Error:
        logger.warning("statistics could not be made anew", exc_info=True)
