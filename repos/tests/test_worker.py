"""A real worker, killed at every stage: another takes over, and the old index answers all the while."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from deepwiki.testing.servers import child_environment, stop
from deepwiki.testing.waiting import wait_until
from repos import jobs
from repos.access import OPERATOR_ID
from repos.models import Document, IndexJob, Repository
from repos.search import search
from repos.services import add
from repos.sources import parse_address
from repos.testing import GitHost, make_repository

pytestmark = [pytest.mark.acceptance, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker():
    started = []

    def start(**environment):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            env=child_environment(8000, environment),
            stdin=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        stop(process)


@contextmanager
def held(statement, *values):
    """Hold a lock over the test database, in a connection of its own."""
    params = connection.get_connection_params()
    wanted = {
        key: params[key]
        for key in ("host", "user", "password", "dbname", "port")
        if params.get(key)
    }
    with psycopg.connect(**wanted) as holder:
        holder.execute(statement, values)
        yield


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT l.granted AND a.datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


def found(repository, word):
    return [p.path for p in search([repository.pk], word, user_id=OPERATOR_ID).passages]


@pytest.mark.parametrize("stage", ["clone", "chunk", "embed", "switch"])
def test_a_worker_killed_in_the_middle_is_taken_over_and_the_old_index_answers(
    worker, tmp_path, settings, stage
):
    with GitHost(tmp_path / "served") as host:
        settings.CLONE_ALLOW = [host.netloc]
        make_repository(
            host.root / "r",
            {"old.py": "def zebra():\n    return 1\n", "b.py": "x = 1\n", "c.py": "y = 1\n"},
        )
        repository = add(parse_address(f"{host.url}/r", "git"), None)
        assert jobs.run(jobs.request(repository, start=False)[0].pk).state == IndexJob.State.DONE
        make_repository(host.root / "r", {"new.py": "def quagga():\n    return 2\n"})

        lock = {
            "chunk": ("LOCK TABLE repos_document IN EXCLUSIVE MODE",),
            "embed": ("LOCK TABLE repos_embedding IN EXCLUSIVE MODE",),
            "switch": (
                "SELECT 1 FROM repos_repository WHERE id = %s FOR NO KEY UPDATE",
                repository.pk,
            ),
        }.get(stage, ("SELECT 1",))
        job, _ = jobs.request(repository)
        asked = len(host.seen)
        if stage == "clone":
            host.gate.clear()
        with held(*lock):
            first = worker(DEEPWIKI_CLONE_ALLOW=host.netloc)
            wait_until(lambda: len(host.seen) > asked if stage == "clone" else somebody_waits())
            assert IndexJob.objects.get(pk=job.pk).state == IndexJob.State.RUNNING
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
            assert found(repository, "zebra")[0] == "old.py"
        host.gate.set()
        assert "new.py" not in found(repository, "quagga")
        IndexJob.objects.filter(pk=job.pk).update(
            heartbeat_at="2000-01-01T00:00Z"
        )  # as if half a minute had passed
        worker(DEEPWIKI_CLONE_ALLOW=host.netloc)
        wait_until(lambda: IndexJob.objects.get(pk=job.pk).state == IndexJob.State.DONE, 90)
    assert found(repository, "quagga")[0] == "new.py"
    assert found(repository, "zebra")[0] == "old.py"
    assert not Document.objects.filter(is_live=False).exists()
    assert Repository.objects.get(pk=repository.pk).indexes.count() == 1


def test_sigterm_hands_the_job_back_and_ends_at_once(worker, tmp_path, settings):
    with GitHost(tmp_path / "served") as host:
        make_repository(host.root / "r", {"a.py": "x = 1\n"})
        repository = add(parse_address(f"{host.url}/r", "git"), None)
        host.gate.clear()
        job, _ = jobs.request(repository)
        first = worker(DEEPWIKI_CLONE_ALLOW=host.netloc)
        wait_until(lambda: host.seen)
        first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 0
        assert IndexJob.objects.get(pk=job.pk).state == IndexJob.State.QUEUED
        host.gate.set()
        worker(DEEPWIKI_CLONE_ALLOW=host.netloc)
        wait_until(lambda: IndexJob.objects.get(pk=job.pk).state == IndexJob.State.DONE, 90)
