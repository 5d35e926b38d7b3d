"""Indexing one repository:

    fetch -> select files -> compare -> chunk and store -> switch -> compute vectors -> HNSW graphs

After the switch words answer; vectors and graphs follow. Runs in a worker or a command, never in a
web process. If the process is killed at any step, the old index stays current and the next run
deletes and redoes what was unfinished.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from repos.embedders import Embedder
from repos.index import hnsw, writer
from repos.index.progress import Progress, Stage
from repos.index.vectors import compute_vectors
from repos.indexing.chunking import chunk
from repos.indexing.file_selection import Limits, Skipped, files, select
from repos.models import Index, Repository
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

IGNORE_FILE = ".deepwikiignore"
FILES_PER_TRANSACTION = 100
NOTHING_TO_READ = "This repository holds nothing that can be read as text."
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class IndexOptions:
    """The settings of the pipeline. `embedders` are those that every index gets, the main one first."""

    limits: Limits
    fetch: FetchLimits
    work_dir: Path
    embedders: Sequence[Embedder]


@dataclass(frozen=True)
class IndexResult:
    """The index after a run. `written` and `removed` count files; `unchanged`: nothing was written."""

    commit: str
    files: int
    chunks: int
    written: int = 0
    removed: int = 0
    unchanged: bool = False

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class _Run:
    repository: Repository
    options: IndexOptions
    progress: Progress

    @property
    def source(self) -> Source:
        return source_of(self.repository, self.options, self.progress.is_cancelled)


@dataclass(frozen=True)
class _Plan:
    """A build and the tree it is made of: the `selected` files, of which `changed` are read."""

    build: writer.Build
    commit: str
    selected: Sequence[TreeEntry]
    changed: Sequence[TreeEntry]
    skipped: Skipped

    def replaced_documents(self) -> list[int]:
        """The ids of live documents whose file changed or is no longer selected."""
        changed = {printable(entry.path) for entry in self.changed}
        unchanged = {printable(entry.path) for entry in self.selected} - changed
        return [pk for path, (pk, _) in self.build.known.items() if path not in unchanged]


def index_repository(
    repository: Repository, options: IndexOptions, progress: Progress, *, force: bool = False
) -> IndexResult:
    """Bring the repository's index up to date; `force` builds it anew.

    Raises the SourceError family, EmbedderError, WrongKey, InterruptedError (when cancelled) and
    Repository.DoesNotExist (when deleted meanwhile); in each case the old index stays current.
    """
    run = _Run(repository, options, progress)
    progress.start_stage(Stage.FETCHING)
    index = None if force else _up_to_date_index(run)
    if index is not None:
        result = IndexResult(index.commit, index.files, index.chunks, unchanged=True)
    else:
        index, result = _update(run, force=force)
    compute_vectors(index, options.embedders, progress)
    hnsw.build(index.pk, progress.is_cancelled)
    progress.start_stage(Stage.FINISHED)
    return result


def source_of(
    repository: Repository, options: IndexOptions, cancelled: Callable[[], bool] = bool
) -> Source:
    """Where the repository's files are fetched from. Raises WrongKey when its token is unreadable."""
    return Source(
        repository.address,
        options.fetch,
        options.work_dir,
        repository.revision,
        repository.token,
        cancelled,
    )


def _up_to_date_index(run: _Run) -> Index | None:
    """The current index, if its options are today's and the remote still stands at its commit."""
    index = run.repository.current_index
    if index is None or run.repository.address.is_local:
        return None
    if not writer.is_current(index, run.repository, run.options.embedders):
        return None
    return index if remote_commit(run.source) == index.commit else None


def _update(run: _Run, *, force: bool) -> tuple[Index, IndexResult]:
    source = run.source
    with open_snapshot(source) as snapshot:
        plan = _plan(run, snapshot, force=force)
        _store_files(plan, snapshot, run.progress)
    current = run.repository.current_index
    old_commit = current.commit if current else ""
    result = _switch(plan, run)
    index = plan.build.index
    if old_commit not in ("", result.commit):
        steps = commits_between(source, old_commit, result.commit)
        writer.record_commit_history(index, old_commit, steps)
    return index, result


def _plan(run: _Run, snapshot: Snapshot, *, force: bool) -> _Plan:
    """Select the files to index and compare them with the current index. Raises Broken without any."""
    skipped = Skipped()
    ignore = snapshot.text_of(IGNORE_FILE)
    selected = select(snapshot.entries, run.options.limits, skipped, ignore)
    if not selected:
        raise Broken(NOTHING_TO_READ)
    shas = {printable(entry.path): entry.sha for entry in selected}
    build = writer.begin(run.repository, snapshot.commit, run.options.embedders, shas, force=force)
    known_shas = {path: sha for path, (_, sha) in build.known.items()}
    changed = [entry for entry in selected if known_shas.get(printable(entry.path)) != entry.sha]
    return _Plan(build, snapshot.commit, selected, changed, skipped)


def _store_files(plan: _Plan, snapshot: Snapshot, progress: Progress) -> None:
    """Read, chunk and store the changed files, FILES_PER_TRANSACTION at a time."""
    progress.start_stage(Stage.READING, len(plan.changed))
    batch: list[writer.ChunkedFile] = []
    advanced = 0
    for number, chunked_file in enumerate(_chunked_files(plan, snapshot, progress), 1):
        batch.append(chunked_file)
        if len(batch) >= FILES_PER_TRANSACTION:
            writer.write(plan.build, batch)
            progress.advance(number - advanced)
            batch, advanced = [], number
        if progress.is_cancelled():
            raise InterruptedError
    writer.write(plan.build, batch)
    progress.advance(len(plan.changed) - advanced)


def _chunked_files(
    plan: _Plan, snapshot: Snapshot, progress: Progress
) -> Iterator[writer.ChunkedFile]:
    """The changed files with their chunks. Reports those that cannot be read or chunked."""
    unread = {entry.path for entry in plan.changed}
    for file in files(_blobs(plan.changed, snapshot, unread), plan.skipped):
        try:
            chunks = chunk(file.entry.path, file.text)
        except Exception:  # a parser's own fault must not cost the other files
            logger.exception("a file could not be cut")
            progress.file_failed(file.entry.path, "it could not be cut into passages")
        else:
            yield file, chunks
    for path in sorted(unread):
        progress.file_failed(path, "it could not be read")


def _blobs(
    entries: Sequence[TreeEntry], snapshot: Snapshot, unread: set[str]
) -> Iterator[tuple[TreeEntry, bytes]]:
    """The entries with their bytes. Removes the paths that could be read from `unread`."""
    for entry, data in snapshot.reader.read(list(entries)):
        unread.discard(entry.path)
        yield entry, data


def _switch(plan: _Plan, run: _Run) -> IndexResult:
    """Make the build current: after its vectors where the old index has them, else at once."""
    build, progress = plan.build, run.progress
    progress.start_stage(Stage.STORING)
    if not build.partial and not build.chunks:
        raise Broken(NOTHING_TO_READ)
    if _replaces_vectors(plan, run.repository):
        compute_vectors(build.index, run.options.embedders, progress)
        progress.start_stage(Stage.STORING)
    replaced = plan.replaced_documents()
    skipped = plan.skipped.as_json()
    writer.switch(build, run.repository, plan.commit, skipped, replaced, progress.holds_claim)
    return IndexResult(
        plan.commit,
        build.index.files,
        build.index.chunks,
        written=build.files,
        removed=len(replaced),
        unchanged=build.partial and not plan.changed and not replaced,
    )


def _replaces_vectors(plan: _Plan, repository: Repository) -> bool:
    """Would a switch without vectors be a step back: does the old state answer with vectors?"""
    if plan.build.partial:
        return plan.build.index.state == Index.State.READY
    return repository.current_index is not None
