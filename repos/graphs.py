"""HNSW graphs: what makes the vectors of a large index quick to search.

Each graph is a partial index over one index's vectors by one embedder. One graph over all repositories would lose most
of what a search within one looks for, since a graph is walked before a condition is applied.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable

from django.db import connection

from repos.models import Index

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


def build(index: Index) -> None:
    """Give a large index an HNSW graph for each embedder, of its own vectors only, where it has none.

    Takes minutes on a very large one; searches and other writers go on meanwhile. Does nothing inside a transaction.
    """
    if index.chunks < FROM_CHUNKS or connection.in_atomic_block:
        return
    for embedder in index.embedders:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT vector_dims(vector) FROM repos_embedding WHERE index_id = %s AND embedder = %s LIMIT 1",
                [index.pk, embedder],
            )
            row = cursor.fetchone()
            if row is None:
                continue
            name = name_of(index.pk, embedder)
            cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [name])
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
    """Remove the graphs of one index. Not inside a transaction."""
    _drop(f"{PREFIX}{index_id}_")


def drop_strays() -> None:
    """Remove the graphs of indexes that are no more, left where an index was dropped inside a transaction."""
    kept = {str(pk) for pk in Index.objects.values_list("pk", flat=True)}
    _drop(PREFIX, kept)


def _drop(prefix: str, kept: Collection[str] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'repos_embedding' AND starts_with(indexname, %s)",
            [prefix],
        )
        for (name,) in cursor.fetchall():
            if name.removeprefix(PREFIX).partition("_")[0] not in kept:
                # Concurrently: the plain form would keep every search waiting.
                cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
