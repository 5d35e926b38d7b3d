"""A database of its own for one measurement, and nothing of the machine's settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deepwiki.testing.ports import listener, port_of

ROOT = Path(__file__).resolve().parent.parent
Server = tuple[int, "subprocess.Popen[bytes]"]
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


def serve(module: str, *arguments: str, flag: str = "--fd", **popen: Any) -> Server:
    """Run a module as a server on a listening socket of ours, told by `flag`; its port and process.

    Clients can connect at once, and wait until it has started.
    """
    with listener() as listening:
        descriptor = listening.fileno()
        told = [flag, str(descriptor)] if flag else [str(descriptor)]
        command = [sys.executable, "-m", module, *told, *arguments]
        return port_of(listening), subprocess.Popen(command, cwd=ROOT, pass_fds=[descriptor], **popen)
