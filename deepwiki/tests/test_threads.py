"""Blocking calls from asynchronous code."""

import asyncio
import threading

import pytest

from deepwiki.foundation.database_watch import watch
from deepwiki.foundation.threads import _executor, in_thread


@pytest.fixture
async def watched():
    """The database is watched, as in a web server."""
    watch.start(lambda: None)
    yield
    watch.stop()


async def test_a_call_whose_caller_left_before_it_began_is_not_made(watched):
    held, began, called = threading.Event(), threading.Semaphore(0), []

    def hold():
        began.release()
        held.wait(20)

    busy = [asyncio.create_task(in_thread(hold)) for _ in range(_executor._max_workers)]
    for _ in busy:
        await asyncio.to_thread(began.acquire, timeout=20)
    waiting = asyncio.create_task(in_thread(called.append, "late"))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    held.set()
    await asyncio.gather(*busy)
    await in_thread(called.append, "next")
    assert called == ["next"]
