"""The processes that render: replaced when they die or hang, and without secrets."""

import os
import signal

import psutil
import pytest

from deepwiki.foundation.worker_process import WorkerFailed, WorkerPool
from deepwiki.testing.waiting import wait_until

pytestmark = pytest.mark.integration  # it starts processes
CODE = {"code": "x = 1\ny = 2", "language": "python", "first": 2, "last": 2}


def new_pool(call_seconds=20.0):
    return WorkerPool("chat.rendering.worker", size=2, wait_seconds=20, call_seconds=call_seconds)


@pytest.fixture
def pool():
    pool = new_pool()
    yield pool
    pool.close()


def workers():
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "chat.rendering.worker" in _command(child)]


def _command(process):
    try:
        return process.cmdline()
    except (psutil.ZombieProcess, psutil.NoSuchProcess):
        return []


@pytest.fixture
def worker(pool):
    before = workers()
    assert len(pool.call("lines", **CODE)) == 1
    (started,) = (process for process in workers() if process not in before)
    return started


def test_a_worker_is_used_again(pool, worker):
    count = len(workers())
    assert len(pool.call("lines", **CODE)) == 1
    assert len(workers()) == count


def test_a_worker_that_died_is_replaced(pool, worker):
    worker.kill()
    wait_until(lambda: worker.status() == psutil.STATUS_ZOMBIE)
    assert len(pool.call("lines", **CODE)) == 1


def test_a_worker_that_hangs_is_killed_and_replaced(worker):
    pool = new_pool(call_seconds=2.0)
    known = workers()
    pool.call("lines", **CODE)
    (hanging,) = (process for process in workers() if process not in known)
    hanging.send_signal(signal.SIGSTOP)
    with pytest.raises(WorkerFailed):
        pool.call("lines", **CODE)
    assert not hanging.is_running()
    assert len(pool.call("lines", **CODE)) == 1
    pool.close()


def test_an_error_in_a_worker_is_told_and_the_worker_goes(pool, worker):
    with pytest.raises(WorkerFailed, match="TypeError"):
        pool.call("lines", code="x")
    assert len(pool.call("lines", **CODE)) == 1


def test_a_worker_knows_no_secrets_and_yields_to_the_server(pool, worker):
    assert set(worker.environ()) <= {"PATH", "LANG", "LC_CTYPE"}
    assert worker.nice() > os.nice(0)
