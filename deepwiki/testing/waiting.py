"""Waiting for what another process or the database does, where there is nothing to await.

The only place in the tests that polls. What this process does itself is awaited: an event, a task, a
condition.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
Condition = Callable[[], T | Awaitable[T]]
SECONDS = 30.0
PAUSE_SECONDS = 0.01


def wait_until(condition: Callable[[], T], seconds: float = SECONDS) -> T:
    """The first true value that `condition()` gives. Raises AssertionError if it is late."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, _late(condition, seconds)
        time.sleep(PAUSE_SECONDS)
    return value


async def wait_until_async(condition: Condition[T], seconds: float = SECONDS) -> T:
    """As `wait_until`, without blocking the event loop; `condition` may be a coroutine function."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        assert time.monotonic() < deadline, _late(condition, seconds)
        await asyncio.sleep(PAUSE_SECONDS)


def _late(condition: Callable[[], object], seconds: float) -> str:
    name = getattr(condition, "__qualname__", repr(condition))
    return f"{name} was not true within {seconds:g} s"
