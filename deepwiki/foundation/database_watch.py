"""Whether the database answers, asked a few times a second by each web process.

A statement to a database that hangs waits until its deadline. Who awaits one, or has not
answered yet, is told here within two seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

logger = logging.getLogger(__name__)
PING_SECONDS = 0.5  # between two pings
PATIENCE_SECONDS = 1.25  # for the answer to one
LAG_SECONDS = 0.25  # of the event loop, beyond which a late answer is our own fault

Ping = Callable[[], None]


class DatabaseWatch:
    """Calls `ping`, which blocks and raises what it likes, from a thread of its own."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._down: asyncio.Future[None] | None = None

    @property
    def is_down(self) -> bool:
        """False, too, while nothing is watched: in commands, workers and tests."""
        return self._down is not None and self._is_watching and self._down.done()

    @property
    def down(self) -> asyncio.Future[None] | None:
        """Done as soon as the database is down; None where it is not watched."""
        return self._down if self._is_watching else None

    @property
    def _is_watching(self) -> bool:
        """On the event loop of the caller."""
        if self._task is None or self._task.done():
            return False
        with contextlib.suppress(RuntimeError):
            return self._task.get_loop() is asyncio.get_running_loop()
        return False

    def start(self, ping: Ping, close: Ping = lambda: None) -> None:
        """Watch on the running event loop, until `stop`; then `close` is called in that thread."""
        if not self._is_watching:
            self._down = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._watch(ping, close))

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None

    async def _watch(self, ping: Ping, close: Ping) -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="database-watch") as thread:
            try:
                while True:
                    await self._ask(loop.run_in_executor(thread, ping))
                    await asyncio.sleep(PING_SECONDS)
            finally:
                thread.submit(close)
                thread.shutdown(wait=False)

    async def _ask(self, answer: asyncio.Future[None]) -> None:
        """Wait for one ping, and record whether it is in time."""
        while not answer.done():
            began = time.monotonic()
            await asyncio.wait({answer}, timeout=PATIENCE_SECONDS)
            lag = time.monotonic() - began - PATIENCE_SECONDS
            if not answer.done() and lag < LAG_SECONDS:
                self._record(is_up=False)
        self._record(is_up=answer.exception() is None)

    def _record(self, *, is_up: bool) -> None:
        assert self._down is not None
        if is_up and self._down.done():
            logger.warning("the database answers again")
            self._down = asyncio.get_running_loop().create_future()
        elif not is_up and not self._down.done():
            logger.error("the database does not answer")
            self._down.set_result(None)


watch = DatabaseWatch()
