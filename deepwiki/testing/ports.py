"""Listening sockets on loopback, handed to servers by descriptor: no port is chosen, then lost."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager

BACKLOG = 1024


def listener() -> socket.socket:
    """A socket that listens on a loopback port of the kernel's choice.

    Clients can connect at once; the kernel keeps them until a server accepts. The caller closes the
    socket, at the latest once the server that it was handed to runs.
    """
    return socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)


def port_of(bound: socket.socket) -> int:
    """The port a socket is bound to."""
    return int(bound.getsockname()[1])


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port for programs that take a number only. On Linux nobody else is given it meanwhile.

    The reservation is a socket that is bound and does not listen: a server that sets SO_REUSEADDR or
    SO_REUSEPORT can bind the same port beside it. macOS allows the first only without a reservation.
    """
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reservation.bind(("127.0.0.1", 0))
        port = port_of(reservation)
        if not _can_share(port):
            reservation.close()
        yield port


def _can_share(port: int) -> bool:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def close_waiting(listening: socket.socket) -> None:
    """Close the connections that were made while nobody accepted any."""
    while select.select([listening], [], [], 0)[0]:
        connection, _ = listening.accept()
        connection.close()
