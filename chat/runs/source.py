"""Taking the events of a source, with a bound on how long the source may take to close."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable

from chat.core.events import Event

CLOSE_SECONDS = 5.0

Emit = Callable[[Event], Awaitable[None]]

logger = logging.getLogger(__name__)


async def take_events(source: AsyncGenerator[Event], emit: Emit) -> None:
    """Await `emit` with each event, in order, until the source ends.

    Raises what `source` and `emit` raise. Cancelling it closes the source, whose events are
    ignored from then on; a source that is not closed within CLOSE_SECONDS is abandoned.
    """
    taker = _Taker(emit)
    task = asyncio.create_task(taker.take(source))
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        taker.is_cancelled = True
        await _close(task)
        raise
    if task.cancelled():
        raise RuntimeError("the source cancelled its own task")
    await task


def is_failure(error: BaseException) -> bool:
    """Whether an error is the failure of a piece of code, not a request to end.

    Bindings to native code raise errors that are no Exception: a panic in Rust is one.
    """
    return not isinstance(error, asyncio.CancelledError | KeyboardInterrupt | GeneratorExit)


class _Taker:
    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self.is_cancelled = False

    async def take(self, source: AsyncGenerator[Event]) -> None:
        try:
            async with contextlib.aclosing(source):
                async for event in source:
                    if self.is_cancelled:
                        return
                    await self._emit(event)
        except SystemExit as error:  # from a task it would end the event loop
            raise RuntimeError("a source tried to end the process") from error


async def _close(task: asyncio.Task[None]) -> None:
    """Cancel the task and wait for its end, at most CLOSE_SECONDS; its errors are logged."""
    task.add_done_callback(_log_error)
    task.cancel()
    await asyncio.wait({task}, timeout=CLOSE_SECONDS)
    if not task.done():
        logger.error("a stopped answer did not close within %s s", CLOSE_SECONDS)


def _log_error(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.warning("closing a stopped answer failed", exc_info=task.exception())
