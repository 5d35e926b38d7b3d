"""Progress of a running index job, written to its row."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db.models import F
from django.utils import timezone

from deepwiki.foundation import disk_space
from repos.models import IndexJob
from repos.sources.errors import DiskFull
from repos.sources.tree import printable

# Set when this process must end: running jobs stop at their next step and are requeued.
stopping = threading.Event()
UPDATE_SECONDS = 1.0
STUCK_SECONDS = 7_200.0  # the graph of a very large index takes most of an hour
MAX_FAILURES = 100  # files that a job names as failed


class JobProgress:
    """Writes progress to the job's row about once a second.

    It learns there that the job was cancelled, paused or claimed by another worker, and
    raises DiskFull when the reserve of the disk is reached.
    `on_update` is called after each write. See `repos.index.Progress`.
    """

    def __init__(
        self, job: IndexJob, on_update: Callable[[IndexJob], None] = lambda job: None
    ) -> None:
        self.job = job
        self.on_update = on_update
        self._stopped = False
        self._updated = 0.0  # time.monotonic() of the last write
        self._counted = time.monotonic()  # until when the job's time is counted
        self._moved = time.monotonic()  # when the pipeline was last heard of
        self._unwritten = 0  # items done since
        self._failures: dict[str, str] = {}

    def start_stage(self, stage: IndexJob.Stage, total: int = 0) -> None:
        self.job.stage, self.job.total = stage, total
        self.job.progress, self.job.worked_seconds = 0, 0.0
        self._counted = time.monotonic()
        self._unwritten = 0
        self._update(stage=stage, total=total, progress=0)

    def resume_stage(self, stage: IndexJob.Stage, remaining: int) -> None:
        """As `start_stage`, with the total and the worked time of an earlier slice."""
        if self.job.stage != stage or self.job.total < remaining:
            self.start_stage(stage, remaining)
            return
        self.job.progress = self.job.total - remaining
        self._unwritten = 0
        self._update(progress=self.job.progress)

    def advance(self, count: int) -> None:
        self.job.progress += count
        self._unwritten += count
        self._update_when_due()

    def file_failed(self, path: str, reason: str) -> None:
        if len(self._failures) < MAX_FAILURES:
            self._failures[printable(path)[:300]] = reason
            self._update(failures=self._failures)

    def is_cancelled(self) -> bool:
        self._update_when_due()
        return self._stopped or stopping.is_set()

    def is_stuck(self) -> bool:
        """Has the pipeline been silent for longer than any step takes?"""
        return time.monotonic() - self._moved > STUCK_SECONDS

    def holds_claim(self) -> bool:
        return IndexJob.objects.claimed_as(self.job).select_for_update().exists()

    def _update_when_due(self) -> None:
        self._moved = time.monotonic()
        if time.monotonic() - self._updated > UPDATE_SECONDS:
            self._update(progress=F("progress") + self._unwritten)
            self._unwritten = 0

    def _update(self, **changes: object) -> None:
        """Write `changes` with a heartbeat, unless the claim is lost. Raises DiskFull."""
        self._updated = self._moved = time.monotonic()
        if disk_space.is_low():
            raise DiskFull
        self.count_time()
        changes |= {"heartbeat_at": timezone.now(), "worked_seconds": self.job.worked_seconds}
        self._stopped = not IndexJob.objects.claimed_as(self.job).update(**changes)
        self.on_update(self.job)

    def count_time(self) -> None:
        """Add the time since the last call to what the job has worked."""
        now = time.monotonic()
        self.job.worked_seconds += now - self._counted
        self._counted = now
