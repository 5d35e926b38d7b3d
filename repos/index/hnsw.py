"""HNSW graphs: what makes the vectors of a large index quick to search.

Each graph is a partial index over one index's vectors by one embedder. One graph over all repositories would lose most
of what a search within one looks for, since a graph is walked before a condition is applied.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from django.db import Error, connection

from repos.models import Index

logger = logging.getLogger(__name__)
LOCK = 0x0DEE9A  # any number, the same everywhere
ALONE_SECONDS = 2.0
BUILD_SECONDS = 3_600.0  # graphs of very large indexes, one after another
MOST_DIMENSIONS = 4_000  # of pgvector's HNSW over halfvec
FROM_CHUNKS = 20_000  # below, looking at every vector is faster, and finds all
PREFIX = "repos_graph_"


def name_of(index_id: int, embedder: str) -> str:
    """The name of the graph over one index's vectors by one embedder."""
    return f"{PREFIX}{index_id}_{zlib.crc32(embedder.encode()):08x}"


def finished(index_ids: Iterable[int], embedder: str) -> tuple[int, ...]:
    """Which of these indexes have a finished graph for this embedder."""
    names = {name_of(pk, embedder): pk for pk in index_ids}
    if not names:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid WHERE indisvalid AND relname = ANY(%s)",
            [list(names)],
        )
        return tuple(names[name] for (name,) in cursor.fetchall())


@contextmanager
def exclusive_ddl(
    seconds: float = ALONE_SECONDS, give_up: Callable[[], bool] = bool
) -> Iterator[bool]:
    """One process at a time in here, over all: statements that lock the same table would wait for each other for ever.

    Waits in short statements, since a waiting one would itself be waited for. Yields False when it could not get in
    within `seconds`, or `give_up()` turned true.
    """
    if connection.in_atomic_block:
        yield False
        return
    deadline = time.monotonic() + seconds
    while not (held := _try_lock()) and time.monotonic() < deadline and not give_up():
        time.sleep(0.1)
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def build(index: Index, give_up: Callable[[], bool] = bool) -> None:
    """Give a large index an HNSW graph for each embedder, of its own vectors only, where it has none.

    Takes minutes on a very large one; searches and other writers go on meanwhile. Does nothing inside a transaction.
    """
    if index.chunks < FROM_CHUNKS:
        return
    try:
        with exclusive_ddl(BUILD_SECONDS, give_up) as mine:
            for embedder in index.embedders if mine else ():
                _build(index, embedder)
            if not mine and not connection.in_atomic_block:
                logger.warning(
                    "a graph was not built, since others took too long; its index is read whole"
                )
    except Error:
        logger.warning("a graph could not be built; its index is read whole", exc_info=True)


def _build(index: Index, embedder: str) -> None:
    name = name_of(index.pk, embedder)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vector_dims(vector) FROM repos_embedding WHERE index_id = %s AND embedder = %s LIMIT 1",
            [index.pk, embedder],
        )
        row = cursor.fetchone()
        if row is None or row[0] > MOST_DIMENSIONS:
            return
        cursor.execute(
            "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [name]
        )
        if cursor.fetchone():  # its maker was killed
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        try:
            # Concurrently: searches and other jobs go on meanwhile.
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON repos_embedding"
                f" USING hnsw ((vector::halfvec({int(row[0])})) halfvec_cosine_ops)"
                " WHERE index_id = %s AND embedder = %s",
                [index.pk, embedder],
            )
        finally:
            cursor.execute("RESET maintenance_work_mem")


def drop(index_id: int) -> None:
    """Remove the graphs of one index. Inside a transaction they stay, as strays."""
    _drop(f"{PREFIX}{index_id}_")


def drop_orphans() -> None:
    """Remove the graphs of indexes that are no more, left where an index was dropped inside a transaction."""
    kept = {str(pk) for pk in Index.objects.values_list("pk", flat=True)}
    _drop(PREFIX, kept)


def _drop(prefix: str, kept: Collection[str] = ()) -> None:
    """Remove graphs by the beginning of their names. What cannot be removed now is a stray, removed later."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'repos_embedding' AND starts_with(indexname, %s)",
                [prefix],
            )
            names = [
                name
                for (name,) in cursor.fetchall()
                if name.removeprefix(PREFIX).partition("_")[0] not in kept
            ]
        if not names:
            return
        with exclusive_ddl() as mine, connection.cursor() as cursor:
            for name in names if mine else ():
                # Concurrently: the plain form would keep every search waiting.
                cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
    except Error:
        logger.warning("a graph could not be removed yet", exc_info=True)


def analyze() -> None:
    """Fresh statistics: the planner must not think that a table just filled is empty."""
    try:
        # While a graph is being built there is no getting in: autovacuum then sees to it a little later.
        with exclusive_ddl() as mine, connection.cursor() as cursor:
            if mine:
                cursor.execute("ANALYZE repos_document, repos_chunk, repos_embedding, repos_term")
    except Error:
        logger.warning("statistics could not be made anew", exc_info=True)
