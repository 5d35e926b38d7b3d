"""The web server: `deepwiki.asgi` under daphne, see `deepwiki/runtime/daphne_server.py`.

python -m deepwiki.server --port 8000
python -m deepwiki.server --port 8000 --shared    # several processes on one port
python -m deepwiki.server --fd 3                  # a listening socket that the caller made
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import sys

from deepwiki.runtime.listeners import inherited_listener, shared_listener
from deepwiki.runtime.memory import limit_heap

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")


def serve(host: str, port: int, listener: socket.socket | None = None) -> None:
    """Serve on a host and port, or on a listening socket, until SIGTERM or SIGINT. Sets up
    Django first; blocks."""
    with contextlib.suppress(ImportError):  # there is none for Windows
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    import django

    limit_heap()
    django.setup()
    from daphne.endpoints import build_endpoint_description_strings

    from deepwiki.asgi import application
    from deepwiki.runtime import daphne_server

    if listener is None:
        endpoints = build_endpoint_description_strings(host=host, port=port)
    else:
        # Twisted duplicates the descriptor and closes it: the socket object must not close it too.
        endpoints = [f"fd:fileno={listener.detach()}"]
    daphne_server.run(application, endpoints)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deepwiki.server", description="DeepWiki's web server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--shared", action="store_true", help="let other processes listen on the same port"
    )
    source.add_argument(
        "--fd", type=int, help="an inherited listening socket, instead of host and port"
    )
    return parser.parse_args()


def main() -> None:
    arguments = _parse_arguments()
    listener = None
    if arguments.fd is not None:
        listener = inherited_listener(arguments.fd)
    elif arguments.shared:
        listener = shared_listener(arguments.host, arguments.port)
    serve(arguments.host, arguments.port, listener)
    sys.exit(0)


if __name__ == "__main__":
    main()
