"""Listening sockets of the web server, and whether an address can be listened on."""

from __future__ import annotations

import socket

BACKLOG = 1024  # connections the kernel keeps until they are accepted


def bind(host: str, port: int, *options: int) -> socket.socket:
    """A TCP socket bound to an address, with these socket options set. Raises OSError."""
    bound = socket.socket(_family(host), socket.SOCK_STREAM)
    for option in (socket.SO_REUSEADDR, *options):
        bound.setsockopt(socket.SOL_SOCKET, option, 1)
    try:
        bound.bind((host, port))
    except BaseException:
        bound.close()
        raise
    return bound


def shared_listener(host: str, port: int) -> socket.socket:
    """A listening socket on a port that several processes listen on: the kernel spreads
    connections among them."""
    listener = bind(host, port, socket.SO_REUSEPORT)
    listener.listen(BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the standard library's
    return listener


def inherited_listener(descriptor: int) -> socket.socket:
    """The listening socket that the caller made and this process inherited. Raises OSError."""
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)  # noqa: FBT003 - the standard library's
    return listener


def _family(host: str) -> socket.AddressFamily:
    if ":" in host:
        return socket.AF_INET6
    return socket.AF_INET
