"""What the stand-in servers share: an event loop in a thread of its own, from `with` to its end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Self, TypeVar

T = TypeVar("T")


class Loopback:
    """A server on loopback.

    A subclass serves in `_serve` until `stop` is set, sets `ready` when it listens, and calls `_tell`
    whenever something changed that a test may wait for.
    """

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(30), f"{type(self).__name__} did not begin to listen"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def wait_for(self, condition: Callable[[], T], seconds: float = 30) -> T:
        """Block until `condition()` is true of what this server has seen; gives its value.

        Raises AssertionError when it is late.
        """
        with self._changed:
            value = self._changed.wait_for(condition, seconds)
        assert value, f"not within {seconds:g} s: {self!r}"
        return value

    async def wait_for_async(self, condition: Callable[[], T], seconds: float = 30) -> T:
        """As `wait_for`, without blocking the event loop."""
        return await asyncio.to_thread(self.wait_for, condition, seconds)

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self._serve(ready, self._stop)

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        raise NotImplementedError
