"""The runs of one process."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Iterator

from chat.core.errors import ServerStops, server_busy
from chat.core.events import Event
from chat.runs.run import Run

# A finished run is read from the database; the last ones are at hand for readers who
# reconnect just now.
FINISHED_BYTES = 4_000_000
FINISHED_RUNS = 50
CANCEL_SECONDS = 5.0


class RunManager:
    """Starts runs, finds them by id, drains them before the process ends.

    Besides the running ones it holds those that finished last, FINISHED_RUNS at most and
    about FINISHED_BYTES.
    """

    def __init__(self) -> None:
        self.runs: dict[uuid.UUID, Run] = {}
        self.draining = False
        self._starting = 0
        self._finished: deque[Run] = deque()  # the oldest first
        self._finished_bytes = 0

    @property
    def running(self) -> list[Run]:
        return [run for run in self.runs.values() if run.is_running]

    @contextlib.contextmanager
    def place(self, most: int) -> Iterator[None]:
        """Hold one of `most` places of this process while an answer is being started.

        A started run holds its place until it has finished: more of them than the process
        can drive would all be late, and some could not be stored. Raises TooMany.
        """
        if self._places_taken >= most:
            raise server_busy()
        self._starting += 1
        try:
            yield
        finally:
            self._starting -= 1

    @property
    def _places_taken(self) -> int:
        return self._starting + len(self.runs) - len(self._finished)

    def start(self, run: Run, source: AsyncGenerator[Event], *first: Event) -> Run:
        """Start generating an answer. The `first` events come before those of `source`.

        Raises ServerStops while draining.
        """
        if self.draining:
            raise ServerStops
        for event in first:
            run.emit(event)
        run.start(source)
        self.runs[run.id] = run
        run.add_done_callback(self._note_finished)
        return run

    def get(self, run_id: uuid.UUID) -> Run | None:
        """A run of this process that is running, or one of the last that finished."""
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

    def _note_finished(self, run: Run) -> None:
        self._finished.append(run)
        self._finished_bytes += run.log.size
        while len(self._finished) > FINISHED_RUNS or self._finished_bytes > FINISHED_BYTES:
            oldest = self._finished.popleft()
            self._finished_bytes -= oldest.log.size
            self.runs.pop(oldest.id, None)
