"""Streaming responses: plain text, and server-sent events with keep-alive comments.

A stream that fails ends with words, as an answer that fails does.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, Callable

from django.http import HttpResponseBase, StreamingHttpResponse

from chat.api.wire_formats import error_event, server_sent_event
from chat.core.errors import ChatError, Internal
from chat.core.events import Numbered
from deepwiki.foundation.incidents import log_incident

EVENT_STREAM_TYPE = "text/event-stream"
EVENT_STREAM = f"{EVENT_STREAM_TYPE}; charset=utf-8"
KEEP_ALIVE_COMMENT = ": still here\n\n"
# Proxies must neither store nor buffer a stream.
HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}

Items = AsyncGenerator[Numbered | None]

logger = logging.getLogger(__name__)


def text_response(pieces: AsyncGenerator[str]) -> HttpResponseBase:
    """A plain text stream."""
    return StreamingHttpResponse(
        _encoded(pieces, lambda error: f"\n\n{error.plain}"),
        content_type="text/plain; charset=utf-8",
        headers=HEADERS,
    )


def event_response(items: Items) -> HttpResponseBase:
    """A stream of server-sent events; an item that is None marks a long pause."""
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


async def _server_sent(items: Items) -> AsyncGenerator[str]:
    """Events as text, with a comment in long pauses so that no proxy ends the connection."""
    async with contextlib.aclosing(items):
        async for item in items:
            yield KEEP_ALIVE_COMMENT if item is None else server_sent_event(item)
