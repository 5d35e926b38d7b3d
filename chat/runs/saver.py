"""When a run is stored: about once a second, and once more at its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from chat.core.events import Numbered
from chat.runs.background import keep
from chat.runs.event_log import EventLog
from chat.runs.source import is_failure

logger = logging.getLogger(__name__)
SAVE_INTERVAL_SECONDS = 1.0
LEASE_SECONDS = 2.0  # a run without new events renews its lease this often
LAST_SAVE_SECONDS = 5.0
RETRY_SECONDS = 30.0
MAX_RETRY_WAIT_SECONDS = 5.0

Store = Callable[[Sequence[Numbered]], Awaitable[None]]


class StoreFailed(Exception):
    """`store` raised; its error is the cause."""


async def _store_nothing(events: Sequence[Numbered]) -> None:
    """The store of a run that is stored."""


class Saver:
    """Calls `store` with the events that were not stored before. `store` may raise.

    After the end `store`, which refers to the run, is let go: a run is freed with its last
    reader and not at some later garbage collection.
    """

    def __init__(self, log: EventLog, store: Store) -> None:
        self._log = log
        self._store = store
        self._stored = 0
        self._ended = asyncio.Event()
        self._saving: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to save new events, or to renew the lease, until `end`."""
        self._saving = asyncio.create_task(self._save_regularly())

    async def end(self) -> bool:
        """Stop the regular saving and save once more.

        False if that failed or took more than LAST_SAVE_SECONDS: it is then retried in the
        background.
        """
        await self._stop()
        try:
            await self._save_in_time()
        except Exception:
            logger.warning("saving an answer failed, retrying for %s s", RETRY_SECONDS)
            keep(self._retry())
            return False
        self._store = _store_nothing
        return True

    async def _stop(self) -> None:
        """Let a save that is under way finish, for a while."""
        self._ended.set()
        if self._saving is not None:
            await asyncio.wait({self._saving}, timeout=LAST_SAVE_SECONDS)
            self._saving.cancel()

    async def _save_regularly(self) -> None:
        saved_at = 0.0
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), SAVE_INTERVAL_SECONDS)
                return
            lease_is_due = time.monotonic() - saved_at > LEASE_SECONDS
            if len(self._log) > self._stored or lease_is_due:
                # A failure is tried again after the interval; the last save reports it.
                with contextlib.suppress(Exception):
                    await self._save()
                    saved_at = time.monotonic()

    async def _save_in_time(self) -> None:
        """Save. Raises TimeoutError after LAST_SAVE_SECONDS, whatever `store` does then."""
        task = asyncio.create_task(self._save())
        await asyncio.wait({task}, timeout=LAST_SAVE_SECONDS)
        if not task.done():
            task.cancel()
            raise TimeoutError
        await task

    async def _save(self) -> None:
        until = len(self._log)
        try:
            await self._store(self._log.between(self._stored, until))
        except BaseException as error:
            if not is_failure(error):
                raise
            raise StoreFailed from error
        self._stored = until

    async def _retry(self) -> None:
        try:
            await self._save_until_stored()
        finally:
            self._store = _store_nothing

    async def _save_until_stored(self) -> None:
        deadline = time.monotonic() + RETRY_SECONDS
        wait = 0.5
        while time.monotonic() < deadline:
            await asyncio.sleep(wait)
            wait = min(wait * 2, MAX_RETRY_WAIT_SECONDS)
            if await self._save_again():
                return
        logger.error("an answer could not be stored")

    async def _save_again(self) -> bool:
        """Save; false if that failed."""
        try:
            await self._save_in_time()
        except Exception:
            logger.debug("an answer is still not saved", exc_info=True)
            return False
        return True
