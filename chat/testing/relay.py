"""A TCP relay between a browser and a server, whose network a test can take away."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from chat.testing.loopback import Loopback

CHUNK_BYTES = 65_536


@dataclass
class Relay(Loopback):
    """`with Relay(server.port) as relay:`; `relay.url` leads to the server.

    `cut()` breaks every connection and refuses new ones, `freeze()` keeps connections open
    and carries nothing any more (half-open), `freeze_replies()` nothing from the server,
    until `mend()`. `connections` counts those
    that were accepted while the network was there, `refused` the others.
    """

    target: int
    connections: int = 0
    refused: int = 0
    is_cut: bool = False
    is_frozen: bool = False
    is_mute: bool = False
    port: int = 0
    _writers: set[StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def cut(self) -> None:
        """No connection any more."""
        self.is_cut = True
        self._loop.call_soon_threadsafe(self._abort_all)

    def freeze(self) -> None:
        """What is open stays open and silent; what connects gets no reply."""
        self.is_frozen = True

    def freeze_replies(self) -> None:
        """What the server sends is lost."""
        self.is_mute = True

    def mend(self) -> None:
        """The network is back; connections from before are dead."""
        mended = Event()
        self._loop.call_soon_threadsafe(self._mend, mended)
        mended.wait()

    async def _serve(self, ready: Event, stop: asyncio.Event) -> None:
        server = await self._listen(self._accept, host="localhost")
        await self._serve_until_stopped(server, ready, stop)

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self.is_cut:
            self.refused += 1
            writer.transport.abort()
            self._notify()
            return
        self.connections += 1
        self._notify()
        to_server, to_target = await asyncio.open_connection("localhost", self.target)
        self._track(to_target)
        self._writers |= {writer, to_target}
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(
                self._copy(reader, to_target, lambda: self.is_frozen),
                self._copy(to_server, writer, lambda: self.is_frozen or self.is_mute),
            )
        for end in (writer, to_target):
            end.transport.abort()
        self._writers -= {writer, to_target}

    async def _copy(
        self, reader: StreamReader, writer: StreamWriter, is_lost: Callable[[], bool]
    ) -> None:
        while data := await reader.read(CHUNK_BYTES):
            if not is_lost():
                writer.write(data)
                await writer.drain()
        if not is_lost():
            writer.close()

    def _mend(self, mended: Event) -> None:
        self._abort_all()
        self.is_cut = self.is_frozen = self.is_mute = False
        mended.set()

    def _abort_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
