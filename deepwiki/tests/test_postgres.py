"""The embedded database: shared, counted by the kernel, back after any crash."""

import contextlib
import os
import signal
import subprocess
import sys

import psycopg
import pytest

from deepwiki.foundation.deadline_connection import (
    COMMAND_SECONDS,
    DeadlineConnection,
    set_statement_limit,
)
from deepwiki.foundation.pool_recovery import check_pooled, configure_pools
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

    configure_pools()
    cluster = acquire(data_dir)
    with ConnectionPool(
        cluster.dsn("deepwiki"),
        connection_class=DeadlineConnection,
        min_size=10,
        timeout=8,
        check=ConnectionPool.check_connection,
    ) as pool:
        pool.wait(20)
        with pool.connection() as connection:
            connection.execute("SELECT 1")  # used a moment ago
        os.kill(cluster.postmaster_pid(), signal.SIGQUIT)
        wait_until(lambda: not cluster.answers())
        cluster.start()
        with pool.connection() as connection:  # within the pool's 8 seconds
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_connection_used_a_moment_ago_is_handed_out_without_a_question(data_dir):
    dsn = acquire(data_dir).dsn("deepwiki")
    last_query = "SELECT query FROM pg_stat_activity WHERE pid = %s"
    with DeadlineConnection.connect(dsn, autocommit=True) as used, psycopg.connect(dsn) as other:
        used.execute("SELECT 'the last'")
        check_pooled(used)
        (query,) = other.execute(last_query, [used.info.backend_pid]).fetchone()
        assert query == "SELECT 'the last'"
        other.execute("SELECT pg_terminate_backend(%s)", [used.info.backend_pid])
        wait_until(lambda: not used.is_silent())
        with pytest.raises(psycopg.OperationalError):
            check_pooled(used)


def test_a_connection_unused_for_long_is_asked(data_dir):
    cluster = acquire(data_dir)
    with DeadlineConnection.connect(cluster.dsn("deepwiki"), autocommit=True) as connection:
        connection.execute("SELECT 1")
        connection.answered_at = -float("inf")
        pid = connection.info.backend_pid
        os.kill(pid, signal.SIGSTOP)  # as if the network were away
        set_statement_limit(0.2)
        try:
            with pytest.raises(psycopg.OperationalError, match="in time"):
                check_pooled(connection)
        finally:
            set_statement_limit(COMMAND_SECONDS)
            os.kill(pid, signal.SIGCONT)


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
