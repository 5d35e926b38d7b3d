"""Vectors of an index: which are missing, which can be reused, writing them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from repos.index import hnsw
from repos.index.bulk import _bulk
from repos.models import Index


@dataclass(frozen=True)
class Pending:
    """A chunk that still lacks a vector, with the text to embed."""

    chunk_id: int
    text: str

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).digest()


def missing_vectors(index: Index, embedder: str = "") -> int:
    """How many vectors the index still lacks, by one embedder or by all of its own."""
    keys = [embedder] if embedder else list(index.embedders)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM repos_chunk WHERE index_id = %s) * cardinality(%s::text[])"
            " - (SELECT count(*) FROM repos_embedding WHERE index_id = %s AND embedder = ANY(%s))",
            [index.pk, keys, index.pk, keys],
        )
        return int(cursor.fetchone()[0])


def pending(index: Index, embedder: str, after: int, limit: int) -> list[Pending]:
    """The next chunks, by id from `after` on, without a vector by `embedder`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, c.document_id, c.symbol, c.start, c."end"
            FROM repos_chunk c
            WHERE c.index_id = %s AND c.id > %s
              AND NOT EXISTS (SELECT 1 FROM repos_embedding e WHERE e.chunk_id = c.id AND e.embedder = %s)
            ORDER BY c.id LIMIT %s
            """,
            [index.pk, after, embedder, limit],
        )
        rows = cursor.fetchall()
        wanted = list({document for _, document, *_ in rows})
        cursor.execute("SELECT id, path, text FROM repos_document WHERE id = ANY(%s)", [wanted])
        documents = {pk: (path, text.split("\n")) for pk, path, text in cursor.fetchall()}
    found = []
    for pk, document, symbol, start, end in rows:
        path, lines = documents[document]
        text = "\n".join(lines[start - 1 : end])
        found.append(Pending(pk, f"{path} {symbol}\n{text}"))
    return found


def reuse_vectors(index: Index, embedder: str, wanted: Sequence[Pending]) -> list[Pending]:
    """Give chunks the vectors that the same text already has somewhere; returns those that must be computed."""
    digests = {item.digest for item in wanted}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (digest) digest, vector::text FROM repos_embedding WHERE embedder = %s AND digest = ANY(%s)",
            [embedder, list(digests)],
        )
        known = {bytes(digest): vector for digest, vector in cursor.fetchall()}
        found = [item for item in wanted if item.digest in known]
        _copy_vectors(cursor, index, embedder, [(item, known[item.digest]) for item in found])
    return [item for item in wanted if item.digest not in known]


def write_vectors(
    index: Index, embedder: str, items: Sequence[Pending], vectors: NDArray[np.float32]
) -> None:
    """Store computed vectors, one row an item."""
    with _bulk() as cursor:
        texts = ["[" + ",".join(f"{x:.5g}" for x in row) + "]" for row in vectors.tolist()]
        _copy_vectors(cursor, index, embedder, list(zip(items, texts, strict=True)))


def finish(index: Index) -> None:
    """All vectors are there: say so."""
    Index.objects.filter(pk=index.pk).update(state=Index.State.READY, updated_at=timezone.now())
    index.state = Index.State.READY
    hnsw.analyze()


def _copy_vectors(
    cursor: Any, index: Index, embedder: str, rows: list[tuple[Pending, str]]
) -> None:
    if rows:
        with cursor.copy(
            "COPY repos_embedding (index_id, chunk_id, embedder, digest, vector) FROM STDIN"
        ) as copy:
            for item, vector in rows:
                copy.write_row((index.pk, item.chunk_id, embedder, item.digest, vector))
