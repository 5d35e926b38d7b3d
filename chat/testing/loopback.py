"""Base of the loopback servers: an event loop in a thread, for a `with` block."""

from __future__ import annotations

import asyncio
import threading
from typing import Self

SECONDS = 10


class Loopback:
    """A server on loopback.

    A subclass listens in `_serve`, sets `ready`, then waits for `stop`.
    """

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve_in_loop, args=[ready], daemon=True)
        self._thread.start()
        ready.wait(SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(SECONDS)

    def _serve_in_loop(self, ready: threading.Event) -> None:
        async def serve() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            await self._serve(ready, self._stop)

        asyncio.run(serve())

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        raise NotImplementedError
