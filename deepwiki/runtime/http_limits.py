"""What daphne's HTTP connections lack: limits on the size and the duration of a request.

Twisted spools a body of any length to the disk before the application is asked. Here a
body that exceeds settings.REQUEST_BYTES is answered with 413 as soon as its declared or
received length does, whatever its path, and the connection is closed.

Deadlines count from the beginning of a phase; Twisted's own starts again with every byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from daphne.http_protocol import WebRequest
from django.conf import settings
from twisted.internet import reactor

from chat.core.errors import RequestTooLarge
from deepwiki.runtime.backpressure import UNREAD_SECONDS, unsent_bytes
from deepwiki.runtime.unavailable import too_large_page

# Between two requests of a connection.
KEEP_ALIVE_SECONDS = 60
# A client that goes on sending is read for so long after a refusal: with unread bytes, closing
# would reset the connection, and the client would never see the answer.
LINGER_SECONDS = 3.0
LINGER_BYTES = 16_000_000
WIKI_PATHS = (b"/api/wiki_cache", b"/export/wiki")

BuildProtocol = Callable[[Any], Any]


def with_limits(build: BuildProtocol) -> BuildProtocol:
    """Build HTTP protocols whose requests are BoundedRequest."""

    def build_with_limits(address: Any) -> Any:
        protocol = build(address)
        channel = protocol._channel
        channel.request_deadline = Deadline(channel)
        channel.request_deadline.start(settings.HEADER_SECONDS)
        channel.requestFactory = BoundedRequest
        return protocol

    return build_with_limits


class Deadline:
    """Aborts a connection when a phase takes longer than it may. One phase at a time."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._timer: Any = None

    def start(self, seconds: float) -> None:
        """Begin a phase; the one before it is over."""
        self.cancel()
        self._timer = reactor.callLater(seconds, self._abort)

    def start_keep_alive(self) -> None:
        """A response is complete: it is to be read, then the next request to begin.

        A client that reads nothing of what waits for UNREAD_SECONDS is given up.
        """
        unsent = unsent_bytes(self._channel.transport)
        if unsent:
            self.cancel()
            self._timer = reactor.callLater(UNREAD_SECONDS, self._check_read, unsent)
        else:
            self.start(KEEP_ALIVE_SECONDS)

    def _check_read(self, unsent_before: int) -> None:
        if unsent_bytes(self._channel.transport) == unsent_before:
            self._abort()
        else:
            self.start_keep_alive()

    def cancel(self) -> None:
        """End the phase."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def release(self) -> None:
        """Let go of the connection, which is another protocol's now."""
        self.cancel()
        self._channel = None

    def _abort(self) -> None:
        if self._channel.transport is not None:
            self._channel.transport.abortConnection()


class BoundedRequest(WebRequest):  # type: ignore[misc]  # daphne has no types
    """daphne's request with a limit on its body, and deadlines for headers and body."""

    def __init__(self, channel: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(channel, *args, **kwargs)
        self._deadline: Deadline = channel.request_deadline
        self._deadline.start(settings.HEADER_SECONDS)
        self._received = 0  # bytes of the body
        self._is_refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        """The headers are complete; `length` is None for a chunked body."""
        self._deadline.start(settings.BODY_SECONDS)
        super().gotLength(length)
        if length is not None and length > settings.REQUEST_BYTES:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Some bytes of the body."""
        self._received += len(data)
        if self._is_refused:
            self._abort_beyond_linger()
        elif self._received > settings.REQUEST_BYTES:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def process(self) -> Any:
        """The body is complete."""
        if self._is_refused:
            return None
        self._deadline.cancel()
        result = super().process()
        if self.transport is None:  # a WebSocket has taken the connection over
            self._deadline.release()
            self.channel.requests.clear()  # it and this object would keep each other
        return result

    def finish(self) -> None:
        """The response is complete."""
        super().finish()
        self._deadline.start_keep_alive()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 - Twisted's name
        """The connection is gone."""
        self._deadline.cancel()
        super().connectionLost(reason)

    def _refuse(self) -> None:
        """Answer 413 now, while the body still arrives, and close."""
        self._is_refused = True
        self.content.truncate(0)
        self.channel.persistent = False
        self.channel.transport.write(self._too_large())
        self.channel.transport.loseWriteConnection()
        self._deadline.start(LINGER_SECONDS)

    def _too_large(self) -> bytes:
        """The response: a page for people, JSON for programs."""
        if "text/html" in self._header("accept"):
            return _response("text/html; charset=utf-8", too_large_page(self._header))
        detail = _refusal(self.channel._path).message
        return _response("application/json", json.dumps({"detail": detail}))

    def _header(self, name: str) -> str:
        return self.requestHeaders.getRawHeaders(name, [""])[0]  # type: ignore[no-any-return]

    def _abort_beyond_linger(self) -> None:
        if self._received > settings.REQUEST_BYTES + LINGER_BYTES:
            self.channel.transport.abortConnection()


def _response(content_type: str, text: str) -> bytes:
    """The response to a body that is too large."""
    body = text.encode()
    head = (
        f"HTTP/1.1 413 Content Too Large\r\nContent-Type: {content_type}\r\n"
        "Content-Security-Policy: default-src 'self'\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _refusal(path: bytes) -> RequestTooLarge:
    """In the words of what is sent to the path: a wiki, or else a question."""
    if path.partition(b"?")[0].endswith(WIKI_PATHS):
        return RequestTooLarge.of_wiki(settings.REQUEST_BYTES)
    return RequestTooLarge()
