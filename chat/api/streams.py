"""Streaming responses: plain text, and server-sent events with keep-alive comments.

A stream that fails ends with words, as an answer that fails does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable

from django.http import HttpResponseBase, StreamingHttpResponse

from chat.api.wire_formats import error_event, server_sent_event
from chat.core.errors import ChatError, Internal
from chat.core.events import Numbered
from deepwiki.foundation.incidents import log_incident

KEEP_ALIVE_SECONDS = 15
EVENT_STREAM = "text/event-stream; charset=utf-8"
KEEP_ALIVE_COMMENT = ": still here\n\n"
# Proxies must neither store nor buffer a stream.
HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}

logger = logging.getLogger(__name__)


def text_response(pieces: AsyncGenerator[str]) -> HttpResponseBase:
    """A plain text stream."""
    return StreamingHttpResponse(
        _encoded(pieces, lambda error: f"\n\n{error.plain}"),
        content_type="text/plain; charset=utf-8",
        headers=HEADERS,
    )


def event_response(items: AsyncGenerator[Numbered]) -> HttpResponseBase:
    """A stream of server-sent events."""
    return StreamingHttpResponse(
        _encoded(_server_sent(items), error_event),
        content_type=EVENT_STREAM,
        headers=HEADERS,
    )


async def _encoded(
    pieces: AsyncGenerator[str], words: Callable[[ChatError], str]
) -> AsyncGenerator[bytes]:
    """The pieces as bytes; after an error its `words`, and the stream ends."""
    async with contextlib.aclosing(pieces):
        try:
            async for piece in pieces:
                yield piece.encode()
        except ChatError as error:
            yield words(error).encode()
        except Exception:
            yield words(Internal(log_incident(logger, "a stream failed"))).encode()


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
