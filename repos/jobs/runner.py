"""Index jobs: asked for once, run by one, watched by many, rescued when whoever ran them died.

The `IndexJob` row is the truth; the queue only carries its id to a worker.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator

from django.db import Error, connection, transaction
from django.utils import timezone

from repos.embedders import EmbedderError
from repos.encryption import WrongKey
from repos.index.pipeline import Result, index_repository
from repos.index.removal import drop_indexes
from repos.jobs.options import index_options
from repos.jobs.progress import JobProgress, _mine, stopping
from repos.jobs.queue import State, _claim, enqueue, request, waiting
from repos.models import IndexJob, Repository
from repos.sources import SourceError
from repos.sources.errors import NoRevision, NotFound

logger = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 5.0
MOST_DEATHS = 4  # a repository that kills its worker must not do so for ever


def run_next() -> IndexJob | None:
    """Do the waiting job whose turn it is; None when there is none.

    Fair between people: of all waiting jobs, one of whoever has the fewest jobs running or done in the last hour, and
    of theirs the oldest.
    """
    for waiting_job in waiting():
        job = _claim(waiting_job.pk)
        if job is not None:
            return _work(job, JobProgress(job))
    return None


def run(job_id: uuid.UUID | str, progress: JobProgress | None = None) -> IndexJob:
    """Claim the job and do it; the row says how it ended. Does nothing when another worker has it, or it is over."""
    job = _claim(job_id)
    if job is None:
        other = IndexJob.objects.select_related("repository").filter(pk=job_id).first()
        return other or IndexJob(state=State.CANCELLED)
    progress = progress or JobProgress(job)
    progress.job = job
    return _work(job, progress)


def _work(job: IndexJob, progress: JobProgress) -> IndexJob:
    if job.crash_count >= MOST_DEATHS:
        _end(
            job,
            State.FAILED,
            error="Indexing this repository ended the worker several times. Tell the administrator.",
        )
        return IndexJob.objects.select_related("repository").get(pk=job.pk)
    try:
        with _heartbeat(job):
            result = index_repository(job.repository, index_options(), progress, force=job.force)
    except InterruptedError:
        if stopping.is_set():
            _hand_back(job)
        # Cancelled and paused are already in the row; a rescue by another worker must not be overwritten.
        IndexJob.objects.filter(pk=job.pk, state=State.CANCELLED).update(finished_at=timezone.now())
    except Repository.DoesNotExist:
        logger.info("repository deleted while it was indexed")
    except (SourceError, EmbedderError, WrongKey) as error:
        if (
            isinstance(error, NotFound)
            and not isinstance(error, NoRevision)
            and job.repository.is_private
        ):
            # Deleted, or its token is no longer good: what was read with that token is not ours to show any more.
            drop_indexes(job.repository)
        _end(job, State.FAILED, error=str(error))
    except Exception:
        incident = uuid.uuid4().hex[:8]
        logger.exception("indexing failed, incident %s", incident)
        _end(
            job,
            State.FAILED,
            error=f"Something went wrong on our side. Tell the administrator: incident {incident}.",
        )
    else:
        _end(job, State.DONE, result=result)
    _look_again(job)
    return IndexJob.objects.select_related("repository").filter(pk=job.pk).first() or job


def _look_again(job: IndexJob) -> None:
    """Queue the look that was asked for while the job ran."""
    ended = IndexJob.objects.filter(
        pk=job.pk, rerun_requested=True, state__in=[State.DONE, State.FAILED]
    )
    forced = ended.filter(rerun_forced=True).exists()
    if ended.update(rerun_requested=False, rerun_forced=False):
        with contextlib.suppress(Error):  # deleted this very moment
            request(job.repository, job.requested_by_id, force=forced)


@contextlib.contextmanager
def _heartbeat(job: IndexJob) -> Iterator[None]:
    """Signs of life from a thread of their own: some steps take longer than silence is taken for death."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            try:
                _mine(job).update(heartbeat_at=timezone.now())
            except Error:
                logger.debug("no sign of life could be given", exc_info=True)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(5)


def _hand_back(job: IndexJob) -> None:
    with transaction.atomic():
        if _mine(job).update(state=State.QUEUED):
            enqueue(job)


def _end(job: IndexJob, state: str, *, error: str = "", result: Result | None = None) -> None:
    _mine(job).update(
        state=state,
        error=error,
        result=result.as_json() if result else {},
        finished_at=timezone.now(),
    )


def run_or_follow(job: IndexJob, tell: Callable[[IndexJob], None] = lambda job: None) -> IndexJob:
    """Do the job here, or follow whoever does it until it is over, taking over if they die. For commands: it blocks."""
    while True:
        job = run(job.pk, JobProgress(job, tell))
        if job.state not in (State.QUEUED, State.RUNNING):
            return job
        tell(job)
        time.sleep(0.5)
