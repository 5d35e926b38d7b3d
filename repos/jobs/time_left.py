"""How long a job still takes: by the time it has worked so far, and by the jobs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from deepwiki.foundation.sql import fetch_row, read_sql
from repos.jobs.claims import CLAIM_TIMEOUT
from repos.models import IndexJob

TIME_LEFT = read_sql(__file__, "time_left.sql")
LEAST_WORKED_SECONDS = 1.0  # before a pace is known


def seconds_left(job: IndexJob) -> int | None:
    """An estimate for the current stage, None without one. One statement at most.

    Neither a pause nor the slices of other jobs count as time that this one has worked.
    Between two slices of its vectors a job counts as going on.
    """
    if job.phase == IndexJob.Phase.VECTORS:
        return _seconds_of_vectors(job)
    if job.state != IndexJob.State.RUNNING or not _has_pace(job):
        return None
    return round(job.worked_seconds / job.progress * (job.total - job.progress))


def _seconds_of_vectors(job: IndexJob) -> int | None:
    if not job.total or job.state == IndexJob.State.PAUSED:
        return None
    row = fetch_row(TIME_LEFT, {"job": job.pk, "alive": timezone.now() - CLAIM_TIMEOUT})
    return _rounded(row)


def _rounded(row: Sequence[Any] | None) -> int | None:
    if row is None or row[0] is None:
        return None
    return round(float(row[0]))


def _has_pace(job: IndexJob) -> bool:
    return bool(job.total and job.progress) and job.worked_seconds >= LEAST_WORKED_SECONDS
