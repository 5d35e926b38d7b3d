"""The words of one repository:

    fetch -> select files -> compare -> chunk and store -> switch

After the switch words answer; `vector_phase` computes the vectors. A build that would
take vectors away from searches is staged instead: that phase switches it, once it has
its own. Runs in a worker or a command, never in a web process. If the process is killed
at any step, the old index stays current and the next run deletes and redoes what was
unfinished.
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
from repos.index.staged_build import StagedBuild
from repos.index.vectors import missing_vectors
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
class WordsOutcome:
    """What is left to do after the words: `vectors` to compute, `staged` to switch."""

    result: IndexResult
    vectors: int
    is_complete: bool
    staged: StagedBuild | None = None


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


def index_words(
    repository: Repository, options: IndexOptions, progress: Progress, *, force: bool = False
) -> WordsOutcome:
    """Bring what words find up to date; `force` builds the index anew.

    Raises the SourceError family, EmbedderError, WrongKey, InterruptedError (cancelled)
    and Repository.DoesNotExist (deleted meanwhile); in each case the old index stays
    current.
    """
    run = _Run(repository, options, progress)
    progress.start_stage(Stage.FETCHING)
    index = None if force else _up_to_date_index(run)
    if index is None:
        return _update(run, force=force)
    result = IndexResult(index.commit, index.files, index.chunks, unchanged=True)
    return _outcome(result, index, run)


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
    if remote_commit(run.source, index.commit) != index.commit:
        return None
    return index


def _update(run: _Run, *, force: bool) -> WordsOutcome:
    with open_snapshot(run.source) as snapshot:
        plan = _plan(run, snapshot, force=force)
        _store_files(plan, snapshot, run.progress)
    run.progress.start_stage(Stage.STORING)
    _check_not_empty(plan.build)
    if _replaces_vectors(plan.build, run):
        return _stage(plan, run)
    return _switch(plan, run)


def _stage(plan: _Plan, run: _Run) -> WordsOutcome:
    """Leave the stored build to the vector phase; the current index goes on answering."""
    writer.store_terms(plan.build, run.repository)
    old_commit = _current_commit(run)
    staged = StagedBuild(
        index_id=plan.build.index.pk,
        partial=plan.build.partial,
        commit=plan.commit,
        skipped=plan.skipped.as_json(),
        replaced=plan.replaced_documents(),
        old_commit=old_commit,
        steps=_steps(plan, run, old_commit),
    )
    result = _result(plan, removed=len(staged.replaced))
    return _outcome(result, plan.build.index, run, staged)


def _outcome(
    result: IndexResult, index: Index, run: _Run, staged: StagedBuild | None = None
) -> WordsOutcome:
    keys = [embedder.key for embedder in run.options.embedders]
    is_whole = staged is None and index.state == Index.State.READY
    missing = max(0, missing_vectors(index, keys))
    is_complete = is_whole and not missing and not hnsw.is_incomplete(index.pk)
    return WordsOutcome(result, missing, is_complete, staged)


def _current_commit(run: _Run) -> str:
    """The commit that searches find now, empty without an index."""
    index = run.repository.current_index
    return index.commit if index else ""


def _steps(plan: _Plan, run: _Run, old_commit: str) -> int | None:
    """How many commits the build is ahead of the current index; None if unknown."""
    if old_commit in ("", plan.commit):
        return None
    return commits_between(run.source, old_commit, plan.commit)


def _plan(run: _Run, snapshot: Snapshot, *, force: bool) -> _Plan:
    """Select files and compare them with the current index.

    Raises Broken without any.
    """
    skipped = Skipped()
    for reason, path in snapshot.left_out:
        skipped.add(reason, path)
    ignore = snapshot.text_of(IGNORE_FILE)
    attributes = snapshot.texts_by_folder(ATTRIBUTES_FILE)
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


def _switch(plan: _Plan, run: _Run) -> WordsOutcome:
    """Make the build current: words find it from now on."""
    build = plan.build
    writer.store_terms(build, run.repository)
    old_commit = _current_commit(run)
    replaced = plan.replaced_documents()
    skipped = plan.skipped.as_json()
    writer.switch(build, run.repository, plan.commit, skipped, replaced, run.progress.holds_claim)
    if old_commit not in ("", plan.commit):
        writer.record_commit_history(build.index, old_commit, _steps(plan, run, old_commit))
    return _outcome(_result(plan, removed=len(replaced)), build.index, run)


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


def _replaces_vectors(build: writer.Build, run: _Run) -> bool:
    """Would a switch without vectors take vectors away from searches?"""
    keys = [embedder.key for embedder in run.options.embedders]
    if missing_vectors(build.index, keys) <= 0:
        return False
    if build.partial:
        return build.index.state == Index.State.READY
    return run.repository.current_index is not None
