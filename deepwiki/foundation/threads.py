"""Blocking calls from asynchronous code, in threads of our own.

The thread-sensitive helpers of Django and Channels share one thread a process outside a
request: a slow query there blocks every socket. Calls given to `in_thread` run in parallel,
and their database connection returns to the pool afterwards, also when the caller was
cancelled meanwhile.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import OperationalError, connections

from deepwiki.foundation.database_watch import watch

P = ParamSpec("P")
R = TypeVar("R")

DATABASE_IS_DOWN = "the database does not answer"

# Two connections of the pool stay free for code outside these threads.
_executor = ThreadPoolExecutor(
    max_workers=max(2, settings.POOL_SIZE - 2), thread_name_prefix="blocking"
)


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of `function(*args, **kwargs)`, called in a thread with the caller's
    context variables.

    Raises OperationalError, without waiting any longer, while the database is down: most
    calls use it.
    """
    if watch.is_down:
        raise OperationalError(DATABASE_IS_DOWN)
    context = contextvars.copy_context()
    call: Callable[[], R] = partial(context.run, partial(_call, partial(function, *args, **kwargs)))
    result = asyncio.get_running_loop().run_in_executor(_executor, call)
    if watch.down is not None:
        either: set[asyncio.Future[Any]] = {result, watch.down}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            result.cancel()  # not called at all where it still waits for a thread
            raise
        if not result.done():
            result.add_done_callback(_retrieve)
            raise OperationalError(DATABASE_IS_DOWN)
    return await result


def _retrieve(result: asyncio.Future[Any]) -> None:
    """Nobody waits for this result any more: its error need not be logged."""
    if not result.cancelled():
        result.exception()


def _call(function: Callable[[], Any]) -> Any:
    try:
        return function()
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
