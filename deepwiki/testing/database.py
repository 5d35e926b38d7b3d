"""The test database: set up for the first test that needs it, emptied after tests that commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

# Deletes the rows of tables that have any, in whatever order: foreign keys are checked at the end.
# This takes a few milliseconds; TRUNCATE, which Django uses, makes new files for every table and
# index there is. What the migrations and the signals after them put into the named tables stays.
EMPTY = """
DO $$
DECLARE
    name regclass;
    filled boolean;
BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    FOR name IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM %s', name);
        END IF;
    END LOOP;
END $$
"""
END_OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# A power cut may cost a test database: nothing waits for the disk.
UNSAFE = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "SELECT pg_reload_conf()",
)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Whether the database is kept at the end: the embedded one goes with its whole cluster."""
    from django.conf import settings

    return not settings.DATABASE_URL or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As pytest-django's, which it wraps; quicker between tests, and unused at the end."""
    from django.conf import settings
    from django.db import connection
    from django.test import TransactionTestCase

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: _empty())
        if not settings.DATABASE_URL:
            with django_db_blocker.unblock(), connection.cursor() as cursor:
                for statement in UNSAFE:
                    cursor.execute(statement)
        yield
    with django_db_blocker.unblock():
        if settings.DATABASE_URL:
            # Threads have given their connections back to the pool, which keeps them open.
            with connection.cursor() as cursor:
                cursor.execute(END_OTHER_SESSIONS)
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
