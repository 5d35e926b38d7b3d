"""Freed memory goes back to the system."""

import asyncio
import gc
import sys
import weakref

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


class Node:
    def __init__(self):
        self.itself = self


async def test_garbage_of_the_oldest_generation_does_not_stay(monkeypatch):
    monkeypatch.setattr(memory, "TRIM_SECONDS", 0.01)
    node = Node()
    gc.collect(1)  # it is now of the oldest generation
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    watched = weakref.ref(node, lambda _: loop.call_soon_threadsafe(gone.set))
    trimmer = MemoryTrimmer()
    gc.disable()
    try:
        del node
        assert watched() is not None
        trimmer.start()
        await asyncio.wait_for(gone.wait(), 30)
    finally:
        gc.enable()
        trimmer.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
def test_a_server_limits_the_arenas_of_its_threads():
    assert limit_heap()
