"""Migrations, one process at a time."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

LOCK = 0x0DEE9  # any number, the same everywhere


def migrate() -> None:
    """Bring the tables up to date under an advisory lock: of two processes that start at once, one waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
