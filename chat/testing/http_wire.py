"""The part of HTTP/1.1 that the loopback server needs."""

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
    headers = _parse_headers(lines)
    body = await reader.readexactly(_content_length(headers))
    return HttpRequest(_path(first), headers, body)


def _parse_headers(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}


def _content_length(headers: Mapping[str, str]) -> int:
    return int(headers.get("content-length", "0"))


def _path(request_line: str) -> str:
    address = request_line.split(" ")[1]
    return address.partition("?")[0]


async def send_reply(
    writer: asyncio.StreamWriter,
    status: int,
    body: Any,
    headers: Mapping[str, str] | None = None,
) -> None:
    """A whole reply: a string goes as HTML, anything else as JSON."""
    content_type, data = _encode(body)
    head = {"Content-Type": content_type, "Content-Length": len(data), **(headers or {})}
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in head.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + data)
    await writer.drain()


def _encode(body: Any) -> tuple[str, bytes]:
    if isinstance(body, str):
        return "text/html", body.encode()
    return "application/json", json.dumps(body).encode()


async def start_stream(writer: asyncio.StreamWriter) -> None:
    """The head of a reply in server-sent events."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    await writer.drain()


async def send_chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    """One chunk of a stream."""
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))
    await writer.drain()


async def end_stream(writer: asyncio.StreamWriter) -> None:
    """The end of a stream."""
    writer.write(b"0\r\n\r\n")
    await writer.drain()
