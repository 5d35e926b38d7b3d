"""The vectors of an index, reused where the same text has one and else computed.

Stored vectors stay when the pipeline is stopped: the next run computes those still
missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from deepwiki.foundation.sql import fetch_all, fetch_value, read_sql
from repos.embedders import Embedder
from repos.index.bulk import analyze, bulk_transaction, copy_rows
from repos.index.progress import Progress, Stage
from repos.indexing import chunk_text
from repos.models import Index, vector_text

MISSING = read_sql(__file__, "missing.sql")
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


@dataclass(frozen=True)
class _File:
    path: str
    language: str
    rows: list[str]


@dataclass(frozen=True)
class _Range:
    """Where a chunk is in its file; see TextChunk."""

    symbol: str
    start: int
    end: int
    start_column: int
    end_column: int


def compute_vectors(index: Index, embedders: Iterable[Embedder], progress: Progress) -> None:
    """Give every chunk a vector by each embedder, and mark the index as ready.

    Raises EmbedderError, and InterruptedError when the job is cancelled.
    """
    for embedder in embedders:
        missing = missing_vectors(index, [embedder.key])
        if missing > 0:
            progress.start_stage(Stage.EMBEDDING, missing)
            _compute_by(index, embedder, progress)
    if index.state == Index.State.LEXICAL and missing_vectors(index, index.embedders) <= 0:
        _mark_ready(index)


def _compute_by(index: Index, embedder: Embedder, progress: Progress) -> None:
    after = 0
    with ThreadPoolExecutor(embedder.concurrency, thread_name_prefix="embedding") as pool:
        while batch := pending_chunks(index, embedder.key, after):
            after = batch[-1].chunk_id
            new = reuse_vectors(index, embedder.key, batch)
            progress.advance(len(batch) - len(new))
            _embed(pool, index, embedder, _calls(new, embedder.batch), progress)


def _calls(chunks: Sequence[PendingChunk], size: int) -> list[list[PendingChunk]]:
    """The chunks in groups of `size`, similar lengths together.

    An embedder pads the texts of a call to the longest.
    """
    ordered = sorted(chunks, key=lambda chunk: len(chunk.text))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _embed(
    pool: ThreadPoolExecutor,
    index: Index,
    embedder: Embedder,
    calls: Sequence[Sequence[PendingChunk]],
    progress: Progress,
) -> None:
    """Make the embedder's calls in the pool and store their results in order."""
    futures = [pool.submit(embedder.embed, [chunk.text for chunk in call]) for call in calls]
    try:
        for call, future in zip(calls, futures, strict=True):
            write_vectors(index, embedder.key, call, future.result())
            progress.advance(len(call))
            if progress.is_cancelled():
                raise InterruptedError
    finally:
        for future in futures:
            future.cancel()


def missing_vectors(index: Index, embedders: Sequence[str]) -> int:
    """How many vectors by these embedders the index lacks."""
    return int(fetch_value(MISSING, {"index": index.pk, "embedders": list(embedders)}))


def pending_chunks(
    index: Index, embedder: str, after: int, limit: int = BATCH
) -> list[PendingChunk]:
    """The next `limit` chunks, by id after `after`, without a vector by `embedder`."""
    values = {"index": index.pk, "after": after, "embedder": embedder, "limit": limit}
    rows = fetch_all(PENDING, values)
    files = _files({document for _, document, *_ in rows})
    return [PendingChunk(pk, _text(files[document], _Range(*part))) for pk, document, *part in rows]


def _files(documents: Iterable[int]) -> dict[int, _File]:
    """The files of documents, by id."""
    statement = "SELECT id, path, language, text FROM repos_document WHERE id = ANY(%s)"
    rows = fetch_all(statement, [list(documents)])
    return {pk: _File(path, language, text.split("\n")) for pk, path, language, text in rows}


def _text(file: _File, part: _Range) -> str:
    """The text to embed for a chunk: its path, its symbol and its text."""
    return f"{file.path} {part.symbol}\n{chunk_text(file.language, file.rows, part)}"


def reuse_vectors(
    index: Index, embedder: str, chunks: Sequence[PendingChunk]
) -> list[PendingChunk]:
    """Copy the vectors that the same texts have already; returns the chunks left."""
    stored = _stored_vectors(embedder, {chunk.digest for chunk in chunks})
    reused = [chunk for chunk in chunks if chunk.digest in stored]
    _copy_vectors(index, embedder, reused, [stored[chunk.digest] for chunk in reused])
    return [chunk for chunk in chunks if chunk.digest not in stored]


def _stored_vectors(embedder: str, digests: Iterable[bytes]) -> dict[bytes, str]:
    """Stored vectors in pgvector's text form, by digest."""
    rows = fetch_all(
        "SELECT DISTINCT ON (digest) digest, vector::text FROM repos_embedding"
        " WHERE embedder = %s AND digest = ANY(%s)",
        [embedder, list(digests)],
    )
    return {bytes(digest): vector for digest, vector in rows}


def write_vectors(
    index: Index, embedder: str, chunks: Sequence[PendingChunk], vectors: NDArray[np.float32]
) -> None:
    """Store computed vectors, one row a chunk."""
    texts = [vector_text(row) for row in vectors.tolist()]
    with bulk_transaction():
        _copy_vectors(index, embedder, chunks, texts)


def _copy_vectors(
    index: Index, embedder: str, chunks: Sequence[PendingChunk], vectors: Sequence[str]
) -> None:
    if not chunks:
        return
    rows = (
        (index.pk, chunk.chunk_id, embedder, chunk.digest, vector)
        for chunk, vector in zip(chunks, vectors, strict=True)
    )
    copy_rows("repos_embedding", "index_id, chunk_id, embedder, digest, vector", rows)


def _mark_ready(index: Index) -> None:
    index.state = Index.State.READY
    Index.objects.filter(pk=index.pk).update(state=index.state, updated_at=timezone.now())
    analyze()
