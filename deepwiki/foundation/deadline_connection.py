"""A psycopg connection whose statements have a deadline on this side.

PostgreSQL's own `statement_timeout` does not help against a server that hangs.
"""

from __future__ import annotations

import select
import time
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen

RV = TypeVar("RV")

COMMAND_SECONDS = 3_600.0  # graphs of very large indexes take many minutes
_limit = COMMAND_SECONDS


def set_statement_limit(seconds: float) -> None:
    """The deadline of each statement of this process from now on."""
    global _limit
    _limit = seconds


class DeadlineConnection(psycopg.Connection[Any]):
    """Closes itself, and raises OperationalError, when a statement is not answered in time.

    `answered_at` is when PostgreSQL last answered, by the monotonic clock.
    """

    answered_at = -float("inf")

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """See psycopg.Connection."""
        try:
            result = super().wait(gen, interval, _limit if timeout is None else timeout)
        except errors._WaitTimeout:
            if timeout is not None:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError("the database did not answer in time") from None
        self.answered_at = time.monotonic()
        return result

    def is_silent(self) -> bool:
        """Whether nothing has come from PostgreSQL since the last statement: no end, no message."""
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        return not poll.poll(0)
