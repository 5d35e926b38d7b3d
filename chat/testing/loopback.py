"""What the test servers share: an event loop in a thread of its own, from `with` to its end."""

from __future__ import annotations

import asyncio
import threading
import weakref
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

START_SECONDS = 30
STOP_SECONDS = 10
WAIT_SECONDS = 30

T = TypeVar("T")


class Loopback:
    """A server on loopback.

    A subclass listens in `_serve`, sets `ready`, then waits for `stop`; it calls
    `_notify` whenever something changed that a test may wait for. Connections that it
    accepted by `_listen`, or gave to `_track`, are closed before its loop is.
    """

    port: int
    _transports: weakref.WeakSet[asyncio.WriteTransport]

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._serve_in_loop, args=[ready], daemon=True)
        self._thread.start()
        assert ready.wait(START_SECONDS), f"{type(self).__name__} did not begin to listen"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_SECONDS)

    def wait_for(self, condition: Callable[[], T], seconds: float = WAIT_SECONDS) -> T:
        """Block until `condition()` is true of what this server has seen; return its value.

        Raises AssertionError after `seconds`.
        """
        with self._changed:
            value = self._changed.wait_for(condition, seconds)
        assert value, f"not within {seconds:g} s: {self!r}"
        return value

    async def wait_for_async(self, condition: Callable[[], T], seconds: float = WAIT_SECONDS) -> T:
        """As `wait_for`, without blocking the event loop."""
        return await asyncio.to_thread(self.wait_for, condition, seconds)

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _serve_in_loop(self, ready: threading.Event) -> None:
        async def serve() -> None:
            self._transports = weakref.WeakSet()
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            await self._serve(ready, self._stop)

        asyncio.run(serve())

    async def _listen(
        self, accept: Callable[[StreamReader, StreamWriter], Awaitable[None]], **address: Any
    ) -> asyncio.Server:
        """As `asyncio.start_server`, on 127.0.0.1 unless `address` says otherwise."""

        async def tracked(reader: StreamReader, writer: StreamWriter) -> None:
            self._track(writer)
            await accept(reader, writer)

        if not address.keys() & {"host", "sock"}:
            address["host"] = "127.0.0.1"
        return await asyncio.start_server(tracked, **address)

    def _track(self, writer: StreamWriter) -> None:
        self._transports.add(writer.transport)

    async def _serve_until_stopped(
        self, server: asyncio.Server, ready: threading.Event, stop: asyncio.Event
    ) -> None:
        """For a `_serve` that has begun to listen: sets `port`, and ends all at the end."""
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for transport in self._transports:
            transport.abort()
        await asyncio.sleep(0)  # a transport closes in the turn after it was aborted

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        raise NotImplementedError
