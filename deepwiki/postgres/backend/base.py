"""Django's PostgreSQL backend, except that connecting starts the embedded server first."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from deepwiki.postgres.lifecycle import acquire


class DatabaseWrapper(base.DatabaseWrapper):
    """As the parent; `OPTIONS["data_dir"]` names the cluster."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params["host"] = _socket_folder(params.pop("data_dir"), os.getpid())
        return params


@lru_cache(maxsize=8)
def _socket_folder(data_dir: str, process: int) -> str:
    """Where the held server listens. Held once a process: this is asked for every time a connection is taken."""
    return str(acquire(Path(data_dir)).socket_folder)
