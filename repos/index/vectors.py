"""The vectors of an index, reused where the same text has one and else computed.

Stored vectors stay when the pipeline is stopped: the next run computes those still
missing.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from deepwiki.foundation.sql import copy_rows, fetch_all, fetch_value, read_sql
from repos.embedders import Embedder, TextForm
from repos.index.bulk import analyze, bulk_transaction
from repos.index.progress import UNLIMITED, Pace, Progress, Stage
from repos.indexing import chunk_text
from repos.indexing.compact_text import compact_text
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
    role: str
    rows: list[str]


@dataclass(frozen=True)
class _Range:
    """Where a chunk is in its file; see TextChunk."""

    symbol: str
    start: int
    end: int
    start_column: int
    end_column: int


def compute_vectors(
    index: Index, embedders: Sequence[Embedder], progress: Progress, pace: Pace = UNLIMITED
) -> bool:
    """Give chunks their vectors while `pace` allows; returns whether none is missing.

    Marks a current index with all its vectors as ready. Raises EmbedderError, and
    InterruptedError when the job is cancelled.
    """
    missing = missing_vectors(index, [embedder.key for embedder in embedders])
    if missing > 0:
        progress.resume_stage(Stage.EMBEDDING, missing)
    for embedder in embedders:
        if not _compute_by(_Computation(index, embedder, progress, pace)):
            return False
    if index.state == Index.State.LEXICAL and missing_vectors(index, index.embedders) <= 0:
        _mark_ready(index)
    return True


@dataclass(frozen=True)
class _Computation:
    """The vectors of one index by one embedder."""

    index: Index
    embedder: Embedder
    progress: Progress
    pace: Pace


def _compute_by(computation: _Computation) -> bool:
    """Returns whether all were computed before the slice ended."""
    index, embedder, after = computation.index, computation.embedder, 0
    with ThreadPoolExecutor(embedder.concurrency, thread_name_prefix="embedding") as pool:
        while batch := pending_chunks(index, embedder, after):
            after = batch[-1].chunk_id
            new = reuse_vectors(computation, batch)
            if not _embed(pool, computation, _calls(new, embedder.batch)):
                return False
    return True


def _calls(chunks: Sequence[PendingChunk], size: int) -> list[list[PendingChunk]]:
    """The chunks in groups of `size`, similar lengths together.

    An embedder pads the texts of a call to the longest.
    """
    ordered = sorted(chunks, key=lambda chunk: len(chunk.text))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _embed(
    pool: ThreadPoolExecutor, computation: _Computation, calls: Sequence[Sequence[PendingChunk]]
) -> bool:
    """Make the embedder's calls in the pool and store their results in order.

    Returns whether all were made: none begins after the end of the slice, and those
    that run then are stored.
    """
    embedder, progress = computation.embedder, computation.progress
    waiting = deque(calls)
    running: deque[tuple[Sequence[PendingChunk], Future[NDArray[np.float32]]]] = deque()
    while waiting or running:
        while waiting and len(running) < embedder.concurrency:
            if not computation.pace.may_go_on():
                return _store_running(running, computation)
            call = waiting.popleft()
            running.append((call, pool.submit(embedder.embed, _texts(call))))
        call, future = running.popleft()
        write_vectors(computation, call, future.result())
        if progress.is_cancelled():
            raise InterruptedError
    return True


def _texts(chunks: Sequence[PendingChunk]) -> list[str]:
    return [chunk.text for chunk in chunks]


def _store_running(
    running: Iterable[tuple[Sequence[PendingChunk], Future[NDArray[np.float32]]]],
    computation: _Computation,
) -> bool:
    """Store what is being computed at the end of a slice; false, since others are left."""
    for call, future in running:
        write_vectors(computation, call, future.result())
    return False


def missing_vectors(index: Index, embedders: Sequence[str]) -> int:
    """How many vectors by these embedders the index lacks."""
    return int(fetch_value(MISSING, {"index": index.pk, "embedders": list(embedders)}))


def pending_chunks(
    index: Index, embedder: Embedder, after: int, limit: int = BATCH
) -> list[PendingChunk]:
    """The next `limit` chunks, by id after `after`, without a vector by `embedder`."""
    values = {"index": index.pk, "after": after, "embedder": embedder.key, "limit": limit}
    rows = fetch_all(PENDING, values)
    files = _files({document for _, document, *_ in rows})
    form = embedder.text_form
    return [
        PendingChunk(pk, _text(files[document], _Range(*part), form))
        for pk, document, *part in rows
    ]


def _files(documents: Iterable[int]) -> dict[int, _File]:
    """The files of documents, by id."""
    statement = "SELECT id, path, language, role, text FROM repos_document WHERE id = ANY(%s)"
    rows = fetch_all(statement, [list(documents)])
    return {
        pk: _File(path, language, role, text.split("\n")) for pk, path, language, role, text in rows
    }


def _text(file: _File, part: _Range, form: TextForm) -> str:
    """The text to embed for a chunk, in the form that the embedder wants."""
    text = chunk_text(file.language, file.rows, part)
    if form == TextForm.COMPACT:
        return compact_text(file.path, part.symbol, file.role, text)
    return f"{file.path} {part.symbol}\n{text}"


def reuse_vectors(computation: _Computation, chunks: Sequence[PendingChunk]) -> list[PendingChunk]:
    """Copy the vectors that the same texts have already; returns the chunks left."""
    stored = _stored_vectors(computation.embedder.key, {chunk.digest for chunk in chunks})
    reused = [chunk for chunk in chunks if chunk.digest in stored]
    _store(computation, reused, [stored[chunk.digest] for chunk in reused])
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
    computation: _Computation, chunks: Sequence[PendingChunk], vectors: NDArray[np.float32]
) -> None:
    """Store computed vectors, one row a chunk."""
    _store(computation, chunks, [vector_text(row) for row in vectors.tolist()])


def _store(
    computation: _Computation, chunks: Sequence[PendingChunk], vectors: Sequence[str]
) -> None:
    """Store vectors in pgvector's text form.

    Raises InterruptedError when another worker has the job: it stores them, too.
    """
    if not chunks:
        return
    with bulk_transaction():
        if not computation.progress.holds_claim():
            raise InterruptedError
        _copy_vectors(computation.index, computation.embedder.key, chunks, vectors)
    computation.progress.advance(len(chunks))


def _copy_vectors(
    index: Index, embedder: str, chunks: Sequence[PendingChunk], vectors: Sequence[str]
) -> None:
    rows = (
        (index.pk, chunk.chunk_id, embedder, chunk.digest, vector)
        for chunk, vector in zip(chunks, vectors, strict=True)
    )
    copy_rows("repos_embedding", "index_id, chunk_id, embedder, digest, vector", rows)


def _mark_ready(index: Index) -> None:
    index.state = Index.State.READY
    Index.objects.filter(pk=index.pk).update(state=index.state, updated_at=timezone.now())
    analyze()
