"""The vectors of one repository, in slices:

    missing vectors -> switch of a staged build -> HNSW graphs

Stored vectors stay when a slice ends or its process is killed: the next one computes
those still missing.
"""

from __future__ import annotations

from repos.index import hnsw
from repos.index.pipeline import IndexOptions
from repos.index.progress import UNLIMITED, Pace, Progress, Stage
from repos.index.staged_build import Outdated, StagedBuild
from repos.index.vectors import compute_vectors
from repos.index.writer import is_current
from repos.models import Index, Repository


def index_vectors(
    repository: Repository,
    options: IndexOptions,
    progress: Progress,
    staged: StagedBuild | None = None,
    pace: Pace = UNLIMITED,
) -> bool:
    """Compute missing vectors while `pace` allows; returns whether nothing is left to do.

    Raises Outdated (the words must be indexed anew), EmbedderError, InterruptedError
    (cancelled) and Repository.DoesNotExist (deleted meanwhile).
    """
    index = _index(repository, options, staged)
    if not compute_vectors(index, options.embedders, progress, pace):
        return False
    if staged is not None:
        progress.start_stage(Stage.STORING)
        staged.switch(index, repository, progress)
    hnsw.build(index.pk, progress.is_cancelled)
    progress.start_stage(Stage.FINISHED)
    return True


def _index(repository: Repository, options: IndexOptions, staged: StagedBuild | None) -> Index:
    embedders = list(options.embedders)
    if staged is not None:
        return staged.index_in(repository, embedders)
    index = repository.current_index
    if index is None or not is_current(index, repository, embedders):
        raise Outdated
    return index
