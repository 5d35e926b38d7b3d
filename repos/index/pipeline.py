"""Indexing one repository:

    fetch -> select files -> compare -> chunk and store -> switch -> vectors -> HNSW graphs

After the switch words answer; vectors and graphs follow. Runs in a worker or a command,
never in a web process. If the process is killed at any step, the old index stays
current and the next run deletes and redoes what was unfinished.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from repos.embedders import Embedder
from repos.index import hnsw, writer
from repos.index.files import chunked_files
from repos.index.progress import Progress, Stage
from repos.index.rows import ChunkedFile
from repos.index.vectors import compute_vectors
from repos.indexing.file_selection import Limits, Skipped, select
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
ATTRIBUTES_FILE = ".gitattributes"
FILES_PER_TRANSACTION = 100


@dataclass(frozen=True)
class IndexOptions:
    """The pipeline's settings. Every index gets `embedders`, the main one first."""

    limits: Limits
    fetch: FetchLimits
    work_dir: Path
    embedders: Sequence[Embedder]


@dataclass(frozen=True)
class IndexResult:
    """The index after a run. `written` and `removed` count the files of this run."""

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
    """A build and its tree: the `selected` files, of which `changed` are read."""

    build: writer.Build
    commit: str
    selected: Sequence[TreeEntry]
    changed: Sequence[TreeEntry]
    skipped: Skipped

    def replaced_documents(self) -> list[int]:
        """The ids of live documents whose file changed or is no longer selected."""
        unchanged = _paths(self.selected) - _paths(self.changed)
        return [pk for path, (pk, _) in self.build.live_documents.items() if path not in unchanged]


def index_repository(
    repository: Repository, options: IndexOptions, progress: Progress, *, force: bool = False
) -> IndexResult:
    """Bring the repository's index up to date; `force` builds it anew.

    Raises the SourceError family, EmbedderError, WrongKey, InterruptedError (cancelled)
    and Repository.DoesNotExist (deleted meanwhile); in each case the old index stays
    current.
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
    """Where a repository is fetched from.

    Raises WrongKey when its token is unreadable.
    """
    return Source(
        repository.address,
        options.fetch,
        options.work_dir,
        repository.revision,
        repository.token,
        cancelled,
    )


def _up_to_date_index(run: _Run) -> Index | None:
    """The current index, if it is made as today and the remote stands at its commit."""
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
    replaced_index = run.repository.current_index
    old_commit = replaced_index.commit if replaced_index else ""
    result = _switch(plan, run)
    if old_commit not in ("", result.commit):
        steps = commits_between(source, old_commit, result.commit)
        writer.record_commit_history(plan.build.index, old_commit, steps)
    return plan.build.index, result


def _plan(run: _Run, snapshot: Snapshot, *, force: bool) -> _Plan:
    """Select files and compare them with the current index.

    Raises Broken without any.
    """
    skipped = Skipped()
    for reason, path in snapshot.left_out:
        skipped.add(reason, path)
    ignore = snapshot.text_of(IGNORE_FILE)
    attributes = snapshot.text_of(ATTRIBUTES_FILE)
    selected = select(snapshot.entries, run.options.limits, skipped, ignore, attributes)
    if not selected:
        raise Broken("no_text")
    embedders = run.options.embedders
    build = writer.begin(run.repository, snapshot.commit, embedders, _shas(selected), force=force)
    changed = [entry for entry in selected if _has_changed(entry, build)]
    return _Plan(build, snapshot.commit, selected, changed, skipped)


def _shas(entries: Sequence[TreeEntry]) -> dict[str, str]:
    return {printable(entry.path): entry.sha for entry in entries}


def _has_changed(entry: TreeEntry, build: writer.Build) -> bool:
    return build.live_sha(printable(entry.path)) != entry.sha


def _paths(entries: Sequence[TreeEntry]) -> set[str]:
    return {printable(entry.path) for entry in entries}


def _store_files(plan: _Plan, snapshot: Snapshot, progress: Progress) -> None:
    """Read, chunk and store the changed files, FILES_PER_TRANSACTION at a time."""
    progress.start_stage(Stage.READING, len(plan.changed))
    batch: list[ChunkedFile] = []
    advanced = 0
    files = chunked_files(plan.changed, snapshot, plan.skipped, progress)
    for count, file in enumerate(files, 1):
        batch.append(file)
        if len(batch) == FILES_PER_TRANSACTION:
            writer.write(plan.build, batch)
            progress.advance(count - advanced)
            batch, advanced = [], count
        if progress.is_cancelled():
            raise InterruptedError
    writer.write(plan.build, batch)
    progress.advance(len(plan.changed) - advanced)


def _switch(plan: _Plan, run: _Run) -> IndexResult:
    """Make the build current, with its vectors if the old state has them."""
    build, progress = plan.build, run.progress
    progress.start_stage(Stage.STORING)
    _check_not_empty(build)
    if _replaces_vectors(build, run.repository):
        compute_vectors(build.index, run.options.embedders, progress)
        progress.start_stage(Stage.STORING)
    replaced = plan.replaced_documents()
    skipped = plan.skipped.as_json()
    writer.switch(build, run.repository, plan.commit, skipped, replaced, progress.holds_claim)
    return _result(plan, removed=len(replaced))


def _check_not_empty(build: writer.Build) -> None:
    """Raises Broken for a new index without chunks."""
    if not build.partial and not build.chunks:
        raise Broken("no_text")


def _result(plan: _Plan, *, removed: int) -> IndexResult:
    build = plan.build
    return IndexResult(
        plan.commit,
        build.index.files,
        build.index.chunks,
        written=build.files,
        removed=removed,
        unchanged=build.partial and not plan.changed and not removed,
    )


def _replaces_vectors(build: writer.Build, repository: Repository) -> bool:
    """Would a switch without vectors take vectors away from searches?"""
    if build.partial:
        return build.index.state == Index.State.READY
    return repository.current_index is not None
