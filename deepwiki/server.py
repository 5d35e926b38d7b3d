"""The web server: daphne, with the limits and the ending it lacks by itself.

    python -m deepwiki.server --port 8000
    python -m deepwiki.server --fd 3        # a listening socket that the caller hands over

What the subclass changes: messages are bounded and refused with words before daphne drops them; per-message deflate is
offered (bounded, so that a compressed bomb cannot grow); a slow reader gets fifteen seconds to take the rest after a
close; SIGTERM first turns /readyz to 503 and lets running answers finish.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")

CLOSE_SECONDS = 15
HANDSHAKE_SECONDS = 15  # longer than a connection to the database is waited for, so that there is time to say so
MESSAGE_MARGIN = 2  # daphne's own limit stands above ours, so that we are the ones who answer, in words
STOP_SECONDS = 34

logger = logging.getLogger(__name__)


def serve(host: str, port: int, listener: socket.socket | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Sets up Django first; blocks."""
    with contextlib.suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    import django

    django.setup()
    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import Server
    from django.conf import settings

    from deepwiki.asgi import application

    if listener is not None:
        # Twisted closes the descriptor once it has made one of its own; ours would later close another file's.
        endpoints = [f"fd:fileno={listener.detach()}"]
    else:
        endpoints = build_endpoint_description_strings(host=host, port=port)
    _server(Server, settings)(
        application=application,
        endpoints=endpoints,
        signal_handlers=False,
        ping_interval=10,
        ping_timeout=10,
        http_timeout=None,
        websocket_handshake_timeout=HANDSHAKE_SECONDS,
        websocket_max_message_size=settings.MESSAGE_BYTES * MESSAGE_MARGIN,
        websocket_max_frame_size=settings.MESSAGE_BYTES * MESSAGE_MARGIN,
        application_close_timeout=2,
        server_name="deepwiki",
        verbosity=0,
    ).run()


def _server(base: Any, settings: Any) -> Any:
    from twisted.internet import reactor

    from deepwiki.lifespan import shutdown, startup

    class BoundedServer(base):  # type: ignore[misc]
        """daphne's Server with our limits."""

        stopping = False
        connections: dict[Any, dict[str, Any]]

        def run(self) -> None:
            loop = reactor._asyncioEventloop
            reactor.callWhenRunning(lambda: asyncio.ensure_future(startup(), loop=loop))
            reactor.callWhenRunning(self._set_up, loop)
            super().run()

        def _set_up(self, loop: asyncio.AbstractEventLoop) -> None:
            self.ws_factory.protocol = _protocol()
            self.ws_factory.setProtocolOptions(
                closeHandshakeTimeout=CLOSE_SECONDS, failByDrop=False, **_deflate(settings)
            )
            self.http_factory.buildProtocol = _impatient(self.http_factory.buildProtocol, settings.HEADER_SECONDS)
            for name in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(name, self._begin_stop, loop)

        def _begin_stop(self, loop: asyncio.AbstractEventLoop) -> None:
            if self.stopping:
                return
            self.stopping = True
            loop.call_later(STOP_SECONDS, os._exit, 0)
            self.ending = asyncio.ensure_future(self._stop(), loop=loop)

        async def _stop(self) -> None:
            await shutdown()
            # Sockets that still wait for a question are told that the server goes.
            for protocol in list(self.connections):
                if hasattr(protocol, "serverClose"):
                    with contextlib.suppress(Exception):
                        protocol.serverClose(code=1001)
            await asyncio.sleep(0.3)
            reactor.stop()

        def listen_error(self, failure: Any) -> None:
            logger.critical("cannot listen: %s", failure.getErrorMessage())
            os._exit(1)

        def kill_all_applications(self) -> Any:
            # daphne fails here when a handshake is under way and has no application yet.
            self.connections = {p: d for p, d in self.connections.items() if "application_instance" in d}
            return super().kill_all_applications()

    return BoundedServer


def _impatient(build: Any, seconds: int) -> Any:
    """daphne's protocols, dropped when a connection's first headers are not whole in time.

    twisted's own clock starts anew with every line that comes.
    """
    from twisted.internet import reactor

    def build_impatient(address: Any) -> Any:
        protocol = build(address)
        channel = protocol._channel
        complete = channel.allHeadersReceived

        def give_up() -> None:
            if channel.transport is not None:
                channel.transport.abortConnection()

        deadline = reactor.callLater(seconds, give_up)

        def all_headers_received() -> None:
            if deadline.active():
                deadline.cancel()
            complete()

        channel.allHeadersReceived = all_headers_received
        return protocol

    return build_impatient


def _protocol() -> Any:
    from daphne.ws_protocol import WebSocketProtocol

    class Protocol(WebSocketProtocol):  # type: ignore[misc]
        """daphne's WebSocket, able to close with the codes of RFC 6455, section 7.4.1, that a server may send."""

        def serverClose(self, code: int | None = None) -> None:
            if code in (1001, 1003, 1007, 1008, 1009, 1011, 1012, 1013):
                self.sendCloseFrame(code=code, reasonUtf8=None, isReply=False)
            else:
                super().serverClose(code)

    return Protocol


def _deflate(settings: Any) -> dict[str, Any]:
    """Options that accept per-message deflate with a bound on what a message may unpack to."""
    if not settings.WEBSOCKET_DEFLATE:
        return {}
    from autobahn.websocket.compress import (
        PerMessageDeflateOffer,
        PerMessageDeflateOfferAccept,
    )

    bound = settings.MESSAGE_BYTES * MESSAGE_MARGIN

    def accept(offers: list[Any]) -> Any:
        for offer in offers:
            if isinstance(offer, PerMessageDeflateOffer):
                return PerMessageDeflateOfferAccept(offer, max_message_size=bound)
        return None

    return {"perMessageCompressionAccept": accept}


def _shared(host: str, port: int) -> socket.socket:
    """A listener on a port that several processes listen on: the kernel spreads connections among them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(1024)
    listener.setblocking(False)
    return listener


def _handed_over(descriptor: int) -> socket.socket:
    """A socket that the caller made, bound and listens on, inherited as a file descriptor."""
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    return listener


def main() -> None:
    parser = argparse.ArgumentParser(prog="deepwiki.server", description="DeepWiki's web server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--shared", action="store_true", help="let other processes listen on the same port")
    only.add_argument("--fd", type=int, help="serve this inherited listening socket instead of a host and port")
    arguments = parser.parse_args()
    listener = None
    if arguments.fd is not None:
        listener = _handed_over(arguments.fd)
    elif arguments.shared:
        listener = _shared(arguments.host, arguments.port)
    serve(arguments.host, arguments.port, listener)
    sys.exit(0)


if __name__ == "__main__":
    main()
