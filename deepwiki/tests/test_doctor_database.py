"""What the doctor says of databases that are away, bare, crowded or at another time."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from deepwiki.runtime.doctor import State, database_checks
from deepwiki.testing.ports import listener, port_of, reserved_port
from deepwiki.testing.servers import child_environment

ROOT = Path(__file__).resolve().parents[2]
BARE = "doctor_bare"
pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


def doctor(*checks, **environment):
    """The findings of a process of its own, by name, and its exit code."""
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", *checks, "--json"],
        env=child_environment(0, {"PORT": "8000", **environment}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    found = {each["check"]: each for each in json.loads(done.stdout)["checks"]}
    return found, done.returncode


@pytest.fixture
def bare():
    """The address of a database without our extension and tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {BARE} TEMPLATE template0")
    url = child_environment(0, {})["DATABASE_URL"]
    yield url.replace(f"/{connection.settings_dict['NAME']}", f"/{BARE}")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {BARE} WITH (FORCE)")


def test_a_complete_database_is_well():
    for each in ("database", "extension", "migrations", "pool", "clock"):
        outcome = getattr(database_checks, each)()
        assert (outcome.state, outcome.fix) == (State.OK, ""), outcome


def test_one_that_refuses_is_told_with_its_line_and_what_needs_it_is_not_run():
    with reserved_port() as port:
        url = f"postgresql://someone:pass-word@127.0.0.1:{port}/none"
        found, code = doctor("database", "clock", "git", DATABASE_URL=url)
    assert code == 2
    assert found["database"]["message"] == "Nothing listens at the address of the database."
    assert found["database"]["fix"].startswith("DATABASE_URL=")
    assert "before “database” works" in found["clock"]["message"]
    assert found["git"]["state"] == "ok"
    assert "pass-word" not in json.dumps(found)


def test_one_that_takes_connections_and_says_nothing_is_given_up():
    with listener() as silent:
        url = f"postgresql://someone:x@127.0.0.1:{port_of(silent)}/none"
        found, _ = doctor("database", DATABASE_URL=url)
    assert found["database"]["state"] == "failed"
    assert found["database"]["milliseconds"] < 20_000


def test_a_database_that_does_not_exist_is_told(bare):
    found, _ = doctor("database", DATABASE_URL=bare.replace(BARE, "no_such_database"))
    assert found["database"]["message"] == "The database server has no such database or role."


def test_a_bare_database_lacks_the_extension_and_migrations(bare):
    found, code = doctor("database", "extension", "migrations", DATABASE_URL=bare)
    assert code == 2
    assert found["database"]["state"] == "ok"
    assert found["extension"]["fix"] == "CREATE EXTENSION vector;"
    assert "migrations are not applied" in found["migrations"]["message"]
    assert found["migrations"]["fix"] == "python manage.py migrate"


def test_more_connections_than_the_server_takes_are_a_warning_with_a_number(settings):
    settings.WEB_PROCESSES = 500
    outcome = database_checks.pool()
    assert outcome.state is State.WARNING
    assert outcome.fix == "DEEPWIKI_POOL_SIZE=2"


@pytest.mark.parametrize(("seconds", "state"), [(20, State.WARNING), (300, State.FAILED)])
def test_a_clock_that_is_wrong_is_told(monkeypatch, seconds, state):
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + seconds)
    outcome = database_checks.clock()
    monkeypatch.undo()
    assert outcome.state is state
    assert f"{seconds} seconds apart" in outcome.message


def test_a_worker_is_alive_while_it_gives_signs_of_life():
    assert database_checks.worker().fix == "python manage.py worker"
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert database_checks.worker().state is State.OK
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        )
    assert database_checks.worker().state is State.FAILED
