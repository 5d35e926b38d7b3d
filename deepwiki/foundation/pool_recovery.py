"""Shorter waits of psycopg's connection pool after the database was restarted.

A restart breaks every idle connection. The pool finds the broken ones one by one and doubles
its wait after each: with ten of them it gave no connection within eight seconds. Here the
wait grows by a tenth instead.
"""

from __future__ import annotations

from psycopg_pool.base import AttemptWithBackoff

INITIAL_SECONDS = 0.1
GROWTH = 1.1


def shorten_reconnect_waits() -> None:
    """Set the backoff of every connection pool of this process."""
    AttemptWithBackoff.INITIAL_DELAY = INITIAL_SECONDS
    AttemptWithBackoff.DELAY_BACKOFF = GROWTH
