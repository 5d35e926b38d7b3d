"""The embedded PostgreSQL: a private server from pip-installed binaries, shared by the
processes of one system user.

`acquire(data_dir)` starts the server or joins the running one; it answers on its unix socket
until this process ends or calls `release`. Order: `lifecycle` counts the processes that use
a server, `cluster` starts and stops it, `binaries` finds its programs; `backend` is the
Django database backend on top.
"""

from deepwiki.postgres.binaries import PostgresError
from deepwiki.postgres.cluster import Cluster
from deepwiki.postgres.lifecycle import acquire, release, restart

__all__ = ["Cluster", "PostgresError", "acquire", "release", "restart"]
