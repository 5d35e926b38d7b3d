"""Processes that end are started again, later each time they end soon; the others go on."""

import os
import signal

import pytest

from deepwiki.postgres import PostgresError, lifecycle
from deepwiki.run import DatabaseKeeper
from deepwiki.runtime import child_processes
from deepwiki.runtime.child_processes import Child, ChildProcesses
from deepwiki.testing.waiting import wait_until

pytestmark = pytest.mark.integration
WAITS = ["-c", "import sys; sys.stdin.read(); import time; time.sleep(600)"]
FAILS = ["-c", "raise SystemExit(3)"]


@pytest.fixture
def children():
    started = ChildProcesses()
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def no_delay(monkeypatch):
    monkeypatch.setattr(child_processes, "FIRST_DELAY_SECONDS", 0.0)


def running(child):
    child.keep_running()
    return child.process.poll() is None


def test_one_of_several_that_is_killed_comes_back_and_the_others_stay(children, capfd):
    children.servers = [Child.start("web server", WAITS) for _ in range(2)]
    children.worker = Child.start("worker", WAITS)
    stays = [children.servers[1].process.pid, children.worker.process.pid]
    killed = children.servers[0].process
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    wait_until(lambda: children.keep_running() or children.servers[0].process.pid != killed.pid)
    assert children.servers[0].process.poll() is None
    assert [children.servers[1].process.pid, children.worker.process.pid] == stays
    assert "The web server ended (SIGKILL). Again in 0 s." in capfd.readouterr().err


def test_one_that_ends_at_once_is_started_later_each_time_and_never_given_up(
    children, capfd, monkeypatch
):
    child = Child.start("worker", FAILS)
    children.worker = child
    delays = []
    for crashes in range(8):
        child.process.wait()
        monkeypatch.setattr(child_processes, "FIRST_DELAY_SECONDS", 1.0)
        child.keep_running()
        delays.append(round(child.retry_at - child_processes.time.monotonic()))
        assert child.crashes == crashes + 1
        child.retry_at = 0.0  # as if the delay were over
        child.keep_running()
    assert delays == [1, 2, 4, 8, 16, 30, 30, 30]
    assert "8 times in a row" in capfd.readouterr().err


def test_one_that_ran_for_long_is_started_again_at_once(children, monkeypatch):
    child = Child.start("worker", FAILS)
    children.worker = child
    child.crashes, child.started_at = 5, child.started_at - 1_000
    child.process.wait()
    child.keep_running()
    assert child.crashes == 1


def test_a_database_that_does_not_start_is_tried_for_ever_and_told_once(
    tmp_path, monkeypatch, capfd
):
    """A full disk keeps it from starting; the same reason is told once."""
    outcomes = [PostgresError("The disk is full."), PostgresError("The disk is full."), OSError(28)]

    def restart(data_dir):
        if outcomes:
            raise outcomes.pop(0)

    monkeypatch.setattr("deepwiki.postgres.restart", restart)
    keeper = DatabaseKeeper(tmp_path)
    for _ in range(4):
        keeper._retry_at = 0.0
        keeper.keep_running()
    said = capfd.readouterr().err.splitlines()
    assert said[0] == "The disk is full. Trying again until it starts."
    assert (len(said), said[-1]) == (3, "The database runs again.")


def test_a_database_that_runs_and_does_not_answer_is_left_alone(tmp_path, monkeypatch):
    """It may be recovering. A second server could not run beside it."""
    monkeypatch.setattr(lifecycle.Cluster, "answers", lambda self: False)
    monkeypatch.setattr(lifecycle.Cluster, "runs", lambda self: True)
    with pytest.raises(PostgresError, match="does not answer"):
        lifecycle.restart(tmp_path)
