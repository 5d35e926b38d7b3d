"""A database of its own for one measurement, and nothing of the machine's settings."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deepwiki.testing.ports import listens

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
    from deepwiki.postgres import release
    from deepwiki.runtime.migrate_once import migrate

    migrate()
    try:
        yield data
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()
        release()
        shutil.rmtree(data, ignore_errors=True)


def until_listening(port: int) -> None:
    """Wait until somebody listens on `port`."""
    if not listens(port):
        raise SystemExit(f"nothing listens on port {port}")
