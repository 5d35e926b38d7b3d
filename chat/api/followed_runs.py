"""The runs whose events one socket receives, each of them once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from chat import services
from chat.api.authorization import recheck
from chat.core.errors import ChatError, TooMany

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

MAX_FOLLOWED_RUNS = 8  # at the same time
Lost = tuple[uuid.UUID, ChatError]


class FollowedRuns:
    """A task for each run; a second task for the same run takes the place of the first."""

    def __init__(self) -> None:
        self._tasks: dict[uuid.UUID, asyncio.Task[None]] = {}

    def __iter__(self) -> Iterator[uuid.UUID]:
        return iter(list(self._tasks))

    def check_room(self, run_id: uuid.UUID) -> None:
        """Raises TooMany if the run would be one too many."""
        if run_id not in self._tasks and len(self._tasks) >= MAX_FOLLOWED_RUNS:
            raise TooMany("followed_runs")

    def put(self, run_id: uuid.UUID, task: asyncio.Task[None]) -> None:
        """Note the task that sends a run's events, until it is done; cancel the one before."""
        before = self._tasks.get(run_id)
        if before is task:
            return
        self._tasks[run_id] = task
        task.add_done_callback(lambda _: self._remove(run_id, task))
        if before is not None:
            before.cancel()

    async def drop_unreadable(self, person: Person) -> list[Lost]:
        """Cancel the tasks of runs that the person may not read any more; those, and why."""
        lost: list[Lost] = []
        for run_id in self:
            try:
                await recheck(partial(services.check_may_follow, person, run_id))
            except ChatError as error:
                lost.append((run_id, error))
                if run_id in self._tasks:
                    self._tasks[run_id].cancel()
        return lost

    def _remove(self, run_id: uuid.UUID, task: asyncio.Task[None]) -> None:
        if self._tasks.get(run_id) is task:
            del self._tasks[run_id]
