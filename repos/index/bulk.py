"""Bulk statements over the index tables."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, transaction

from deepwiki.foundation.sql import execute, fetch_column
from repos.index.hnsw import exclusive_ddl

ANALYZE = (
    "ANALYZE repos_document, repos_chunk, repos_embedding, repos_term, repos_posting,"
    " repos_name, repos_link, repos_graphdefinition, repos_graphreferences,"
    " repos_graphfile, repos_graphartifact"
)
logger = logging.getLogger(__name__)


@contextmanager
def bulk_transaction() -> Iterator[None]:
    """A transaction that does not wait for the disk.

    Rows that a crash of the database loses are written again by the next build.
    """
    with transaction.atomic():
        execute("SET LOCAL synchronous_commit = off")
        yield


def next_ids(table: str, count: int) -> list[int]:
    """`count` unused ids of a table, from its sequence."""
    return fetch_column(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [table, count],
    )


def delete_staged_documents(index_id: int) -> None:
    """Delete what an interrupted build staged beside the live documents."""
    execute("DELETE FROM repos_document WHERE index_id = %s AND NOT is_live", [index_id])


def analyze() -> None:
    """Refresh the planner's statistics: a table just filled must not count as empty."""
    try:
        # While a graph is built the lock is taken; autovacuum analyzes a little later.
        with exclusive_ddl() as locked:
            if locked:
                execute(ANALYZE)
    except Error:
        logger.warning("statistics could not be made anew", exc_info=True)
