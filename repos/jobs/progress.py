"""Progress of a running index job, written to its row."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db.models import F
from django.utils import timezone

from repos.jobs.queue import State
from repos.models import IndexJob, IndexJobQuerySet
from repos.sources.tree import printable

# Set when this process must end: running jobs stop at the next step and go back into the queue.
stopping = threading.Event()
BEAT_SECONDS = 1.0
MOST_FAILURES = 100  # named one by one; there is no use in more


def _mine(job: IndexJob) -> IndexJobQuerySet:
    """The job's row, as long as nobody claimed it after us."""
    return IndexJob.objects.filter(pk=job.pk, state=State.RUNNING, claim_number=job.claim_number)


class JobProgress:
    """Writes progress to the job's row about once a second, and learns there that it was cancelled or paused."""

    def __init__(self, job: IndexJob, tell: Callable[[IndexJob], None] = lambda job: None) -> None:
        self.job = job
        self.tell = tell
        self._stopped = False
        self._beaten = 0.0
        self._due = 0
        self._failures: dict[str, str] = {}

    def stage(self, stage: IndexJob.Stage, total: int = 0) -> None:
        self.job.stage, self.job.total, self.job.progress, self.job.stage_at = (
            stage,
            total,
            0,
            timezone.now(),
        )
        self._due = 0
        self._beat(stage=stage, total=total, progress=0, stage_at=self.job.stage_at)

    def advance(self, count: int) -> None:
        self.job.progress += count
        self._due += count
        self.cancelled()

    def failed(self, path: str, why: str) -> None:
        if len(self._failures) < MOST_FAILURES:
            self._failures[printable(path)[:300]] = why
            self._beat(failures=self._failures)

    def holds(self) -> bool:
        """Is the job still ours? Inside a transaction the answer stays true until its end."""
        return _mine(self.job).select_for_update().exists()

    def cancelled(self) -> bool:
        if time.monotonic() - self._beaten > BEAT_SECONDS:
            self._beat(progress=F("progress") + self._due)
            self._due = 0
        return self._stopped or stopping.is_set()

    def _beat(self, **changes: object) -> None:
        self._beaten = time.monotonic()
        self._stopped = not _mine(self.job).update(heartbeat_at=timezone.now(), **changes)
        self.tell(self.job)
