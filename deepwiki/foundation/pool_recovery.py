"""What psycopg's connection pool does about connections that a restart of the database broke.

It checks each one that it hands out. A question takes seven, so a connection used a moment
ago is asked nothing: a server that ended has closed its socket, which is seen here.

A restart breaks every idle connection. The pool finds the broken ones one by one and doubles
its wait after each: with ten of them it gave no connection within eight seconds. Here the
wait grows by a tenth instead.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool
from psycopg_pool.base import AttemptWithBackoff

from deepwiki.foundation.deadline_connection import DeadlineConnection

INITIAL_SECONDS = 0.1
GROWTH = 1.1
TRUSTED_SECONDS = 5.0  # after an answer; a network that went away shows by no closed socket

_ask = ConnectionPool.check_connection


def configure_pools() -> None:
    """Set backoff and check of every connection pool of this process.

    Django leaves no setting for either.
    """
    AttemptWithBackoff.INITIAL_DELAY = INITIAL_SECONDS
    AttemptWithBackoff.DELAY_BACKOFF = GROWTH
    ConnectionPool.check_connection = staticmethod(check_pooled)  # type: ignore[method-assign,assignment]


def check_pooled(connection: psycopg.Connection[Any]) -> None:
    """Raise psycopg.OperationalError if this connection of a pool is broken."""
    if not (isinstance(connection, DeadlineConnection) and _is_trusted(connection)):
        _ask(connection)


def _is_trusted(connection: DeadlineConnection) -> bool:
    is_recent = time.monotonic() - connection.answered_at < TRUSTED_SECONDS
    return is_recent and connection.is_silent()
