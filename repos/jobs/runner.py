"""Runs index jobs.

The `IndexJob` row says how one ended; `index_repository` does the work.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg.errors
from django.db import Error
from django.utils import timezone

from deepwiki.foundation.encryption import WrongKey
from deepwiki.foundation.incidents import log_incident
from repos.access import public_hosts
from repos.embedders import EmbedderError
from repos.index import (
    UNLIMITED,
    Outdated,
    Pace,
    StagedBuild,
    index_vectors,
    index_words,
)
from repos.jobs import claims, closing, extensions, queue
from repos.jobs.options import index_options
from repos.jobs.progress import JobProgress, stopping
from repos.models import IndexJob, Repository
from repos.sources import SourceError
from repos.sources.errors import DiskFull

logger = logging.getLogger(__name__)
State = IndexJob.State
Phase = IndexJob.Phase
CANDIDATES = 8  # jobs that a free worker tries to claim, in their order
MAX_CRASHES = 4  # of workers, after which a job is given up
POLL_SECONDS = 0.5
CRASHED = "Indexing this repository ended the worker several times. Tell the administrator."
INTERNAL = "Something went wrong on our side. Tell the administrator: incident {incident}."


def run_next() -> IndexJob | None:
    """Index the words of the first waiting job that can be claimed; None without one.

    See `queue.waiting`. Its vectors are left to slices.
    """
    for job_id in queue.next_waiting(CANDIDATES):
        job = claims.claim(job_id)
        if job is not None:
            return _execute(_Execution(job, JobProgress(job), pace=None))
    return None


def run_slice(job_id: uuid.UUID | str, pace_of: Callable[[JobProgress], Pace]) -> bool:
    """Claim a job and compute its vectors as long as the pace allows; whether it was claimed."""
    job = claims.claim(job_id)
    if job is None:
        return False
    progress = JobProgress(job)
    _execute(_Execution(job, progress, pace_of(progress)))
    return True


def run(job_id: uuid.UUID | str, progress: JobProgress | None = None) -> IndexJob:
    """Claim and run a job, words and vectors; returns its row.

    Does nothing when another worker has it, or it is over.
    """
    job = claims.claim(job_id)
    if job is None:
        other = IndexJob.objects.select_related("repository").filter(pk=job_id).first()
        return other or IndexJob(state=State.CANCELLED)
    progress = progress or JobProgress(job)
    progress.job = job
    return _execute(_Execution(job, progress, UNLIMITED))


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


@dataclass(frozen=True)
class _Execution:
    """A claimed job being run. Without a `pace` its vectors are left to others."""

    job: IndexJob
    progress: JobProgress
    pace: Pace | None


def _execute(execution: _Execution) -> IndexJob:
    """Run a claimed job and store how it ended, or how far it came; returns its row."""
    job = execution.job
    if job.crash_count >= MAX_CRASHES:
        _fail(job, CRASHED, "worker_crashed")
        return _fresh(job)
    try:
        with claims.heartbeat(job, execution.progress.is_stuck):
            _run_phases(execution)
    except InterruptedError:
        execution.progress.count_time()
        _interrupt(job)
    except Outdated:
        claims.restart(job)
    except Repository.DoesNotExist:
        logger.info("repository deleted while it was indexed")
    except (SourceError, EmbedderError, WrongKey) as error:
        closing.close(job.repository, error)
        _fail(job, str(error), getattr(error, "code", ""), getattr(error, "parameters", {}))
    except Exception as error:
        _fail_unexpectedly(job, error)
    queue.restart_if_requested(job)
    _rerun_if_requested(job)
    return _fresh(job)


def _run_phases(execution: _Execution) -> None:
    """The words where they are not done, then the vectors, or a slice of them."""
    job = execution.job
    if job.phase == Phase.WORDS:
        closing.reopen(job.repository)
        outcome = index_words(job.repository, index_options(), execution.progress, force=job.force)
        public_hosts.record_fetch(job.repository)
        if outcome.is_complete:
            _complete(job, outcome.result.as_json())
            return
        state = State.RUNNING if execution.pace else State.QUEUED
        if not claims.enter_vector_phase(job, outcome, state):
            raise InterruptedError
        extensions.notify(job.repository)
    if execution.pace is not None:
        _run_vectors(job, execution.progress, execution.pace)


def _run_vectors(job: IndexJob, progress: JobProgress, pace: Pace) -> None:
    staged = StagedBuild.from_json(job.staged_build) if job.staged_build else None
    if index_vectors(job.repository, index_options(), progress, staged, pace):
        index = job.repository.current_index
        assert index is not None
        _complete(job, {**job.result, "files": index.files, "chunks": index.chunks})
    else:
        progress.count_time()
        claims.end_slice(job)


def _complete(job: IndexJob, result: Mapping[str, object]) -> None:
    IndexJob.objects.claimed_as(job).update(
        state=State.DONE,
        stage=IndexJob.Stage.FINISHED,
        result=result,
        staged_build={},
        finished_at=timezone.now(),
    )
    extensions.notify(job.repository)


def _fail(
    job: IndexJob, message: str, code: str, parameters: dict[str, object] | None = None
) -> None:
    IndexJob.objects.claimed_as(job).update(
        state=State.FAILED,
        error=message,
        error_code=code,
        error_parameters=parameters or {},
        result={},
        staged_build={},
        finished_at=timezone.now(),
    )


def _fail_unexpectedly(job: IndexJob, error: Exception) -> None:
    """Log the exception being handled, and fail with the id of its incident.

    A full disk is none of those.
    """
    if _is_disk_full(error):
        _fail(job, str(DiskFull()), DiskFull.code)
        return
    incident = log_incident(logger, "indexing failed")
    _fail(job, INTERNAL.format(incident=incident), "internal", {"incident": incident})


def _is_disk_full(error: BaseException | None) -> bool:
    """Did the file system or PostgreSQL run out of room, here or in a cause?"""
    while error is not None:
        if isinstance(error, psycopg.errors.DiskFull):
            return True
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__
    return False


def _interrupt(job: IndexJob) -> None:
    """The job was cancelled or paused, as its row says, or this process must end."""
    if stopping.is_set():
        claims.release(job)
    claims.record_pause(job)
    # Only a cancelled job: another worker may have taken this one over.
    IndexJob.objects.filter(pk=job.pk, state=State.CANCELLED).update(finished_at=timezone.now())


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
