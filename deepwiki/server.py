"""The web server: `deepwiki.asgi` under daphne, see `deepwiki/runtime/daphne_server.py`.

python -m deepwiki.server --port 8000
python -m deepwiki.server --port 8000 --shared    # several processes on one port
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")

BACKLOG = 1024  # connections the kernel keeps until they are accepted


def serve(host: str, port: int, listener: socket.socket | None = None) -> None:
    """Serve on a host and port, or on a listening socket, until SIGTERM or SIGINT. Sets up
    Django first; blocks."""
    with contextlib.suppress(ImportError):  # there is none for Windows
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    import django

    django.setup()
    from daphne.endpoints import build_endpoint_description_strings

    from deepwiki.asgi import application
    from deepwiki.runtime import daphne_server

    if listener is not None:
        endpoints = [f"fd:fileno={listener.fileno()}"]
    else:
        endpoints = build_endpoint_description_strings(host=host, port=port)
    daphne_server.run(application, endpoints)


def _shared_listener(host: str, port: int) -> socket.socket:
    """A listening socket on a port that several processes listen on: the kernel spreads
    connections among them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the standard library's
    return listener


def main() -> None:
    parser = argparse.ArgumentParser(prog="deepwiki.server", description="DeepWiki's web server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--shared", action="store_true", help="let other processes listen on the same port"
    )
    arguments = parser.parse_args()
    listener = None
    if arguments.shared:
        listener = _shared_listener(arguments.host, arguments.port)
    serve(arguments.host, arguments.port, listener)
    sys.exit(0)


if __name__ == "__main__":
    main()
