"""The worker processes that render, off the event loop and under hard limits.

Calls block: the event loop makes them through `in_pool_thread`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from deepwiki.foundation.worker_process import WorkerPool

SIZE = 2  # processes: a text that takes its whole time keeps one of them
WAIT_SECONDS = 10.0  # for a free worker
CALL_SECONDS = 10.0
T = TypeVar("T")

pool = WorkerPool(
    "chat.rendering.worker", size=SIZE, wait_seconds=WAIT_SECONDS, call_seconds=CALL_SECONDS
)
_threads = ThreadPoolExecutor(max_workers=SIZE, thread_name_prefix="rendering")


async def in_pool_thread(function: Callable[..., T], *arguments: Any) -> T:
    """The result of a function that renders, called in a thread that may wait for it."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, function, *arguments)
