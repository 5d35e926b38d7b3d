"""Django's PostgreSQL backend, except that connecting starts the embedded server first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from deepwiki.postgres.holding import hold


class DatabaseWrapper(base.DatabaseWrapper):
    """As the parent; `OPTIONS["data_dir"]` names the cluster."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        cluster = hold(Path(params.pop("data_dir")))
        params["host"] = str(cluster.socket_folder)
        return params
