"""Claims of jobs by workers: kept by a heartbeat, void when it stops.

A claim raises the job's `claim_number`; a worker whose number is no longer the row's
has lost the job.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from deepwiki.foundation import heartbeats
from repos.index import WordsOutcome
from repos.jobs.queue import Phase, State, enqueue
from repos.models import IndexJob

logger = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 5.0
CLAIM_TIMEOUT = timedelta(seconds=30)  # without a heartbeat
MESSAGE_TIMEOUT = timedelta(minutes=5)  # a job queued for so long has lost its message
CLEARED = {
    "error": "",
    "error_code": "",
    "error_parameters": {},
    "failures": {},
    "progress": 0,
    "total": 0,
    "worked_seconds": 0,
    "staged_build": {},
}


def claim(job_id: uuid.UUID | str) -> IndexJob | None:
    """Claim a queued job, or one whose worker died.

    Its vector phase goes on where it stands. None when another has it, or it is over.
    """
    now = timezone.now()
    claimable = Q(state=State.QUEUED) | _is_stalled(now)
    row = IndexJob.objects.filter(claimable, pk=job_id)
    number = F("claim_number") + 1
    claimed = row.filter(phase=Phase.VECTORS).update(
        state=State.RUNNING, heartbeat_at=now, claim_number=number
    ) or row.filter(phase=Phase.WORDS).update(
        state=State.RUNNING,
        stage=IndexJob.Stage.WAITING,
        heartbeat_at=now,
        started_at=now,
        claim_number=number,
        **CLEARED,
    )
    if not claimed:
        return None
    jobs = IndexJob.objects.select_related("repository", "repository__current_index")
    return jobs.filter(pk=job_id).first()


def heartbeat(job: IndexJob, is_stuck: Callable[[], bool] = bool) -> AbstractContextManager[None]:
    """Renew the claim from a thread: some steps take longer than CLAIM_TIMEOUT.

    Once `is_stuck()`, the claim is left to lapse: another worker takes the job over, and
    gives it up after some such ends.
    """

    def renew_unless_stuck() -> bool:
        if is_stuck():
            logger.critical("an index job has not moved for hours: %s", job.pk)
            return False
        renew(job)
        return True

    return heartbeats.heartbeat(renew_unless_stuck, HEARTBEAT_SECONDS)


def renew(job: IndexJob) -> None:
    """One heartbeat."""
    IndexJob.objects.claimed_as(job).update(heartbeat_at=timezone.now())


def enter_vector_phase(job: IndexJob, outcome: WordsOutcome, state: IndexJob.State) -> bool:
    """Record that words are done; False when the claim is lost.

    `state` is RUNNING to go on with the claim, QUEUED to leave it to the next slice.
    """
    staged = outcome.staged.as_json() if outcome.staged else {}
    changes: dict[str, Any] = {
        "phase": Phase.VECTORS,
        "stage": IndexJob.Stage.EMBEDDING,
        "total": outcome.vectors,
        "progress": 0,
        "worked_seconds": 0.0,
        "result": outcome.result.as_json(),
        "staged_build": staged,
        "vectors_at": None,
        "crash_count": 0,
    }
    if not IndexJob.objects.claimed_as(job).update(state=state, **changes):
        return False
    for name, value in changes.items():
        setattr(job, name, value)
    return True


def end_slice(job: IndexJob) -> None:
    """Leave the rest of the vectors to later slices, and other jobs to the next ones."""
    IndexJob.objects.claimed_as(job).update(
        state=State.QUEUED,
        progress=job.progress,
        worked_seconds=job.worked_seconds,
        vectors_at=timezone.now(),
        crash_count=0,
    )


def record_pause(job: IndexJob) -> None:
    """Store how far a job came that was paused while it ran."""
    row = IndexJob.objects.filter(pk=job.pk, state=State.PAUSED, claim_number=job.claim_number)
    row.update(progress=job.progress, worked_seconds=job.worked_seconds)


def restart(job: IndexJob) -> None:
    """Put a claimed job back to where words begin: what was to be finished is outdated."""
    with transaction.atomic():
        row = IndexJob.objects.claimed_as(job)
        if row.update(state=State.QUEUED, phase=Phase.WORDS, staged_build={}):
            enqueue(job)


def release(job: IndexJob) -> None:
    """Put a claimed job back into the queue of its phase, for another worker."""
    with transaction.atomic():
        if IndexJob.objects.claimed_as(job).update(state=State.QUEUED):
            enqueue(job)


def rescue() -> int:
    """Requeue the jobs of dead workers; returns how many.

    Resends lost messages, too.
    """
    stalled = IndexJob.objects.filter(_is_stalled(timezone.now()))
    rescued = sum(map(_requeue, stalled))
    _resend_lost_messages()
    return rescued


def _is_stalled(now: datetime) -> Q:
    return Q(state=State.RUNNING, heartbeat_at__lt=now - CLAIM_TIMEOUT)


def _requeue(job: IndexJob) -> bool:
    """Requeue a job unless it got a heartbeat meanwhile."""
    with transaction.atomic():
        row = IndexJob.objects.claimed_as(job).filter(heartbeat_at=job.heartbeat_at)
        requeued = row.update(state=State.QUEUED, crash_count=F("crash_count") + 1)
        if requeued:
            enqueue(job)
    return bool(requeued)


def _resend_lost_messages() -> None:
    """A second message for a job does no harm: the claim is atomic."""
    lost = timezone.now() - MESSAGE_TIMEOUT
    never_claimed = Q(heartbeat_at=None, created_at__lt=lost)
    queued = IndexJob.objects.filter(state=State.QUEUED, phase=Phase.WORDS)
    for job in queued.filter(never_claimed | Q(heartbeat_at__lt=lost)):
        IndexJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now())
        enqueue(job)
