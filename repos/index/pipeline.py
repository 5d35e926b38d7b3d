"""Indexing one repository, from address to ready.

    fetch -> walk -> keep what is unchanged -> chunk -> store -> switch (words answer) -> embed -> ready

Runs in a worker or a command, never in a web process. Every step may be killed: the old index goes on answering, and
the next run clears and redoes what was not finished.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from repos.embedders.base import Embedder
from repos.index import hnsw, vectors, writer
from repos.indexing.chunking import TextChunk, chunk
from repos.indexing.file_selection import File, Limits, Skipped, files, select
from repos.models import Index, IndexJob, Repository
from repos.sources import (
    FetchLimits,
    Snapshot,
    Source,
    commits_between,
    open_snapshot,
    remote_commit,
)
from repos.sources.errors import Broken
from repos.sources.tree import TreeEntry, printable

FILES_AT_ONCE = 100
VECTORS_AT_ONCE = 256
Stage = IndexJob.Stage
logger = logging.getLogger(__name__)


class Progress(Protocol):
    """Who is told how far the work is, and asked whether to go on."""

    def stage(self, stage: IndexJob.Stage, total: int = 0) -> None: ...

    def advance(self, count: int) -> None: ...

    def failed(self, path: str, why: str) -> None:
        """A file could not be read; the others go on."""
        ...

    def cancelled(self) -> bool:
        """Asked often. Also the sign of life."""
        ...

    def holds(self) -> bool:
        """Asked inside the transaction that makes the work visible: may this runner still do so?"""
        ...


@dataclass(frozen=True)
class Options:
    """What the settings say about indexing."""

    limits: Limits
    fetch: FetchLimits
    work_dir: Path
    embedders: Sequence[Embedder]


@dataclass(frozen=True)
class Result:
    """What one run did. `unchanged` means that nothing had to be written."""

    commit: str
    files: int
    chunks: int
    written: int
    removed: int
    unchanged: bool

    def as_json(self) -> dict[str, object]:
        return dict(self.__dict__)


def index_repository(
    repository: Repository, options: Options, progress: Progress, *, force: bool = False
) -> Result:
    """Bring the repository's index to its present state.

    Raises the SourceError family, EmbedderError, WrongKey, InterruptedError (when cancelled) and
    Repository.DoesNotExist (when it was deleted meanwhile); in each case the old index stands.
    """
    progress.stage(Stage.FETCHING)
    if not force and (standing := _nothing_new(repository, options, progress)):
        _embed(standing, options.embedders, progress)
        hnsw.build(standing, progress.cancelled)
        progress.stage(Stage.FINISHED)
        return Result(standing.commit, standing.files, standing.chunks, 0, 0, True)
    skipped = Skipped()
    source = source_of(repository, options, progress.cancelled)
    with open_snapshot(source) as snapshot:
        chosen = select(
            snapshot.entries, options.limits, skipped, snapshot.text_of(".deepwikiignore")
        )
        if not chosen:
            raise Broken("no_text")
        build = writer.begin(
            repository,
            snapshot.commit,
            options.embedders,
            {printable(entry.path): entry.sha for entry in chosen},
            force=force,
        )
        changed = [
            entry
            for entry in chosen
            if build.known.get(printable(entry.path), (0, ""))[1] != entry.sha
        ]
        _read(build, changed, snapshot, skipped, progress)
    before = repository.current_index.commit if repository.current_index else ""
    result = _switch(
        build, repository, chosen, changed, snapshot.commit, skipped, options, progress
    )
    if before not in ("", result.commit):
        writer.record_commit_history(
            build.index, before, commits_between(source, before, result.commit)
        )
    _embed(build.index, options.embedders, progress)
    hnsw.build(
        build.index, progress.cancelled
    )  # it answers already: this makes a large one quicker
    progress.stage(Stage.FINISHED)
    return result


def source_of(
    repository: Repository, options: Options, cancelled: Callable[[], bool] = bool
) -> Source:
    """Where the repository's files come from. Raises WrongKey when its token cannot be read."""
    return Source(
        repository.address,
        options.fetch,
        options.work_dir,
        repository.revision,
        repository.token,
        cancelled,
    )


def _nothing_new(repository: Repository, options: Options, progress: Progress) -> Index | None:
    """The present index, when the remote stands at its commit and it was made as it would be made now."""
    index = repository.current_index
    if (
        index is None
        or repository.address.is_local
        or not writer.is_current(index, repository, options.embedders)
    ):
        return None
    commit = remote_commit(source_of(repository, options, progress.cancelled))
    return index if commit == index.commit else None


def _read(
    build: writer.Build,
    changed: list[TreeEntry],
    snapshot: Snapshot,
    skipped: Skipped,
    progress: Progress,
) -> None:
    progress.stage(Stage.READING, len(changed))
    batch: list[tuple[File, list[TextChunk]]] = []
    seen = 0
    for number, (file, chunks) in enumerate(_chunked(changed, snapshot, skipped, progress), 1):
        batch.append((file, chunks))
        if len(batch) >= FILES_AT_ONCE:
            writer.write(build, batch)
            progress.advance(number - seen)
            batch, seen = [], number
        if progress.cancelled():
            raise InterruptedError
    writer.write(build, batch)
    progress.advance(len(changed) - seen)


def _chunked(
    changed: list[TreeEntry], snapshot: Snapshot, skipped: Skipped, progress: Progress
) -> Iterator[tuple[File, list[TextChunk]]]:
    wanted = {entry.path for entry in changed}
    for file in files(_noted(changed, snapshot, wanted), skipped):
        try:
            chunks = chunk(file.entry.path, file.text)
        except Exception:  # a parser's own fault must not cost the other files
            logger.exception("a file could not be cut")
            progress.failed(file.entry.path, "it could not be cut into passages")
        else:
            yield file, chunks
    for path in sorted(wanted):
        progress.failed(path, "it could not be read")


def _noted(
    changed: list[TreeEntry], snapshot: Snapshot, wanted: set[str]
) -> Iterator[tuple[TreeEntry, bytes]]:
    """What the reader gives, struck off `wanted`: what is left there was not given."""
    for entry, data in snapshot.reader.read(changed):
        wanted.discard(entry.path)
        yield entry, data


def _switch(
    build: writer.Build,
    repository: Repository,
    chosen: list[TreeEntry],
    changed: list[TreeEntry],
    commit: str,
    skipped: Skipped,
    options: Options,
    progress: Progress,
) -> Result:
    """Make it visible: at once when words can answer sooner than before, else with the vectors already there."""
    progress.stage(Stage.STORING)
    wanted = {printable(entry.path) for entry in chosen}
    replaced = {printable(entry.path) for entry in changed}
    gone = [pk for path, (pk, _) in build.known.items() if path not in wanted or path in replaced]
    replaces_vectors = build.partial and build.index.state == Index.State.READY
    rebuilds = not build.partial and repository.current_index is not None
    if not build.partial and not build.chunks:
        raise Broken("no_text")
    if replaces_vectors or rebuilds:
        _embed(build.index, options.embedders, progress)
        progress.stage(Stage.STORING)
    writer.switch(build, repository, commit, skipped.as_json(), gone, progress.holds)
    index = build.index
    return Result(
        commit,
        index.files,
        index.chunks,
        build.files,
        len(gone),
        build.partial and not changed and not gone,
    )


def _embed(index: Index, embedders: Sequence[Embedder], progress: Progress) -> None:
    """Compute the vectors the index lacks, a batch at a time; what is stored stays stored when we are stopped."""
    for embedder in embedders:
        missing = vectors.missing_vectors(index, embedder.key)
        if missing <= 0:
            continue
        progress.stage(Stage.EMBEDDING, missing)
        after = 0
        with ThreadPoolExecutor(embedder.concurrency, thread_name_prefix="embedding") as pool:
            while batch := vectors.pending(index, embedder.key, after, VECTORS_AT_ONCE):
                after = batch[-1].chunk_id
                fresh = sorted(
                    vectors.reuse_vectors(index, embedder.key, batch),
                    key=lambda item: len(item.text),
                )
                progress.advance(len(batch) - len(fresh))
                parts = [
                    fresh[at : at + embedder.batch] for at in range(0, len(fresh), embedder.batch)
                ]
                computed = [
                    pool.submit(embedder.embed, [item.text for item in part]) for part in parts
                ]
                try:
                    for part, rows in zip(parts, computed, strict=True):
                        vectors.write_vectors(index, embedder.key, part, rows.result())
                        progress.advance(len(part))
                        if progress.cancelled():
                            raise InterruptedError
                finally:
                    for rows in computed:
                        rows.cancel()
    if index.state == Index.State.LEXICAL and vectors.missing_vectors(index) <= 0:
        vectors.finish(index)
