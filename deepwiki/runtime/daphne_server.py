"""daphne with the limits, the close codes and the end that it lacks.

- What a connection holds in memory is bounded in both directions, see backpressure.py.
- WebSocket connections have our limits and close codes, see websocket_protocol.py.
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
from functools import partial
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.server import Server
from twisted.internet import reactor

from deepwiki.runtime.backpressure import InboundQueue, NotRead, wait_until_read
from deepwiki.runtime.http_limits import with_limits
from deepwiki.runtime.lifespan import shutdown, startup
from deepwiki.runtime.websocket_protocol import BoundedProtocol, message_limit, protocol_options

PING_SECONDS = 10
# Longer than a database connection is waited for, so that a handshake can be answered.
HANDSHAKE_SECONDS = 15
APPLICATION_CLOSE_SECONDS = 2
STOP_SECONDS = 34  # until the process ends, whatever still runs
CLOSE_FRAME_SECONDS = 0.3  # for the close frames to leave

logger = logging.getLogger(__name__)


def run(application: Any, endpoints: list[str]) -> None:
    """Serve on Twisted endpoint descriptions until SIGTERM or SIGINT. Blocks."""
    BoundedServer(
        application=application,
        endpoints=endpoints,
        signal_handlers=False,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        http_timeout=None,
        websocket_handshake_timeout=HANDSHAKE_SECONDS,
        websocket_max_message_size=message_limit(),
        websocket_max_frame_size=message_limit(),
        application_close_timeout=APPLICATION_CLOSE_SECONDS,
        server_name="deepwiki",
        verbosity=0,
    ).run()


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

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> InboundQueue | None:
        """Start the application of a connection; the queue of its messages. As daphne's, whose
        queue cannot tell how full it is."""
        if protocol not in self.connections:
            return None
        queue = InboundQueue()
        scope.setdefault("asgi", {"version": "3.0"})
        scope["deepwiki.inbound"] = queue
        send = partial(self.handle_reply, protocol)
        application = self.application(scope=scope, receive=queue.get, send=send)
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(application)
        return queue

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Send what the application says, once the client has read what was said before.

        A close waits for nobody. Raises NotRead; the connection of an HTTP request is then
        aborted, that of a socket closed by the application.
        """
        if message["type"] in ("websocket.send", "http.response.body"):
            await self._wait_until_read(protocol)
        await super().handle_reply(protocol, message)

    async def _wait_until_read(self, protocol: Any) -> None:
        is_request = isinstance(protocol, WebRequest)
        connection = protocol.channel if is_request else protocol
        transport = getattr(connection, "transport", None)
        if getattr(protocol, "is_not_read", False):
            return
        try:
            await wait_until_read(transport)
        except NotRead:
            protocol.is_not_read = True  # its last words are short
            if is_request and transport is not None:
                transport.abortConnection()
            raise

    def _configure(self, loop: asyncio.AbstractEventLoop) -> None:
        """Once daphne has made its factories: set their protocol and options."""
        self.ws_factory.protocol = BoundedProtocol
        self.ws_factory.setProtocolOptions(**protocol_options())
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
