"""Blocking work from asynchronous code, in threads of its own.

Django's and Channels' thread-sensitive helpers share one thread a process outside a request: a slow query there stops
every socket. Work given to `in_thread` runs beside others, and its database connection goes back to the pool at the
end, also when the caller was cancelled meanwhile.
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

_executor = ThreadPoolExecutor(
    max_workers=max(2, settings.POOL_SIZE - 2), thread_name_prefix="blocking"
)


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of `function(*args, **kwargs)`, run in a thread."""
    context = contextvars.copy_context()
    work: Callable[[], R] = partial(context.run, partial(_run, partial(function, *args, **kwargs)))
    return await asyncio.get_running_loop().run_in_executor(_executor, work)


def _run(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
