"""HNSW graphs over the vectors of large indexes.

A graph is a partial PostgreSQL index over the vectors of one index by one embedder. A single graph
over all repositories would lose most of the recall, since PostgreSQL walks a graph before it
applies a condition. `Index.hnsw_embedders` records which graphs are finished.
"""

from __future__ import annotations

import json
import logging
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, connection

from deepwiki.foundation.advisory_locks import HNSW_DDL
from repos.models import Index

logger = logging.getLogger(__name__)
PREFIX = "repos_graph_"
MAX_DIMENSIONS = 4_000  # of an HNSW index over halfvec
LOCK_SECONDS = 2.0
BUILD_LOCK_SECONDS = 3_600.0  # the graphs of very large indexes are built one after another


def name_of(index_id: int, embedder: str) -> str:
    """The PostgreSQL name of the graph of one index and embedder."""
    return f"{PREFIX}{index_id}_{zlib.crc32(embedder.encode()):08x}"


def build(index_id: int, give_up: Callable[[], bool] = bool) -> None:
    """Build and record the graphs that an index of at least `Index.HNSW_MIN_CHUNKS` chunks lacks.

    Takes minutes on a very large index, during which searches and writes go on. Does nothing inside
    a transaction. A failure is logged: searches then compare every vector.
    """
    if connection.in_atomic_block:
        return
    try:
        missing = _missing(index_id)
        if not missing:
            return
        with exclusive_ddl(BUILD_LOCK_SECONDS, give_up) as locked:
            if not locked:
                logger.warning(
                    "a graph was not built, since others took too long; its index is read whole"
                )
                return
            for embedder in missing:
                _build(index_id, embedder)
    except Error:
        logger.warning("a graph could not be built; its index is read whole", exc_info=True)


def drop(index_id: int) -> None:
    """Drop the graphs of one index. Inside a transaction they stay, as orphans."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE repos_index SET hnsw_embedders = '[]' WHERE id = %s", [index_id])
    _drop_graphs(lambda owner: owner == index_id)


def drop_orphans() -> None:
    """Drop the graphs of indexes that are deleted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM repos_index")
        existing = {index_id for (index_id,) in cursor.fetchall()}
    _drop_graphs(lambda owner: owner not in existing)


@contextmanager
def exclusive_ddl(
    seconds: float = LOCK_SECONDS, give_up: Callable[[], bool] = bool
) -> Iterator[bool]:
    """Serialize DDL on the index tables between processes: concurrent statements would deadlock.

    Polls for the advisory lock, since CREATE INDEX CONCURRENTLY would wait for a blocked statement.
    Yields False inside a transaction, after `seconds`, or once `give_up()` is true.
    """
    if connection.in_atomic_block:
        yield False
        return
    deadline = time.monotonic() + seconds
    while not (locked := _try_lock()) and time.monotonic() < deadline and not give_up():
        time.sleep(0.1)
    try:
        yield locked
    finally:
        if locked:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [HNSW_DDL])


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [HNSW_DDL])
        return bool(cursor.fetchone()[0])


def _missing(index_id: int) -> list[str]:
    """The embedders of a large index without a recorded, valid graph."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT embedders, hnsw_embedders FROM repos_index WHERE id = %s AND chunks >= %s",
            [index_id, Index.HNSW_MIN_CHUNKS],
        )
        row = cursor.fetchone()
        if row is None:
            return []
        embedders, recorded = map(json.loads, row)
        names = {embedder: name_of(index_id, embedder) for embedder in embedders}
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid"
            " WHERE indisvalid AND relname = ANY(%s)",
            [list(names.values())],
        )
        valid = {name for (name,) in cursor.fetchall()}
    return [key for key, name in names.items() if key not in recorded or name not in valid]


def _build(index_id: int, embedder: str) -> None:
    name = name_of(index_id, embedder)
    with connection.cursor() as cursor:
        dimensions = _dimensions(cursor, index_id, embedder)
        if not 0 < dimensions <= MAX_DIMENSIONS:
            return
        cursor.execute(
            "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [name]
        )
        if cursor.fetchone():  # its build was killed
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        try:
            # CONCURRENTLY: searches and other jobs go on meanwhile.
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON repos_embedding"
                f" USING hnsw ((vector::halfvec({dimensions})) halfvec_cosine_ops)"
                " WHERE index_id = %s AND embedder = %s",
                [index_id, embedder],
            )
        finally:
            cursor.execute("RESET maintenance_work_mem")
        cursor.execute(
            "UPDATE repos_index SET hnsw_embedders = hnsw_embedders || jsonb_build_array(%s::text)"
            " WHERE id = %s AND NOT hnsw_embedders ? %s",
            [embedder, index_id, embedder],
        )


def _dimensions(cursor: Any, index_id: int, embedder: str) -> int:
    """The length of the index's vectors by an embedder; 0 without any."""
    cursor.execute(
        "SELECT vector_dims(vector) FROM repos_embedding"
        " WHERE index_id = %s AND embedder = %s LIMIT 1",
        [index_id, embedder],
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _drop_graphs(is_dropped: Callable[[int], bool]) -> None:
    """Drop the graphs whose index id fulfils `is_dropped`; those that cannot be dropped stay, as orphans."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname FROM pg_indexes"
                " WHERE tablename = 'repos_embedding' AND starts_with(indexname, %s)",
                [PREFIX],
            )
            names = [name for (name,) in cursor.fetchall() if is_dropped(_index_id(name))]
        if not names:
            return
        with exclusive_ddl() as locked, connection.cursor() as cursor:
            for name in names if locked else ():
                # CONCURRENTLY: the plain form would block every search.
                cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
    except Error:
        logger.warning("a graph could not be removed yet", exc_info=True)


def _index_id(name: str) -> int:
    """The index id in the name of a graph."""
    return int(name.removeprefix(PREFIX).partition("_")[0])
