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
from django.db import connections

P = ParamSpec("P")
R = TypeVar("R")

# Two connections of the pool stay free for code outside these threads.
_executor = ThreadPoolExecutor(
    max_workers=max(2, settings.POOL_SIZE - 2), thread_name_prefix="blocking"
)


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of `function(*args, **kwargs)`, called in a thread with the caller's
    context variables."""
    context = contextvars.copy_context()
    call: Callable[[], R] = partial(context.run, partial(_call, partial(function, *args, **kwargs)))
    return await asyncio.get_running_loop().run_in_executor(_executor, call)


def _call(function: Callable[[], Any]) -> Any:
    try:
        return function()
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
