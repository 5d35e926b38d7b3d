"""A database for one measurement, and settings that limit nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMITS = ("DEEPWIKI_REQUESTS_PER_MINUTE", "DEEPWIKI_RUNS_PER_USER", "DEEPWIKI_SOCKETS_PER_USER")
NO_LIMIT = "1000000"


@contextmanager
def database(**environment: str) -> Iterator[Path]:
    """Set Django up over a new embedded database; yields its data folder and removes it
    afterwards. `environment` overrides the settings."""
    data_dir = Path(tempfile.mkdtemp(prefix="deepwiki-bench-"))
    data_dir.chmod(0o755)
    os.environ.pop("DATABASE_URL", None)
    os.environ |= dict.fromkeys(LIMITS, NO_LIMIT)
    os.environ |= {
        "DEEPWIKI_DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "deepwiki.settings",
        "DEEPWIKI_EMBEDDER": "fake",
        "DEEPWIKI_LOG_LEVEL": "ERROR",
        "DEEPWIKI_CACHE_SECONDS": "0",
        **environment,
    }
    import django

    django.setup()
    from deepwiki.postgres import release
    from deepwiki.runtime.migrate_once import migrate

    migrate()
    try:
        yield data_dir
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()
        release()
        shutil.rmtree(data_dir, ignore_errors=True)
