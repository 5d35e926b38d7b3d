"""As much of HTTP/1.1 as the loopback server needs: read a request, send a reply or a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class HttpRequest:
    """A request. Header names are in lower case; the path has no query."""

    path: str
    headers: Mapping[str, str]
    body: bytes


async def read_request(reader: asyncio.StreamReader) -> HttpRequest:
    """The next request. Raises IncompleteReadError when the client has left."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return HttpRequest(first.split(" ")[1].partition("?")[0], headers, body)


async def send_reply(
    writer: asyncio.StreamWriter,
    status: int,
    body: Any,
    headers: Mapping[str, str] | None = None,
) -> None:
    """A whole reply: a string goes as HTML, anything else as JSON."""
    is_html = isinstance(body, str)
    data = (body if is_html else json.dumps(body)).encode()
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Type: {'text/html' if is_html else 'application/json'}",
        f"Content-Length: {len(data)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + data)
    await writer.drain()


async def start_stream(writer: asyncio.StreamWriter) -> None:
    """The head of a reply in server-sent events."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    await writer.drain()


async def send_chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    """One chunk of a stream."""
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


async def end_stream(writer: asyncio.StreamWriter) -> None:
    """The end of a stream."""
    writer.write(b"0\r\n\r\n")
    await writer.drain()
