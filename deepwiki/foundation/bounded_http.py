"""Bounds on what an HTTP service may send back, for clients of httpx2 and urllib.

A client's `event_hooks` call `bound_reply` or `bound_reply_async` for each response
before its body is read. Bodies are counted after decompression, so that a small one
cannot inflate into a large one.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx2

ERROR_STATUS = 300
MAX_ERROR_BYTES = 64_000
# zlib's window bits: gzip and zlib are told apart by their heads.
AUTOMATIC = zlib.MAX_WBITS | 32
COMPRESSED = ("gzip", "x-gzip", "deflate")
PLAIN = ("", "identity")
# Sent with each request: a stream of small pieces gains nothing by compression.
UNCOMPRESSED = {"Accept-Encoding": "identity"}


class ReplyTooLarge(httpx2.ReadError):
    """The body exceeds its bound."""


def bound_reply_async(max_bytes: int) -> dict[str, list[Callable[[Any], Awaitable[None]]]]:
    """`event_hooks` of an AsyncClient.

    A body above `max_bytes` raises ReplyTooLarge while it is read; that of an error
    status ends after MAX_ERROR_BYTES. A compression that cannot be bounded, or undone,
    raises httpx2.DecodingError.
    """

    async def hook(response: httpx2.Response) -> None:
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _AsyncBody(response.stream, _bound(response, max_bytes))

    return {"response": [hook]}


def bound_reply(max_bytes: int) -> dict[str, list[Callable[[Any], None]]]:
    """As `bound_reply_async`, for a Client."""

    def hook(response: httpx2.Response) -> None:
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Body(response.stream, _bound(response, max_bytes))

    return {"response": [hook]}


class _Bound:
    """Decompresses the chunks of one body and counts what comes out."""

    def __init__(self, encoding: str, max_bytes: int, *, truncates: bool) -> None:
        self.left = max_bytes
        self.truncates = truncates
        self.inflater = zlib.decompressobj(AUTOMATIC) if encoding in COMPRESSED else None

    def take(self, chunk: bytes) -> bytes:
        """The chunk's plain bytes. Raises ReplyTooLarge."""
        if self.inflater is not None:
            chunk = self._inflate(chunk)
        self.left -= len(chunk)
        if self.left >= 0:
            return chunk
        if self.truncates:
            return chunk[: self.left]
        raise ReplyTooLarge("too large")

    @property
    def is_exhausted(self) -> bool:
        return self.left < 0

    def _inflate(self, chunk: bytes) -> bytes:
        assert self.inflater is not None
        try:
            return self.inflater.decompress(chunk, self.left + 1)
        except zlib.error:
            raise httpx2.DecodingError("not decompressible") from None


def _bound(response: httpx2.Response, max_bytes: int) -> _Bound:
    """The bound of a response, which is from then on read as not compressed."""
    encoding = response.headers.pop("content-encoding", "").strip().lower()
    if encoding not in (*PLAIN, *COMPRESSED):
        raise httpx2.DecodingError("unknown compression")
    is_error = response.status_code >= ERROR_STATUS
    limit = min(max_bytes, MAX_ERROR_BYTES) if is_error else max_bytes
    return _Bound(encoding, limit, truncates=is_error)


class _AsyncBody(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, bound: _Bound) -> None:
        self.stream = stream
        self.bound = bound

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self.stream:
            yield self.bound.take(chunk)
            if self.bound.is_exhausted:
                return

    async def aclose(self) -> None:
        await self.stream.aclose()


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, bound: _Bound) -> None:
        self.stream = stream
        self.bound = bound

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.stream:
            yield self.bound.take(chunk)
            if self.bound.is_exhausted:
                return

    def close(self) -> None:
        self.stream.close()
