"""What the stand-in servers share: an event loop in a thread of its own, from `with` to its end."""

from __future__ import annotations

import asyncio
import threading
from typing import Self


class Loopback:
    """A server on loopback. A subclass serves in `_serve` until `stop` is set, and sets `ready` when it listens."""

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self._serve(ready, self._stop)

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        raise NotImplementedError
