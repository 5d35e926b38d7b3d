"""Migrations under a lock, for processes that start at the same time."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from deepwiki.foundation.advisory_locks import MIGRATE


def migrate() -> None:
    """Apply all migrations under an advisory lock: of two processes one waits, and then
    finds nothing left to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATE])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATE])
