"""psycopg's connection pool, made to find its feet quickly after the database was restarted.

After a restart every idle connection is broken, and the pool finds that out one by one, waiting twice as long after each:
with ten of them it gave none within eight seconds. What is waited for here grows by a tenth instead.
"""

from __future__ import annotations

from psycopg_pool.base import AttemptWithBackoff

FIRST_SECONDS = 0.1
GROWTH = 1.1


def recover_quickly() -> None:
    """Set the waits of every pool of this process."""
    AttemptWithBackoff.INITIAL_DELAY = FIRST_SECONDS
    AttemptWithBackoff.DELAY_BACKOFF = GROWTH
