"""Django's PostgreSQL backend over the embedded server; `base` is the name Django loads."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base

from deepwiki.postgres.binaries import PostgresError
from deepwiki.postgres.lifecycle import acquire


class ServerNotAvailable(PostgresError, OperationalError):
    """The embedded server does not start: a connection that fails, as Django sees it."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server that `OPTIONS["data_dir"]` names before the first connection."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params["host"] = _socket_folder(params.pop("data_dir"), os.getpid())
        return params


@lru_cache(maxsize=8)
def _socket_folder(data_dir: str, pid: int) -> str:
    """The folder of the server's socket, cached for each process: Django asks for it with
    every connection. A forked process has another `pid` and acquires for itself."""
    try:
        return str(acquire(Path(data_dir)).socket_folder)
    except PostgresError as error:
        raise ServerNotAvailable(str(error)) from error
