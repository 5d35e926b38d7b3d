"""One question to the database, on a connection outside the pool."""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg
from django.db import connection

from deepwiki.foundation.deadline_connection import DeadlineConnection

CONNECT_SECONDS = 2  # the least that libpq knows
OF_DJANGO = ("cursor_factory", "context")


class DatabasePing:
    """Called again and again from one thread; keeps its connection."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None

    def __call__(self) -> None:
        """Ask for an answer. Raises Error, and waits as long as the database hangs."""
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.execute("SELECT 1")
                return
            self._connection.close()  # a restart broke it: once more on a new one
        self._connection = None
        self._connection = DeadlineConnection.connect(**_parameters())
        self._connection.execute("SELECT 1")

    def close(self) -> None:
        """Close the connection; the next call makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _parameters() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    needed = {name: value for name, value in parameters.items() if name not in OF_DJANGO}
    return {**needed, "connect_timeout": CONNECT_SECONDS, "autocommit": True}
