"""HNSW graphs over the vectors of large indexes.

A graph is a partial PostgreSQL index over the vectors of one index by one embedder. A
single graph over all repositories would lose most of the recall, since PostgreSQL walks
a graph before it applies a condition. `Index.hnsw_embedders` records finished graphs.
"""

from __future__ import annotations

import json
import logging
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from django.db import Error, connection

from deepwiki.foundation.advisory_locks import HNSW_DDL
from deepwiki.foundation.sql import execute, fetch_all, fetch_column, fetch_row, fetch_value
from repos.models import Index

logger = logging.getLogger(__name__)
PREFIX = "repos_graph_"
MAX_DIMENSIONS = 4_000  # of an HNSW index over halfvec
LOCK_SECONDS = 2.0
BUILD_LOCK_SECONDS = 3_600.0  # the graphs of very large indexes are built one by one


def name_of(index_id: int, embedder: str) -> str:
    """The PostgreSQL name of the graph of one index and embedder."""
    return f"{PREFIX}{index_id}_{zlib.crc32(embedder.encode()):08x}"


def build(index_id: int, give_up: Callable[[], bool] = bool) -> None:
    """Build and record the graphs that a large index (HNSW_MIN_CHUNKS) lacks.

    Takes minutes on a very large index; searches and writes go on. Does nothing inside
    a transaction. A failure is logged, and searches compare every vector.
    """
    if connection.in_atomic_block:
        return
    try:
        missing = _missing(index_id)
        if missing:
            _build_missing(index_id, missing, give_up)
    except Error:
        logger.warning("a graph could not be built; its index is read whole", exc_info=True)


def is_incomplete(index_id: int) -> bool:
    """Does a large index lack a graph?"""
    return bool(_missing(index_id))


def drop(index_id: int) -> None:
    """Drop the graphs of one index. Inside a transaction they stay, as orphans."""
    execute("UPDATE repos_index SET hnsw_embedders = '[]' WHERE id = %s", [index_id])
    _drop_graphs(lambda owner: owner == index_id)


def drop_orphans() -> None:
    """Drop the graphs of indexes that are deleted."""
    existing = set(fetch_column("SELECT id FROM repos_index"))
    _drop_graphs(lambda owner: owner not in existing)


@contextmanager
def exclusive_ddl(
    seconds: float = LOCK_SECONDS, give_up: Callable[[], bool] = bool
) -> Iterator[bool]:
    """Serialize DDL on the index tables between processes: it would deadlock otherwise.

    Polls for the advisory lock, since CREATE INDEX CONCURRENTLY would wait for a
    blocked statement. Yields False inside a transaction, after `seconds`, or once
    `give_up()`.
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
            execute("SELECT pg_advisory_unlock(%s)", [HNSW_DDL])


def _try_lock() -> bool:
    return bool(fetch_value("SELECT pg_try_advisory_lock(%s)", [HNSW_DDL]))


def _missing(index_id: int) -> list[str]:
    """The embedders of a large index without a recorded, valid graph."""
    row = fetch_row(
        "SELECT embedders, hnsw_embedders FROM repos_index WHERE id = %s AND chunks >= %s",
        [index_id, Index.HNSW_MIN_CHUNKS],
    )
    if row is None:
        return []
    embedders, recorded = map(json.loads, row)
    names = {embedder: name_of(index_id, embedder) for embedder in embedders}
    valid = _valid(names.values())
    return [key for key, name in names.items() if key not in recorded or name not in valid]


def _valid(names: Collection[str]) -> set[str]:
    """Those of the names that belong to a graph whose build has ended."""
    rows = fetch_all(
        "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid"
        " WHERE indisvalid AND relname = ANY(%s)",
        [list(names)],
    )
    return {name for (name,) in rows}


def _build_missing(index_id: int, embedders: Iterable[str], give_up: Callable[[], bool]) -> None:
    with exclusive_ddl(BUILD_LOCK_SECONDS, give_up) as locked:
        if not locked:
            logger.warning(
                "a graph was not built, since others took too long; its index is read whole"
            )
            return
        for embedder in embedders:
            _build(index_id, embedder)


def _build(index_id: int, embedder: str) -> None:
    dimensions = fetch_value(
        "SELECT vector_dims(vector) FROM repos_embedding"
        " WHERE index_id = %s AND embedder = %s LIMIT 1",
        [index_id, embedder],
    )
    if dimensions is None or dimensions > MAX_DIMENSIONS:
        return
    name = name_of(index_id, embedder)
    _drop_invalid(name)
    with _build_memory():
        # CONCURRENTLY: searches and other jobs go on meanwhile.
        execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON repos_embedding"
            f" USING hnsw ((vector::halfvec({dimensions})) halfvec_cosine_ops)"
            " WHERE index_id = %s AND embedder = %s",
            [index_id, embedder],
        )
    _record(index_id, embedder)


@contextmanager
def _build_memory() -> Iterator[None]:
    """More memory for a build, which is far faster while the graph fits into it."""
    execute("SET maintenance_work_mem = '512MB'")
    try:
        yield
    finally:
        execute("RESET maintenance_work_mem")


def _drop_invalid(name: str) -> None:
    """Drop what a killed build of this graph left."""
    invalid = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid"
    if fetch_value(invalid, [name]):
        execute(f"DROP INDEX CONCURRENTLY {name}")


def _record(index_id: int, embedder: str) -> None:
    execute(
        "UPDATE repos_index SET hnsw_embedders = hnsw_embedders || jsonb_build_array(%s::text)"
        " WHERE id = %s AND NOT hnsw_embedders ? %s",
        [embedder, index_id, embedder],
    )


def _drop_graphs(is_dropped: Callable[[int], bool]) -> None:
    """Drop the graphs whose index id fulfils `is_dropped`, or leave them as orphans."""
    try:
        names = [name for name in _names() if is_dropped(_index_id(name))]
        if not names:
            return
        with exclusive_ddl() as locked:
            if locked:
                _drop_concurrently(names)
    except Error:
        logger.warning("a graph could not be removed yet", exc_info=True)


def _drop_concurrently(names: Iterable[str]) -> None:
    """Drop graphs. The plain form of DROP INDEX would block every search."""
    for name in names:
        execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')


def _names() -> list[str]:
    """The names of all graphs."""
    rows = fetch_all(
        "SELECT indexname FROM pg_indexes"
        " WHERE tablename = 'repos_embedding' AND starts_with(indexname, %s)",
        [PREFIX],
    )
    return [name for (name,) in rows]


def _index_id(name: str) -> int:
    """The index id in the name of a graph."""
    return int(name.removeprefix(PREFIX).partition("_")[0])
