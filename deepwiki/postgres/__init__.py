"""PostgreSQL without an administrator: a private server from pip-installed binaries, shared by this user's processes.

`acquire()` is the whole interface: after it returns, the server answers on its unix socket until this process ends.
"""

from deepwiki.postgres.binaries import PostgresError
from deepwiki.postgres.cluster import Cluster
from deepwiki.postgres.lifecycle import acquire, release

__all__ = ["Cluster", "PostgresError", "acquire", "release"]
