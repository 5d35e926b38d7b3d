"""A database of its own for one measurement, and nothing of the machine's settings."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMITS = ("DEEPWIKI_REQUESTS_PER_MINUTE", "DEEPWIKI_RUNS_PER_USER", "DEEPWIKI_SOCKETS_PER_USER")


@contextmanager
def database(**environment: str) -> Iterator[Path]:
    """Set Django up over a new embedded database; removed afterwards. Yields its data folder."""
    data = Path(tempfile.mkdtemp(prefix="deepwiki-bench-"))
    data.chmod(0o755)
    os.environ |= dict.fromkeys(LIMITS, "1000000")
    os.environ |= {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "deepwiki.settings"}
    os.environ |= {
        "DEEPWIKI_EMBEDDER": "fake",
        "DEEPWIKI_LOG_LEVEL": "ERROR",
        "DEEPWIKI_CACHE_SECONDS": "0",
        **environment,
    }
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from deepwiki.migrating import migrate
    from deepwiki.postgres import release

    migrate()
    try:
        yield data
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()
        release()
        shutil.rmtree(data, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_listening(port: int) -> None:
    """Wait until somebody listens on `port`."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}")
