"""The vectors of an index: reused where the same text has one already, else computed and stored.

Stored vectors stay when the pipeline is stopped; the next run computes only those still missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from deepwiki.foundation.sql_files import read_sql
from repos.embedders import Embedder
from repos.index.bulk import analyze, bulk_transaction
from repos.index.progress import Progress, Stage
from repos.models import Index, vector_text

PENDING = read_sql(__file__, "pending.sql")
BATCH = 256  # chunks read, embedded and stored at a time


@dataclass(frozen=True)
class PendingChunk:
    """A chunk without a vector, and the text to embed."""

    chunk_id: int
    text: str

    @property
    def digest(self) -> bytes:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).digest()


def compute_vectors(index: Index, embedders: Iterable[Embedder], progress: Progress) -> None:
    """Give every chunk a vector by each embedder, and mark the index as ready.

    Raises EmbedderError, and InterruptedError when the job is cancelled.
    """
    for embedder in embedders:
        missing = missing_vectors(index, embedder.key)
        if missing > 0:
            progress.start_stage(Stage.EMBEDDING, missing)
            _compute_by(index, embedder, progress)
    if index.state == Index.State.LEXICAL and missing_vectors(index) <= 0:
        _mark_ready(index)


def _compute_by(index: Index, embedder: Embedder, progress: Progress) -> None:
    after = 0
    with ThreadPoolExecutor(embedder.concurrency, thread_name_prefix="embedding") as pool:
        while batch := pending_chunks(index, embedder.key, after, BATCH):
            after = batch[-1].chunk_id
            new = reuse_vectors(index, embedder.key, batch)
            progress.advance(len(batch) - len(new))
            # Texts of similar length together: a call is padded to its longest text.
            new.sort(key=lambda item: len(item.text))
            calls = [new[at : at + embedder.batch] for at in range(0, len(new), embedder.batch)]
            _embed(pool, index, embedder, calls, progress)


def _embed(
    pool: ThreadPoolExecutor,
    index: Index,
    embedder: Embedder,
    calls: Sequence[Sequence[PendingChunk]],
    progress: Progress,
) -> None:
    """Make the embedder's calls in the pool and store each result as it comes."""
    futures = [pool.submit(embedder.embed, [item.text for item in items]) for items in calls]
    try:
        for items, future in zip(calls, futures, strict=True):
            write_vectors(index, embedder.key, items, future.result())
            progress.advance(len(items))
            if progress.is_cancelled():
                raise InterruptedError
    finally:
        for future in futures:
            future.cancel()


def missing_vectors(index: Index, embedder: str = "") -> int:
    """How many vectors the index lacks, by one embedder or by all of its own."""
    keys = [embedder] if embedder else list(index.embedders)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM repos_chunk WHERE index_id = %(index)s)"
            " * cardinality(%(keys)s::text[])"
            " - (SELECT count(*) FROM repos_embedding"
            " WHERE index_id = %(index)s AND embedder = ANY(%(keys)s))",
            {"index": index.pk, "keys": keys},
        )
        return int(cursor.fetchone()[0])


def pending_chunks(index: Index, embedder: str, after: int, limit: int) -> list[PendingChunk]:
    """The next `limit` chunks, by id after `after`, without a vector by `embedder`."""
    values: dict[str, Any] = {
        "index": index.pk,
        "after": after,
        "embedder": embedder,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(PENDING, values)
        rows = cursor.fetchall()
        documents = list({document for _, document, *_ in rows})
        cursor.execute("SELECT id, path, text FROM repos_document WHERE id = ANY(%s)", [documents])
        files = {pk: (path, text.split("\n")) for pk, path, text in cursor.fetchall()}
    chunks = []
    for pk, document, symbol, start, end in rows:
        path, lines = files[document]
        text = "\n".join(lines[start - 1 : end])
        chunks.append(PendingChunk(pk, f"{path} {symbol}\n{text}"))
    return chunks


def reuse_vectors(
    index: Index, embedder: str, chunks: Sequence[PendingChunk]
) -> list[PendingChunk]:
    """Copy the vectors that the same texts have in any index; returns the chunks that are left."""
    digests = list({chunk.digest for chunk in chunks})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (digest) digest, vector::text FROM repos_embedding"
            " WHERE embedder = %s AND digest = ANY(%s)",
            [embedder, digests],
        )
        known = {bytes(digest): vector for digest, vector in cursor.fetchall()}
        reused = [chunk for chunk in chunks if chunk.digest in known]
        rows = [(chunk, known[chunk.digest]) for chunk in reused]
        _copy_vectors(cursor, index, embedder, rows)
    return [chunk for chunk in chunks if chunk.digest not in known]


def write_vectors(
    index: Index, embedder: str, chunks: Sequence[PendingChunk], vectors: NDArray[np.float32]
) -> None:
    """Store computed vectors, one row a chunk."""
    texts = [vector_text(row) for row in vectors.tolist()]
    with bulk_transaction() as cursor:
        _copy_vectors(cursor, index, embedder, list(zip(chunks, texts, strict=True)))


def _copy_vectors(
    cursor: Any, index: Index, embedder: str, rows: Sequence[tuple[PendingChunk, str]]
) -> None:
    if not rows:
        return
    columns = "index_id, chunk_id, embedder, digest, vector"
    with cursor.copy(f"COPY repos_embedding ({columns}) FROM STDIN") as copy:
        for chunk, vector in rows:
            copy.write_row((index.pk, chunk.chunk_id, embedder, chunk.digest, vector))


def _mark_ready(index: Index) -> None:
    index.state, index.updated_at = Index.State.READY, timezone.now()
    changes = {"state": index.state, "updated_at": index.updated_at}
    Index.objects.filter(pk=index.pk).update(**changes)
    analyze()
