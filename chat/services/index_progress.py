"""What to tell of a repository that has no index yet."""

from __future__ import annotations

from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.core.events import Status
from repos import jobs
from repos.models import IndexJob, Repository
from repos.sources.errors import NOT_FOUND_CODES

# The status while a job waits that asking requested after one that failed.
ANOTHER_ATTEMPT = "Trying again: the last attempt failed"


def index_progress(repository: Repository) -> Status:
    """The stage of the job of a repository that had no index a moment ago.

    Raises NoSuchRepository or RetrieverFailed if no job will make one.
    """
    job: IndexJob | None = repository.jobs.first()
    if job is None or job.state in (IndexJob.State.FAILED, IndexJob.State.CANCELLED):
        raise _indexing_failed(job)
    if job.state == IndexJob.State.PAUSED:
        raise RetrieverFailed("indexing_paused")
    if job.state == IndexJob.State.DONE and not _has_index(repository):
        # Its index was dropped to make room: build it again.
        job, _ = jobs.request(repository)
    return _status(job)


def _has_index(repository: Repository) -> bool:
    """Is there one by now? The job may have ended after the repository was read."""
    return Repository.objects.filter(pk=repository.pk, current_index__isnull=False).exists()


def _status(job: IndexJob) -> Status:
    if job.state == IndexJob.State.QUEUED and _follows_a_failure(job):
        return Status("indexing", ANOTHER_ATTEMPT)
    stage = str(IndexJob.Stage(job.stage).label)
    if not job.total:
        return Status("indexing", stage)
    return Status("indexing", stage, job.progress, job.total)


def _follows_a_failure(job: IndexJob) -> bool:
    earlier = IndexJob.objects.filter(
        repository=job.repository_id, created_at__lt=job.created_at
    ).first()
    return earlier is not None and earlier.state == IndexJob.State.FAILED


def _indexing_failed(job: IndexJob | None) -> NoSuchRepository | RetrieverFailed:
    if job is None or not job.error:
        return RetrieverFailed("indexing_cancelled")
    if job.error_code in NOT_FOUND_CODES:
        return NoSuchRepository("indexing_failed", cause=job.error)
    return RetrieverFailed("indexing_failed", cause=job.error)
