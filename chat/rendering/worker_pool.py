"""Worker processes that render, off the event loop and under hard limits.

A worker that takes too long, or crashed, is killed and replaced. Calls block: the event
loop makes them through `in_pool_thread`.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import queue
import select
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from chat.rendering.frames import LENGTH_BYTES, frame_length, to_frame

ROOT = Path(__file__).resolve().parents[2]
SIZE = 2  # processes: a text that takes its whole time keeps one of them
WAIT_SECONDS = 10.0  # for a free worker
CALL_SECONDS = 10.0  # by the clock, on a busy machine; the worker bounds its CPU time itself
READ_BYTES = 262_144
T = TypeVar("T")


class RenderingFailed(Exception):
    """A worker crashed, took too long, or none was free in time."""


class _Worker:
    """One process, used by one caller at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "chat.rendering.worker"],
            cwd=ROOT,
            env={name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def call(self, request: dict[str, Any]) -> Any:
        """The result of one request. Raises RenderingFailed, OSError, ValueError."""
        assert self._process.stdin is not None
        self._process.stdin.write(to_frame(request))
        self._process.stdin.flush()
        deadline = time.monotonic() + CALL_SECONDS
        length = frame_length(self._read(LENGTH_BYTES, deadline))
        answer = json.loads(self._read(length, deadline))
        if "error" in answer:
            raise RenderingFailed(answer["error"])
        return answer["result"]

    def kill(self) -> None:
        """End the process and wait for it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _read(self, count: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
        data = bytearray()
        while len(data) < count:
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise RenderingFailed("time")
            piece = os.read(descriptor, min(READ_BYTES, count - len(data)))
            if not piece:
                raise RenderingFailed("ended")
            data += piece
        return bytes(data)


class RenderPool:
    """Up to SIZE workers, started when they are needed."""

    def __init__(self) -> None:
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(SIZE):
            self._free.put(None)

    def call(self, function: str, **arguments: Any) -> Any:
        """The result of a function of `chat.rendering.worker`. Raises RenderingFailed."""
        try:
            worker = self._free.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise RenderingFailed("busy") from None
        usable: _Worker | None = None
        try:
            worker = worker or _Worker()
            result = worker.call({"function": function, **arguments})
            usable = worker
        except (OSError, ValueError) as error:
            raise RenderingFailed(type(error).__name__) from error
        finally:
            if usable is None and worker is not None:
                worker.kill()
            self._free.put(usable)
        return result

    def close(self) -> None:
        """End the workers that are free."""
        while True:
            try:
                worker = self._free.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.kill()


pool = RenderPool()
atexit.register(pool.close)
_threads = ThreadPoolExecutor(max_workers=SIZE, thread_name_prefix="rendering")


async def in_pool_thread(function: Callable[..., T], *arguments: Any) -> T:
    """The result of a function that renders, called in a thread that may wait for it."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, function, *arguments)
