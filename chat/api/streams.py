"""Streaming responses that stay open: server-sent events with keep-alive comments."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from django.http import HttpResponseBase, StreamingHttpResponse

from chat.api.wire_formats import server_sent_event
from chat.core.events import Numbered

KEEP_ALIVE_SECONDS = 15
KEEP_ALIVE_COMMENT = ": still here\n\n"
# Proxies must neither store nor buffer a stream.
HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


def text_response(pieces: AsyncGenerator[str]) -> HttpResponseBase:
    """A plain text stream."""
    return StreamingHttpResponse(pieces, content_type="text/plain; charset=utf-8", headers=HEADERS)


def event_response(items: AsyncGenerator[Numbered]) -> HttpResponseBase:
    """A stream of server-sent events."""
    return StreamingHttpResponse(
        _server_sent(items), content_type="text/event-stream; charset=utf-8", headers=HEADERS
    )


async def _server_sent(items: AsyncGenerator[Numbered]) -> AsyncGenerator[str]:
    """Events as text, with a comment in long pauses so that no proxy ends the connection."""
    async with contextlib.aclosing(items):
        upcoming = asyncio.ensure_future(anext(items))
        try:
            while True:
                await asyncio.wait({upcoming}, timeout=KEEP_ALIVE_SECONDS)
                if not upcoming.done():
                    yield KEEP_ALIVE_COMMENT
                    continue
                try:
                    yield server_sent_event(upcoming.result())
                except StopAsyncIteration:
                    return
                upcoming = asyncio.ensure_future(anext(items))
        finally:
            await _cancel(upcoming)


async def _cancel(task: asyncio.Future[Numbered]) -> None:
    if not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
            await task
