"""The runs of one process."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator

from chat.core.errors import ServerStops
from chat.core.events import Event
from chat.runs.run import Run

FINISHED_RUN_SECONDS = 300.0
CLEANUP_INTERVAL_SECONDS = 10.0
CANCEL_SECONDS = 5.0


class RunManager:
    """Starts runs, finds them by id, drains them before the process ends."""

    def __init__(self) -> None:
        self.runs: dict[uuid.UUID, Run] = {}
        self.draining = False
        self._next_cleanup = 0.0

    @property
    def running(self) -> list[Run]:
        return [run for run in self.runs.values() if run.is_running]

    def start(self, run: Run, source: AsyncGenerator[Event], *first: Event) -> Run:
        """Start generating an answer. The `first` events come before those of `source`.

        Raises ServerStops while draining.
        """
        if self.draining:
            raise ServerStops
        self._remove_finished()
        for event in first:
            run.emit(event)
        run.start(source)
        self.runs[run.id] = run
        return run

    def get(self, run_id: uuid.UUID) -> Run | None:
        """A run of this process that is running or finished less than five minutes ago."""
        return self.runs.get(run_id)

    async def drain(self, seconds: float) -> None:
        """Refuse new runs, wait `seconds` for the present ones, then interrupt the rest."""
        self.draining = True
        tasks = [run.task for run in self.running if run.task is not None]
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=seconds)
        for run in self.running:
            run.stop("interrupted")
        await asyncio.wait(tasks, timeout=CANCEL_SECONDS)

    def _remove_finished(self) -> None:
        now = time.monotonic()
        if now < self._next_cleanup:
            return
        self._next_cleanup = now + CLEANUP_INTERVAL_SECONDS
        limit = now - FINISHED_RUN_SECONDS
        old = [run.id for run in self.runs.values() if 0 < run.finished_at < limit]
        for run_id in old:
            del self.runs[run_id]
