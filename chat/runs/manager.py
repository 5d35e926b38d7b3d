"""The runs of one process."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator

from chat.core.errors import ServerStops
from chat.core.events import Event
from chat.runs.background import keep
from chat.runs.run import Run

KEEP_FINISHED_SECONDS = 300.0
FORGET_EVERY_SECONDS = 10.0


class RunManager:
    """The runs of one process."""

    def __init__(self) -> None:
        self.known: dict[uuid.UUID, Run] = {}
        self.draining = False
        self._look_again = 0.0

    @property
    def running(self) -> list[Run]:
        return [run for run in self.known.values() if run.state is None]

    def start(self, run: Run, source: AsyncGenerator[Event], *first: Event) -> Run:
        """Begin making an answer; `first` are sent before anything of `source`. Raises ServerStops while draining."""
        if self.draining:
            raise ServerStops
        self._forget_old()
        self.known[run.id] = run
        for event in first:
            run.emit(event)
        run.task = keep(run.drive(source))
        return run

    def get(self, run_id: uuid.UUID) -> Run | None:
        """A run of this process, running or finished a short while ago."""
        return self.known.get(run_id)

    async def drain(self, seconds: float) -> None:
        """Take no new runs; give the present ones `seconds` to finish, then save what they have as interrupted."""
        self.draining = True
        tasks = [run.task for run in self.running if run.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for run in self.running:
            run.stop("interrupted")
        if tasks:
            await asyncio.wait(tasks, timeout=5)

    def _forget_old(self) -> None:
        now = time.monotonic()
        if now < self._look_again:
            return
        self._look_again = now + FORGET_EVERY_SECONDS
        limit = now - KEEP_FINISHED_SECONDS
        for old in [
            key for key, run in self.known.items() if run.finished_at and run.finished_at < limit
        ]:
            del self.known[old]
