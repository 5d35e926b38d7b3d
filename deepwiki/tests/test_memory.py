"""Freed memory goes back to the system."""

import asyncio
import sys

import pytest

from deepwiki.runtime import memory
from deepwiki.runtime.memory import MemoryTrimmer, limit_heap, trim


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
async def test_memory_is_given_back_until_the_trimmer_is_stopped(monkeypatch):
    trims = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def counted():
        loop.call_soon_threadsafe(trims.put_nowait, trim())
        return True

    monkeypatch.setattr(memory, "TRIM_SECONDS", 0.01)
    monkeypatch.setattr(memory, "trim", counted)
    trimmer = MemoryTrimmer()
    trimmer.start()
    assert [await trims.get() for _ in range(3)] == [True] * 3
    task = trimmer._task
    trimmer.stop()
    await asyncio.wait([task])
    assert task.cancelled()
    trimmer.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
def test_a_server_limits_the_arenas_of_its_threads():
    assert limit_heap()
