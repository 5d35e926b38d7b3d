"""An HTTP server on loopback that replies with given bytes, by the path or model of a request."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chat.testing.http_wire import HttpRequest, end_stream, read_request, send_chunk
from chat.testing.loopback import Loopback

EVENTS = "text/event-stream"


@dataclass(frozen=True)
class Wire:
    """One reply: its status, headers, and chunks as they are sent.

    They come `delay` seconds after the head: the first `pauses` times more with `pause`
    seconds after each, the last `repeat` times. Then the reply `ends`: in order, by a
    broken connection, or not at all until the client leaves.
    """

    chunks: tuple[bytes, ...] = ()
    status: int = 200
    content_type: str = EVENTS
    headers: Mapping[str, str] = field(default_factory=dict)
    repeat: int = 1
    delay: float = 0.0
    pause: float = 0.0
    pauses: int = 0
    ends: Literal["well", "broken", "never"] = "well"


NOT_FOUND = Wire((b"{}",), 404, "application/json")


@dataclass
class WireServer(Loopback):
    """`with WireServer(replies) as server:`; `server.url` is OPENAI_BASE_URL.

    `replies` holds the replies of a model, or of a path, in the order in which they are
    given; the last is given again, and 404 where there are none. `bodies` are the JSON bodies received, `sent` the
    bytes of replies by model or path, `paths` and `headers` those of requests; `left`
    counts clients that left before the end.
    """

    replies: dict[str, tuple[Wire, ...]] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    paths: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    left: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = await self._listen(self._connection, port=self.port)
        await self._serve_until_stopped(server, ready, stop)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._reply(await read_request(reader), reader, writer)
        except ConnectionError:
            self.left += 1
        except (asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._notify()
            writer.close()

    async def _reply(
        self, request: HttpRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.paths.append(request.path)
        self.headers.append(request.headers)
        key = self._key(request)
        given = self.replies.get(key, (NOT_FOUND,))
        wire = given[min(self.asked[key], len(given) - 1)]
        self.asked[key] += 1
        self._notify()
        writer.write(_head(wire))
        await asyncio.sleep(wire.delay)
        for _ in range(wire.pauses):
            await send_chunk(writer, wire.chunks[0])
            await asyncio.sleep(wire.pause)
        for number, chunk in enumerate(wire.chunks, 1):
            for _ in range(wire.repeat if number == len(wire.chunks) else 1):
                await send_chunk(writer, chunk)
                self.sent[key] += len(chunk)
        await self._end(wire, reader, writer)

    async def _end(
        self, wire: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if wire.ends == "well":
            await end_stream(writer)
        elif wire.ends == "broken":
            writer.transport.abort()
        else:
            with contextlib.suppress(ConnectionError):
                await reader.read()
            self.left += 1

    def _key(self, request: HttpRequest) -> str:
        if not request.body:
            return request.path
        body = json.loads(request.body)
        self.bodies.append(body)
        return str(body["model"])


def _head(wire: Wire) -> bytes:
    head = {
        "Content-Type": wire.content_type,
        "Transfer-Encoding": "chunked",
        "Connection": "close",
        **wire.headers,
    }
    lines = [f"HTTP/1.1 {wire.status} X", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join([*lines, "", ""]).encode()
