"""The queue of index jobs: requests, order, pausing and cancelling."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from repos.models import IndexJob, Repository

State = IndexJob.State
FAIRNESS_WINDOW = timedelta(hours=1)


def request(
    repository: Repository, user_id: int | None = None, *, force: bool = False, start: bool = True
) -> tuple[IndexJob, bool]:
    """The repository's unfinished job, created if there is none, and whether it is new.

    A new job is handed to a worker unless `start` is false. The database allows one
    unfinished job a repository, so concurrent requests get the same one. A running job
    is run again when it is done, since it may have read old files.
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
        if unfinished is not None and _join(unfinished, force=force):
            return unfinished, False
        return request(repository, user_id, force=force, start=start)  # it ended meanwhile


def enqueue(job: IndexJob) -> None:
    """Send a message for the job to the workers."""
    # By name: the task calls the runner, which stands above this module.
    app.configure_task("repos.run_index_job", queue="index").defer(job_id=str(job.pk))


def waiting() -> list[IndexJob]:
    """Queued jobs in the order in which they will run.

    The next is the oldest job of the person with the fewest jobs running or started
    within the last hour, those before it in the list included.
    """
    counts = _recent_jobs_by_person()
    order: list[IndexJob] = []
    queued = list(IndexJob.objects.filter(state=State.QUEUED).order_by("created_at"))
    while queued:
        job = min(queued, key=lambda job: (counts[job.requested_by_id], job.created_at))
        queued.remove(job)
        counts[job.requested_by_id] += 1
        order.append(job)
    return order


def _recent_jobs_by_person() -> Counter[int | None]:
    recently = Q(state=State.RUNNING) | Q(started_at__gt=timezone.now() - FAIRNESS_WINDOW)
    recent = IndexJob.objects.filter(recently).exclude(state=State.QUEUED)
    return Counter(recent.values_list("requested_by", flat=True))


def position(job: IndexJob) -> int:
    """How many jobs are ahead of a waiting one; 0 when it is not waiting."""
    ids = [queued.pk for queued in waiting()]
    return ids.index(job.pk) if job.pk in ids else 0


def cancel(job: IndexJob) -> None:
    """Stop an unfinished job; the old index stays current."""
    _change_state(job, IndexJob.UNFINISHED, State.CANCELLED)


def pause(job: IndexJob) -> None:
    """Stop a queued or running job until `resume`; stored vectors stay stored."""
    _change_state(job, [State.QUEUED, State.RUNNING], State.PAUSED)


def resume(job: IndexJob) -> None:
    """Put a paused job back into the queue."""
    with transaction.atomic():
        if _change_state(job, [State.PAUSED], State.QUEUED):
            enqueue(job)


def _join(job: IndexJob, *, force: bool) -> bool:
    """Add a request to an unfinished job. False when it ended meanwhile."""
    row = IndexJob.objects.filter(pk=job.pk)
    if job.state == State.RUNNING:
        changes = {"rerun_requested": True}
        if force:
            changes["rerun_forced"] = True
        return bool(row.filter(state=State.RUNNING).update(**changes))
    if force:
        row.update(force=True)
    return True


def _change_state(job: IndexJob, before: list[IndexJob.State], after: IndexJob.State) -> bool:
    """Change the state if it is one of `before`; returns whether it was."""
    return bool(IndexJob.objects.filter(pk=job.pk, state__in=before).update(state=after))
