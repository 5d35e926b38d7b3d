"""daphne with the limits, the close codes and the end that it lacks.

- Messages over our limit are refused with an error message before daphne's own limit drops them.
- Per-message deflate is accepted, with a limit on what a message may decompress to.
- A slow reader gets CLOSE_SECONDS to read the rest after a close.
- Requests have limits of size and time, see http_limits.py.
- SIGTERM turns /readyz to 503 and lets running answers finish.

Import it after `django.setup()`; daphne installs Twisted's asyncio reactor when imported.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from typing import Any

from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor

from deepwiki.runtime.http_limits import with_limits
from deepwiki.runtime.lifespan import shutdown, startup

PING_SECONDS = 10
CLOSE_SECONDS = 15
# Longer than a database connection is waited for, so that a handshake can be answered.
HANDSHAKE_SECONDS = 15
APPLICATION_CLOSE_SECONDS = 2
STOP_SECONDS = 34  # until the process ends, whatever still runs
CLOSE_FRAME_SECONDS = 0.3  # for the close frames to leave
# daphne's limit is this many times ours, so that ours refuses first, with a message.
MESSAGE_MARGIN = 2
# Close codes a server may send: RFC 6455, section 7.4.1. autobahn accepts 1000 and 3000 on.
CLOSE_CODES = (1001, 1003, 1007, 1008, 1009, 1011, 1012, 1013)

logger = logging.getLogger(__name__)


def run(application: Any, endpoints: list[str]) -> None:
    """Serve on Twisted endpoint descriptions until SIGTERM or SIGINT. Blocks."""
    message_bytes = settings.MESSAGE_BYTES * MESSAGE_MARGIN
    BoundedServer(
        application=application,
        endpoints=endpoints,
        signal_handlers=False,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        http_timeout=None,
        websocket_handshake_timeout=HANDSHAKE_SECONDS,
        websocket_max_message_size=message_bytes,
        websocket_max_frame_size=message_bytes,
        application_close_timeout=APPLICATION_CLOSE_SECONDS,
        server_name="deepwiki",
        verbosity=0,
    ).run()


class BoundedProtocol(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """daphne's WebSocket connection, able to close with every code a server may send."""

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802 - daphne's name
        if code in CLOSE_CODES:
            self.sendCloseFrame(code=code, reasonUtf8=None, isReply=False)
        else:
            super().serverClose(code)


class BoundedServer(Server):  # type: ignore[misc]
    """daphne's server; `run` blocks until SIGTERM or SIGINT."""

    connections: dict[Any, dict[str, Any]]
    stopping: asyncio.Future[None] | None = None

    def run(self) -> None:
        loop = reactor._asyncioEventloop
        reactor.callWhenRunning(lambda: asyncio.ensure_future(startup(), loop=loop))
        reactor.callWhenRunning(self._configure, loop)
        super().run()

    def listen_error(self, failure: Any) -> None:
        logger.critical("cannot listen: %s", failure.getErrorMessage())
        os._exit(1)

    def kill_all_applications(self) -> Any:
        # daphne fails on a handshake under way, which has no application instance yet.
        self.connections = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        return super().kill_all_applications()

    def _configure(self, loop: asyncio.AbstractEventLoop) -> None:
        """Once daphne has made its factories: set their protocol and options."""
        self.ws_factory.protocol = BoundedProtocol
        self.ws_factory.setProtocolOptions(
            closeHandshakeTimeout=CLOSE_SECONDS, failByDrop=False, **_deflate_options()
        )
        self.http_factory.buildProtocol = with_limits(self.http_factory.buildProtocol)
        self._handle_signals(loop)

    def _handle_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._begin_stop, loop)

    def _begin_stop(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.stopping is None:
            loop.call_later(STOP_SECONDS, os._exit, 0)
            self.stopping = asyncio.ensure_future(self._stop(), loop=loop)

    async def _stop(self) -> None:
        await shutdown()
        self._close_sockets()
        await asyncio.sleep(CLOSE_FRAME_SECONDS)
        reactor.stop()

    def _close_sockets(self) -> None:
        """Tell sockets without a running answer that the server goes away."""
        for protocol in list(self.connections):
            if hasattr(protocol, "serverClose"):
                with contextlib.suppress(Exception):
                    protocol.serverClose(code=1001)


def _deflate_options() -> dict[str, Any]:
    """autobahn's options that accept per-message deflate (RFC 7692)."""
    if not settings.WEBSOCKET_DEFLATE:
        return {}
    max_bytes = settings.MESSAGE_BYTES * MESSAGE_MARGIN

    def accept(offers: list[Any]) -> Any:
        for offer in offers:
            if isinstance(offer, PerMessageDeflateOffer):
                return PerMessageDeflateOfferAccept(offer, max_message_size=max_bytes)
        return None

    return {"perMessageCompressionAccept": accept}
