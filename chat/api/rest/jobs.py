"""Index jobs: how far indexing is, and pausing it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chat.api.rest.identity import MANAGE, READ, person_of, reader_of, require_admin
from chat.api.rest.lists import Listed, ListOf, ListQuery
from chat.api.rest.lookups import readable_repositories
from chat.api.rest.problems import no_such, not_allowed
from repos import jobs, services
from repos.models import IndexJob

router = Router(tags=["jobs"])
NOT_YOURS = "Only who asked for a job, or manages its repository, may do this."


class Job(Schema):
    """A run of the indexing pipeline. `done` of `total` are of its stage, whose unit it chooses."""

    id: uuid.UUID
    repository: uuid.UUID
    state: str = Field(description="queued, running, paused, done, failed or cancelled")
    stage: str
    done: int
    total: int
    percent: int
    ahead: int = Field(description="How many jobs run before a queued one.")
    seconds_left: int | None = Field(None, description="An estimate for the stage.")
    error: str = ""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @staticmethod
    def resolve_repository(job: IndexJob) -> uuid.UUID:
        return job.repository_id

    @staticmethod
    def resolve_done(job: IndexJob) -> int:
        return job.progress

    @staticmethod
    def resolve_ahead(job: IndexJob) -> int:
        return jobs.position(job) if job.state == IndexJob.State.QUEUED else 0

    @staticmethod
    def resolve_seconds_left(job: IndexJob) -> int | None:
        return jobs.seconds_left(job)


class JobsQuery(ListQuery):
    """Which jobs."""

    repository: uuid.UUID | None = None
    unfinished: bool = False


@router.get("/jobs", response=Listed[Job], auth=READ)
def list_jobs(request: HttpRequest, query: Query[JobsQuery]) -> dict[str, Any]:
    """The jobs of the repositories that you may read, the newest first."""
    rows = IndexJob.objects.filter(repository__in=readable_repositories(request).order_by())
    if query.repository is not None:
        rows = rows.filter(repository=query.repository)
    if query.unfinished:
        rows = rows.unfinished()
    return ListOf.of("jobs", reader_of(request), query).newest_first(rows, "created_at")


@router.get("/jobs/{job_id}", response=Job, auth=READ)
def get_job(request: HttpRequest, job_id: uuid.UUID) -> IndexJob:
    """How far a job is."""
    return _job(request, job_id)


@router.post("/jobs/{job_id}/pause", response=Job, auth=MANAGE)
def pause_job(request: HttpRequest, job_id: uuid.UUID) -> IndexJob:
    """Stop a queued or running job until it is resumed; what is stored stays stored."""
    return _changed(request, job_id, jobs.pause)


@router.post("/jobs/{job_id}/resume", response=Job, auth=MANAGE)
def resume_job(request: HttpRequest, job_id: uuid.UUID) -> IndexJob:
    """Put a paused job back into the queue."""
    return _changed(request, job_id, jobs.resume)


@router.post("/jobs/{job_id}/cancel", response=Job, auth=MANAGE)
def cancel_job(request: HttpRequest, job_id: uuid.UUID) -> IndexJob:
    """End an unfinished job; the old index stays the current one."""
    return _changed(request, job_id, jobs.cancel)


def _changed(request: HttpRequest, job_id: uuid.UUID, change: Any) -> IndexJob:
    """A change of a job that is over changes nothing."""
    job = _job(request, job_id)
    person = person_of(request)
    if not services.may_control(person, job):
        raise not_allowed(NOT_YOURS)
    if not job.is_of(person):
        require_admin(request)
    change(job)
    job.refresh_from_db()
    return job


def _job(request: HttpRequest, job_id: uuid.UUID) -> IndexJob:
    """Raises Problem."""
    readable = readable_repositories(request).order_by()
    rows = IndexJob.objects.filter(pk=job_id, repository__in=readable)
    job = rows.select_related("repository").first()
    if job is None:
        raise no_such()
    return job
