"""Which index jobs wait, in what order, and who has them."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from procrastinate.contrib.django import app

from repos.models import IndexJob, Repository

State, Stage = IndexJob.State, IndexJob.Stage
STALE = timedelta(seconds=30)
FORGOTTEN = timedelta(minutes=5)


def request(
    repository: Repository, user_id: int | None = None, *, force: bool = False, start: bool = True
) -> tuple[IndexJob, bool]:
    """The repository's unfinished job, made (and, with `start`, handed to a worker) if there is none.

    Returns the job and whether it is new. The database allows one unfinished job a repository, so ten people asking at
    once get the same one.
    """
    try:
        with transaction.atomic():
            job = IndexJob.objects.create(
                repository=repository, requested_by_id=user_id, force=force
            )
            if start:
                enqueue(job)
        return job, True
    except IntegrityError:
        unfinished = repository.jobs.unfinished().first()
        if unfinished is None:
            return request(repository, user_id, force=force, start=start)
        rows = IndexJob.objects.filter(pk=unfinished.pk)
        if unfinished.state == State.RUNNING:
            # What it has read may be old by now: another look when it is done.
            wish = (
                {"rerun_requested": True, "rerun_forced": True}
                if force
                else {"rerun_requested": True}
            )
            if not rows.filter(state=State.RUNNING).update(**wish):
                return request(
                    repository, user_id, force=force, start=start
                )  # it ended this very moment
        elif force:
            rows.update(force=True)
        return unfinished, False


def enqueue(job: IndexJob) -> None:
    """Hand a job to whichever worker is free."""
    # By name: the task itself calls the runner, which stands above this module.
    app.configure_task("repos.run_index_job", queue="index").defer(job_id=str(job.pk))


def waiting() -> list[IndexJob]:
    """Waiting jobs in the order they will be done."""
    since = timezone.now() - timedelta(hours=1)
    recent = IndexJob.objects.filter(Q(state=State.RUNNING) | Q(started_at__gt=since)).exclude(
        state=State.QUEUED
    )
    share: Counter[int | None] = Counter(recent.values_list("requested_by", flat=True))
    order: list[IndexJob] = []
    rest = list(IndexJob.objects.filter(state=State.QUEUED).order_by("created_at"))
    while rest:
        turn = min(rest, key=lambda job: (share[job.requested_by_id], job.created_at))
        rest.remove(turn)
        share[turn.requested_by_id] += 1
        order.append(turn)
    return order


def _claim(job_id: uuid.UUID | str) -> IndexJob | None:
    """The job, ours from now on; None when it is another's, or over."""
    now = timezone.now()
    free = Q(state=State.QUEUED) | Q(state=State.RUNNING, heartbeat_at__lt=now - STALE)
    claimed = IndexJob.objects.filter(free, pk=job_id).update(
        state=State.RUNNING,
        stage=Stage.WAITING,
        heartbeat_at=now,
        started_at=now,
        error="",
        progress=0,
        total=0,
        failures={},
        claim_number=F("claim_number") + 1,
    )
    if not claimed:
        return None
    return (
        IndexJob.objects.select_related("repository", "repository__current_index")
        .filter(pk=job_id)
        .first()
    )


def cancel(job: IndexJob) -> None:
    """Stop a waiting, running or paused job; the old index stays."""
    _move(job, IndexJob.UNFINISHED, State.CANCELLED)


def pause(job: IndexJob) -> None:
    """Stop a job so that `resume` goes on where it was: stored vectors stay stored."""
    _move(job, [State.QUEUED, State.RUNNING], State.PAUSED)


def resume(job: IndexJob) -> None:
    """Put a paused job back into the queue."""
    with transaction.atomic():
        if _move(job, [State.PAUSED], State.QUEUED):
            enqueue(job)


def _move(job: IndexJob, before: list[IndexJob.State], after: IndexJob.State) -> bool:
    return bool(IndexJob.objects.filter(pk=job.pk, state__in=before).update(state=after))


def rescue() -> int:
    """Requeue jobs whose runner shows no sign of life; returns how many."""
    stale = IndexJob.objects.filter(state=State.RUNNING, heartbeat_at__lt=timezone.now() - STALE)
    rescued = 0
    for job in stale:
        with transaction.atomic():
            died = IndexJob.objects.filter(
                pk=job.pk, state=State.RUNNING, heartbeat_at=job.heartbeat_at
            )
            if died.update(state=State.QUEUED, crash_count=F("crash_count") + 1):
                enqueue(job)
                rescued += 1
    # A waiting job whose message to the workers was lost: a second one does no harm, the claim is atomic.
    forgotten = Q(heartbeat_at=None, created_at__lt=timezone.now() - FORGOTTEN) | Q(
        heartbeat_at__lt=timezone.now() - FORGOTTEN
    )
    for job in IndexJob.objects.filter(forgotten, state=State.QUEUED):
        IndexJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now())
        enqueue(job)
    return rescued


def position(job: IndexJob) -> int:
    """How many jobs are ahead of a waiting one."""
    return next((place for place, other in enumerate(waiting()) if other.pk == job.pk), 0)
