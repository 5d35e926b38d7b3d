"""The database: does it answer, is it complete, is there room, and does a worker run?"""

from __future__ import annotations

import time

import psycopg
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from deepwiki.foundation.sql import fetch_row, fetch_value
from deepwiki.postgres import PostgresError
from deepwiki.runtime.doctor.finding import Outcome, failed, ok, warning

DATABASE_LINE = "DATABASE_URL=postgresql://user:password@host/name"
OLDEST_SERVER = 15
OLDEST_VECTOR = (0, 7)
# Sessions and tokens are dated; a minute more or less changes what counts as expired.
CLOCK_WARNING_SECONDS = 5
CLOCK_FAILED_SECONDS = 60
WORKER_SECONDS = 30  # without a sign of life
SERVER_VERSION = "SELECT current_setting('server_version_num')::int / 10000"
EXTENSION = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
INSTALLABLE = "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
CONNECTIONS = """
    SELECT current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int,
           (SELECT count(*) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND datname IS DISTINCT FROM current_database())
"""
CLOCK = "SELECT extract(epoch FROM clock_timestamp())"
WORKERS = """
    SELECT (SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers),
           (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo')
"""


def database() -> Outcome:
    """Does it answer, and is its version one that is supported?"""
    try:
        version = _server_version()
    except PostgresError:
        return failed(
            "The embedded PostgreSQL does not start. Its log, postgres.log in the data folder,"
            " says why.",
            "DATA_DIR=a folder that this user may write, on a disk with room",
        )
    except (Error, psycopg.Error) as error:
        return failed(_reason(error), _server_line())
    return _of_server(version)


def _of_server(version: int) -> Outcome:
    words = f"PostgreSQL {version} answers"
    if version < OLDEST_SERVER:
        return warning(f"{words}; {OLDEST_SERVER} or newer is supported.", DATABASE_LINE)
    return ok(f"{words}.")


def extension() -> Outcome:
    """Is pgvector there, and new enough for the indexes of vectors?"""
    version = fetch_value(EXTENSION)
    if version is None:
        return _missing_extension()
    return _of_extension(version)


def _of_extension(version: str) -> Outcome:
    words = f"pgvector {version}"
    if _numbers(version) < OLDEST_VECTOR:
        return failed(f"{words} is too old; 0.7 is needed.", "ALTER EXTENSION vector UPDATE;")
    return ok(f"{words}.")


def migrations() -> Outcome:
    """Are all migrations applied?"""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return failed(f"{len(missing)} migrations are not applied.", "python manage.py migrate")
    return ok("All migrations are applied.")


def pool() -> Outcome:
    """Does the server take as many connections as these processes may open?"""
    available, others = _connections()
    wanted = settings.POOL_SIZE * (settings.WEB_PROCESSES + 1)
    if wanted + others <= available:
        return ok(f"{wanted} connections at most; the server takes {available}.")
    size = max(2, (available - others) // (settings.WEB_PROCESSES + 1))
    return warning(
        f"The web processes and the worker may open {wanted} connections, others have {others}"
        f" open, and the server takes {available}.",
        f"DEEPWIKI_POOL_SIZE={size}",
    )


def clock() -> Outcome:
    """Do this machine and the database agree on the time?"""
    before = time.time()
    there = float(fetch_value(CLOCK))
    apart = round(abs(there - (before + time.time()) / 2))
    if apart < CLOCK_WARNING_SECONDS:
        return ok("This machine and the database agree on the time.")
    return _of_clocks(apart)


def _of_clocks(apart: int) -> Outcome:
    words = f"The clocks of this machine and of the database are {apart} seconds apart."
    fix = "timedatectl set-ntp true"
    if apart < CLOCK_FAILED_SECONDS:
        return warning(words, fix)
    return failed(words, fix)


def worker() -> Outcome:
    """Does a worker run, which indexes and brings up to date?"""
    seconds, waiting = fetch_row(WORKERS) or (None, 0)
    if seconds is not None and seconds < WORKER_SECONDS:
        return ok(f"A worker runs; {waiting} jobs wait.")
    return _no_worker(waiting)


def _no_worker(waiting: int) -> Outcome:
    words = f"No worker runs: nothing is indexed, and {waiting} jobs wait."
    return failed(words, "python manage.py worker")


def _server_version() -> int:
    """By a connection beside the pool, which would hide why none can be had."""
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters) as direct:
        row = direct.execute(SERVER_VERSION).fetchone()
    assert row is not None
    return int(row[0])


def _connections() -> tuple[int, int]:
    """How many the server takes, and how many are open to other databases."""
    available, others = fetch_row(CONNECTIONS) or (0, 0)
    return int(available), int(others)


def _missing_extension() -> Outcome:
    if fetch_value(INSTALLABLE):
        return failed(
            "This database lacks the extension pgvector. A superuser can add it.",
            "CREATE EXTENSION vector;",
        )
    return failed(
        "The database server has no pgvector. Install its package there, then add it here.",
        "apt-get install postgresql-17-pgvector",
    )


def _server_line() -> str:
    if settings.DATABASE_URL:
        return DATABASE_LINE
    return "make run"


def _reason(error: Exception) -> str:
    """The kind of trouble, without the server's words, which name hosts and people."""
    text = str(error).lower()
    for part, words in REASONS.items():
        if part in text:
            return words
    return "The database does not answer."


REASONS = {
    "password authentication failed": "The database refuses the name or the password.",
    "no password supplied": "The database wants a password.",
    "does not exist": "The database server has no such database or role.",
    "too many": "The database server has no connection left.",
    "connection refused": "Nothing listens at the address of the database.",
    "could not translate host": "The database's host cannot be found.",
    "name or service not known": "The database's host cannot be found.",
    "failed to resolve": "The database's host cannot be found.",
}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
