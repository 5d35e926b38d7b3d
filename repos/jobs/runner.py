"""Runs index jobs.

The `IndexJob` row says how one ended; `index_repository` does the work.
"""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections.abc import Callable

from django.db import Error
from django.utils import timezone

from deepwiki.foundation.incidents import log_incident
from repos.access import public_hosts
from repos.embedders import EmbedderError
from repos.encryption import WrongKey
from repos.index import IndexResult, drop_indexes, index_repository
from repos.jobs import claims, queue
from repos.jobs.options import index_options
from repos.jobs.progress import JobProgress, stopping
from repos.models import IndexJob, Repository
from repos.sources import SourceError
from repos.sources.errors import NoRevision, NotFound

logger = logging.getLogger(__name__)
State = IndexJob.State
MAX_CRASHES = 4  # of workers, after which a job is given up
POLL_SECONDS = 0.5
CRASHED = "Indexing this repository ended the worker several times. Tell the administrator."
INTERNAL = "Something went wrong on our side. Tell the administrator: incident {incident}."


def run_next() -> IndexJob | None:
    """Run the first waiting job that can be claimed; None when there is none.

    See `queue.waiting`.
    """
    for waiting_job in queue.waiting():
        job = claims.claim(waiting_job.pk)
        if job is not None:
            return _execute(job, JobProgress(job))
    return None


def run(job_id: uuid.UUID | str, progress: JobProgress | None = None) -> IndexJob:
    """Claim and run a job; returns its row.

    Does nothing when another worker has it, or it is over.
    """
    job = claims.claim(job_id)
    if job is None:
        other = IndexJob.objects.select_related("repository").filter(pk=job_id).first()
        return other or IndexJob(state=State.CANCELLED)
    progress = progress or JobProgress(job)
    progress.job = job
    return _execute(job, progress)


def run_or_follow(
    job: IndexJob, on_update: Callable[[IndexJob], None] = lambda job: None
) -> IndexJob:
    """Run a job, or follow the worker that has it, until it is over.

    Blocks: for commands. Takes the job over when its worker dies. Returns its row.
    """
    while True:
        job = run(job.pk, JobProgress(job, on_update))
        if job.state not in (State.QUEUED, State.RUNNING):
            return job
        on_update(job)
        time.sleep(POLL_SECONDS)


def _execute(job: IndexJob, progress: JobProgress) -> IndexJob:
    """Run a claimed job and store how it ended; returns its row."""
    if job.crash_count >= MAX_CRASHES:
        _fail(job, CRASHED, "worker_crashed")
        return _fresh(job)
    try:
        with claims.heartbeat(job):
            result = index_repository(job.repository, index_options(), progress, force=job.force)
    except InterruptedError:
        _interrupt(job)
    except Repository.DoesNotExist:
        logger.info("repository deleted while it was indexed")
    except (SourceError, EmbedderError, WrongKey) as error:
        _drop_if_inaccessible(job.repository, error)
        _fail(job, str(error), getattr(error, "code", ""), getattr(error, "parameters", {}))
    except Exception:
        _fail_internally(job)
    else:
        _complete(job, result)
    _rerun_if_requested(job)
    return _fresh(job)


def _complete(job: IndexJob, result: IndexResult) -> None:
    public_hosts.record_fetch(job.repository)
    IndexJob.objects.claimed_as(job).update(
        state=State.DONE, result=result.as_json(), finished_at=timezone.now()
    )


def _fail(
    job: IndexJob, message: str, code: str, parameters: dict[str, object] | None = None
) -> None:
    IndexJob.objects.claimed_as(job).update(
        state=State.FAILED,
        error=message,
        error_code=code,
        error_parameters=parameters or {},
        result={},
        finished_at=timezone.now(),
    )


def _fail_internally(job: IndexJob) -> None:
    """Log the exception being handled, and fail with the id of its incident."""
    incident = log_incident(logger, "indexing failed")
    _fail(job, INTERNAL.format(incident=incident), "internal", {"incident": incident})


def _interrupt(job: IndexJob) -> None:
    """The job was cancelled or paused, as its row says, or this process must end."""
    if stopping.is_set():
        claims.release(job)
    # Only a cancelled job: another worker may have taken this one over.
    IndexJob.objects.filter(pk=job.pk, state=State.CANCELLED).update(finished_at=timezone.now())


def _drop_if_inaccessible(repository: Repository, error: Exception) -> None:
    """Drop the indexes of a private repository that its token no longer opens."""
    is_gone = isinstance(error, NotFound) and not isinstance(error, NoRevision)
    if is_gone and repository.is_private:
        drop_indexes(repository)


def _rerun_if_requested(job: IndexJob) -> None:
    """Queue the run that was requested while this one ran."""
    ended = [State.DONE, State.FAILED]
    row = IndexJob.objects.filter(pk=job.pk, rerun_requested=True, state__in=ended)
    forced = row.filter(rerun_forced=True).exists()
    if row.update(rerun_requested=False, rerun_forced=False):
        with contextlib.suppress(Error):  # the repository was deleted meanwhile
            queue.request(job.repository, job.requested_by_id, force=forced)


def _fresh(job: IndexJob) -> IndexJob:
    """The job as its row stands now; itself when the row is deleted."""
    return IndexJob.objects.select_related("repository").filter(pk=job.pk).first() or job
