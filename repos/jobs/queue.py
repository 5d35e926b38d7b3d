"""The queue of index jobs: requests, order, pausing and cancelling."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from deepwiki.foundation.sql import fetch_all, fetch_value, read_sql
from repos.models import IndexJob, Repository

State = IndexJob.State
Phase = IndexJob.Phase
WAITING = read_sql(__file__, "waiting.sql")
REQUEST_ATTEMPTS = 5
FAIRNESS_WINDOW = timedelta(hours=1)


def request(
    repository: Repository, user_id: int | None = None, *, force: bool = False, start: bool = True
) -> tuple[IndexJob, bool]:
    """The repository's unfinished job, created if there is none, and whether it is new.

    A new job is handed to a worker unless `start` is false. The database allows one
    unfinished job a repository, so concurrent requests get the same one. A job that has
    read files already is run again when it is done. Raises IntegrityError when the
    repository or the person is deleted.
    """
    for attempt in range(REQUEST_ATTEMPTS):
        try:
            return _create(repository, user_id, force=force, start=start), True
        except IntegrityError:
            unfinished = repository.jobs.unfinished().first()
            if unfinished is not None and _join(unfinished, force=force):
                return unfinished, False
            if attempt == REQUEST_ATTEMPTS - 1:
                raise
    raise AssertionError  # the last attempt returned or raised


def _create(repository: Repository, user_id: int | None, *, force: bool, start: bool) -> IndexJob:
    with transaction.atomic():
        job = IndexJob.objects.create(repository=repository, requested_by_id=user_id, force=force)
        if start:
            enqueue(job)
    return job


def enqueue(job: IndexJob) -> None:
    """Send a message for the job to the workers."""
    # By name: the task calls the runner, which stands above this module.
    app.configure_task("repos.run_index_job", queue="index").defer(job_id=str(job.pk))


def waiting() -> list[IndexJob]:
    """Jobs that wait for their words, in the order in which they will run.

    The next is the oldest job of the person with the fewest jobs running or started
    within the last hour, those before it in the list included.
    """
    ids = [job_id for job_id, _ in fetch_all(f"{WAITING} ORDER BY place", _fairness())]
    jobs = IndexJob.objects.in_bulk(ids)
    return [jobs[job_id] for job_id in ids if job_id in jobs]


def next_waiting(count: int) -> list[uuid.UUID]:
    """The ids of the first `count` of them."""
    rows = fetch_all(f"{WAITING} ORDER BY place LIMIT %(count)s", {**_fairness(), "count": count})
    return [job_id for job_id, _ in rows]


def position(job: IndexJob) -> int:
    """How many jobs are ahead of a waiting one; 0 when it is not waiting. One statement."""
    place = fetch_value(
        f"SELECT coalesce(max(place), 1) FROM ({WAITING}) AS waiting WHERE id = %(job)s",  # noqa: S608 - our own file
        {**_fairness(), "job": job.pk},
    )
    return int(place) - 1


def _fairness() -> dict[str, Any]:
    return {"since": timezone.now() - FAIRNESS_WINDOW}


def cancel(job: IndexJob) -> None:
    """Stop an unfinished job; the old index stays current."""
    finished = {"finished_at": timezone.now()}
    _change_state(job, IndexJob.UNFINISHED, State.CANCELLED, **finished)


def pause(job: IndexJob) -> None:
    """Stop a queued or running job until `resume`; stored vectors stay stored."""
    _change_state(job, [State.QUEUED, State.RUNNING], State.PAUSED)


def resume(job: IndexJob) -> None:
    """Put a paused job back into the queue."""
    with transaction.atomic():
        if _change_state(job, [State.PAUSED], State.QUEUED):
            enqueue(job)


def restart_if_requested(job: IndexJob) -> None:
    """Put a job between two slices back to where words begin, if it was requested again.

    A staged build is finished first: constant pushes would keep it from ever being current.
    """
    between = IndexJob.objects.filter(pk=job.pk, state=State.QUEUED, phase=Phase.VECTORS)
    requested = between.filter(rerun_requested=True, staged_build={})
    with transaction.atomic():
        restarted = requested.update(
            phase=Phase.WORDS,
            stage=IndexJob.Stage.WAITING,
            force=F("rerun_forced"),
            rerun_requested=False,
            rerun_forced=False,
        )
        if restarted:
            enqueue(job)


def _join(job: IndexJob, *, force: bool) -> bool:
    """Add a request to an unfinished job. False when it ended or moved on meanwhile."""
    row = IndexJob.objects.filter(pk=job.pk, state=job.state, phase=job.phase)
    if job.state == State.RUNNING or job.phase == Phase.VECTORS:
        changes = {"rerun_requested": True}
        if force:
            changes["rerun_forced"] = True
        joined = bool(row.update(**changes))
        restart_if_requested(job)
        return joined
    if force:
        return bool(row.update(force=True))
    return row.exists()


def _change_state(
    job: IndexJob, before: list[IndexJob.State], after: IndexJob.State, **changes: Any
) -> bool:
    """Change the state if it is one of `before`; returns whether it was."""
    row = IndexJob.objects.filter(pk=job.pk, state__in=before)
    return bool(row.update(state=after, **changes))
