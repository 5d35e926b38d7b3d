"""daphne's WebSocket connection, with the close codes and the bounds that it lacks.

A text message reaches the application as `{"type": "websocket.receive", "utf8": bytes}`: as
a string, one wide character would make it four times as large. Where there is no room for a
message, its size comes instead of it, as `left_out_bytes`.
"""

from __future__ import annotations

import time
from typing import Any

from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from deepwiki.runtime.backpressure import UNSENT_BYTES, InboundQueue, unsent_bytes

CLOSE_SECONDS = 15  # for a slow reader to read the rest after a close
FAILED_SECONDS = 1.0  # for the close frame of a connection that broke the rules to arrive
RESUME_SECONDS = 0.02
# What a compressor keeps: 32 KiB a connection where zlib's own 15 and 8 take 256.
WINDOW_BITS = 12
MEMORY_LEVEL = 5
INFLATED_AT_ONCE = 1_024  # compressed bytes; deflate makes at most 1,032 times as many of them
# Close codes a server may send: RFC 6455, section 7.4.1. autobahn accepts 1000 and 3000 on.
CLOSE_CODES = (1001, 1003, 1007, 1008, 1009, 1011, 1012, 1013)


def message_limit() -> int:
    """The longest message in bytes: above ours, which is refused first, and with words."""
    return settings.MESSAGE_BYTES * 5 // 4


def protocol_options() -> dict[str, Any]:
    """Options of autobahn's server factory besides daphne's."""
    return {
        "closeHandshakeTimeout": CLOSE_SECONDS,
        "failByDrop": False,
        # Which origins may connect is decided by the application.
        "allowNullOrigin": True,
        **_deflate_options(),
    }


class BoundedProtocol(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """One connection. It reads no further while the application or the client falls behind."""

    _is_holding = False
    application_queue: InboundQueue
    _message: bytearray | None = None  # as far as it has come; None where there is no room
    _message_bytes = 0  # of it, there or left out

    def onConnect(self, request: Any) -> Any:  # noqa: N802 - autobahn's name
        """A handshake came. Raises ConnectionDeny where the process has all sockets it may have."""
        connections = self.factory.server_class.connections
        sockets = sum(isinstance(connection, BoundedProtocol) for connection in connections)
        if sockets >= settings.SOCKETS_PER_PROCESS:
            raise ConnectionDeny(503, "The server is busy. Try again in a moment.")
        return super().onConnect(request)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802 - daphne's name
        if code in CLOSE_CODES:
            self.sendCloseFrame(code=code, reasonUtf8=None, isReply=False)
        else:
            super().serverClose(code)

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802, FBT001, FBT002
        """Send a message. Raises ConnectionResetError once the connection is being closed."""
        if self.state in (self.STATE_CLOSING, self.STATE_CLOSED):
            raise ConnectionResetError
        super().serverSend(content, binary)

    def onMessageBegin(self, isBinary: bool) -> None:  # noqa: N802, N803, FBT001
        """A message begins. autobahn would keep its pieces, however short and many."""
        super().onMessageBegin(isBinary)
        self._message, self._message_bytes = bytearray(), 0

    def onFrameData(self, payload: bytes) -> bool | None:  # noqa: N802 - autobahn's name
        """A part of a frame came; a compressed one is inflated piece by piece."""
        if self.current_frame.opcode > 7 or not self._isMessageCompressed:
            result: bool | None = super().onFrameData(payload)
            return result
        for start in range(0, len(payload), INFLATED_AT_ONCE):
            if super().onFrameData(payload[start : start + INFLATED_AT_ONCE]) is False:
                return False
        return None

    def onMessageFrameData(self, payload: bytes) -> None:  # noqa: N802 - autobahn's name
        """Keep a part of the message, or none of it once there is no room for the whole."""
        if self.failedByMe:
            self._message = None
            return
        self._message_bytes += len(payload)
        if self._message_bytes > settings.MESSAGE_BYTES - self.application_queue.waiting_bytes:
            self._message = None
        if self._message is not None:
            self._message += payload

    def onMessageFrameEnd(self) -> None:  # noqa: N802 - autobahn's name
        """A frame is complete: what came of it is kept already."""

    def onMessageEnd(self) -> None:  # noqa: N802 - autobahn's name
        """A message is complete; after our close nobody takes it."""
        message, self._message = self._message, None
        if self.failedByMe or self.muted or self.state != self.STATE_OPEN:
            return
        self.last_ping = time.time()  # as daphne notes it
        received: dict[str, Any] = {"type": "websocket.receive"}
        if message is None:
            received["left_out_bytes"] = self._message_bytes
        else:
            received["bytes" if self.message_is_binary else "utf8"] = message
        self.application_queue.put_nowait(received)

    def consumeData(self) -> None:  # noqa: N802 - autobahn's name
        """Process what was received, frame by frame, as far as there is room for it."""
        if self.failedByMe:
            self.data = b""  # what follows a broken frame cannot be read
        elif self.state != self.STATE_OPEN:
            super().consumeData()
        else:
            while self.state == self.STATE_OPEN and not self._hold_if_crowded():
                if not self.processData():
                    return
            if self.state == self.STATE_CLOSING:
                super().consumeData()

    def _hold_if_crowded(self) -> bool:
        """Stop reading while too much waits, in either direction; whether that is so."""
        if not self._is_crowded():
            return False
        if not self._is_holding:
            self._is_holding = True
            self.transport.pauseProducing()
            reactor.callLater(RESUME_SECONDS, self._resume)
        return True

    def _is_crowded(self) -> bool:
        queue = getattr(self, "application_queue", None)
        if queue is not None and queue.is_crowded:
            return True
        # Pings are answered without the application: a client may send many and read nothing.
        return unsent_bytes(self.transport) > 2 * UNSENT_BYTES

    def _resume(self) -> None:
        """Read on if there is room again, or look again later."""
        if self.state == self.STATE_CLOSED:
            return
        if self.state == self.STATE_OPEN and self._is_crowded():
            reactor.callLater(RESUME_SECONDS, self._resume)
            return
        self._is_holding = False
        self.transport.resumeProducing()
        self.consumeData()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 - Twisted's name
        """The connection is gone. autobahn's future of that refers to this object."""
        super().connectionLost(reason)
        self.is_closed = Deferred()

    def _fail_connection(self, *args: Any, **kwargs: Any) -> None:
        """Close after a broken rule: its sender is not waited for as long as a slow reader."""
        super()._fail_connection(*args, **kwargs)
        reactor.callLater(FAILED_SECONDS, self.dropConnection, abort=True)


def _deflate_options() -> dict[str, Any]:
    """autobahn's options that accept per-message deflate (RFC 7692)."""
    if not settings.WEBSOCKET_DEFLATE:
        return {}

    def accept(offers: list[Any]) -> Any:
        for offer in offers:
            if isinstance(offer, PerMessageDeflateOffer):
                return _accepted(offer)
        return None

    return {"perMessageCompressionAccept": accept}


def _accepted(offer: PerMessageDeflateOffer) -> PerMessageDeflateOfferAccept:
    return PerMessageDeflateOfferAccept(
        offer,
        window_bits=min(offer.request_max_window_bits or WINDOW_BITS, WINDOW_BITS),
        mem_level=MEMORY_LEVEL,
        max_message_size=message_limit(),
    )
