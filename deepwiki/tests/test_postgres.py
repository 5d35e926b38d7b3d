"""The embedded database: shared, counted by the kernel, back after any crash."""

import contextlib
import os
import signal
import subprocess
import sys

import psycopg
import pytest

from deepwiki.foundation.pool_recovery import shorten_reconnect_waits
from deepwiki.postgres import Cluster, PostgresError, acquire, release
from deepwiki.postgres.cluster import is_waiting_for_predecessor, last_reason
from deepwiki.testing.waiting import wait_until

pytestmark = pytest.mark.integration
HOLDER = """
import sys, pathlib, psycopg
from deepwiki.postgres import acquire, release
cluster = acquire(pathlib.Path(sys.argv[1]))
with psycopg.connect(cluster.dsn("deepwiki")) as connection:
    connection.execute("SELECT 1")
print("held", flush=True)
sys.stdin.readline()
release()
"""


@pytest.fixture
def data_dir(open_folder):
    yield open_folder
    release(open_folder)
    Cluster(open_folder).stop()


def start_holder(data_dir):
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_held(process):
    assert process.stdout.readline() == "held\n"


def end(process):
    with contextlib.suppress(BrokenPipeError):
        process.communicate("\n", timeout=30)


def test_eight_processes_start_at_once_and_share_one_server(data_dir):
    holders = [start_holder(data_dir) for _ in range(8)]
    for holder in holders:
        wait_held(holder)
    cluster = Cluster(data_dir)
    pid = cluster.postmaster_pid()
    assert cluster.answers()
    for holder in holders[:-1]:
        end(holder)
    assert cluster.answers()
    assert cluster.postmaster_pid() == pid
    end(holders[-1])
    assert not cluster.answers()


def test_a_killed_holder_neither_stops_nor_keeps_the_server(data_dir):
    first, second = start_holder(data_dir), start_holder(data_dir)
    wait_held(first)
    wait_held(second)
    first.kill()
    first.communicate()
    cluster = Cluster(data_dir)
    assert cluster.answers()
    end(second)
    assert not cluster.answers()


def test_the_data_is_there_after_the_server_is_killed_and_started_again(data_dir):
    cluster = acquire(data_dir)
    with psycopg.connect(cluster.dsn("deepwiki"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    os.kill(cluster.postmaster_pid(), signal.SIGKILL)
    wait_until(lambda: not cluster.answers())
    cluster.start()
    with psycopg.connect(cluster.dsn("deepwiki")) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    release(data_dir)
    again = acquire(data_dir)
    with psycopg.connect(again.dsn("deepwiki")) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


STILL_IN_USE = """\
LOG:  starting PostgreSQL 18.1
FATAL:  pre-existing shared memory block (key 6, ID 7) is still in use
HINT:  Terminate any old server processes associated with data directory "data".
LOG:  database system is shut down
"""


def test_a_start_beside_processes_of_a_crashed_server_is_tried_again():
    assert is_waiting_for_predecessor(STILL_IN_USE)
    assert not is_waiting_for_predecessor('FATAL:  could not open file "postgresql.conf"')


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (STILL_IN_USE, "still in use"),
        ("LOG:  starting\nLOG:  shutting down\n", "LOG:  shutting down"),
        ("", "no reason given"),
    ],
)
def test_the_reason_of_a_failed_start_is_its_fatal_line(log, reason):
    assert last_reason(log).endswith(reason)


def test_a_pool_full_of_broken_connections_is_usable_soon_after_a_restart(data_dir):
    from psycopg_pool import ConnectionPool

    shorten_reconnect_waits()
    cluster = acquire(data_dir)
    with ConnectionPool(
        cluster.dsn("deepwiki"), min_size=10, timeout=8, check=ConnectionPool.check_connection
    ) as pool:
        pool.wait(20)
        os.kill(cluster.postmaster_pid(), signal.SIGQUIT)
        wait_until(lambda: not cluster.answers())
        cluster.start()
        with pool.connection() as connection:  # within the pool's 8 seconds
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_that_names_another_program_does_not_keep_it_from_starting(data_dir):
    cluster = acquire(data_dir)
    release(data_dir)
    (cluster.folder / "data" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{cluster.folder / 'data'}\n"
    )
    assert acquire(data_dir).answers()


def test_a_server_left_by_killed_holders_is_adopted(data_dir):
    holder = start_holder(data_dir)
    wait_held(holder)
    holder.kill()
    holder.communicate()
    pid = Cluster(data_dir).postmaster_pid()
    assert acquire(data_dir).postmaster_pid() == pid
    release(data_dir)
    assert not Cluster(data_dir).answers()


def test_only_its_owner_can_enter_and_no_port_is_open(data_dir):
    cluster = acquire(data_dir)
    assert cluster.folder.stat().st_mode & 0o777 == 0o700
    assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700
    with psycopg.connect(cluster.dsn()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute(
            "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
        ).fetchone() == (1,)


def test_a_long_path_still_gets_a_socket(open_folder):
    deep = open_folder / ("x" * 90)
    deep.mkdir(mode=0o755)
    try:
        assert acquire(deep).answers()
    finally:
        release(deep)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(PostgresError, match="DATA_DIR"):
        acquire(blocked / "data")


def test_a_stopped_server_leaves_no_process_of_ours_behind(open_folder):
    cluster = Cluster(open_folder)
    cluster.start()
    pid = cluster.postmaster_pid()
    cluster.stop()
    with pytest.raises(ProcessLookupError):  # one that was not waited for could be signalled
        os.kill(pid, 0)
