"""One PostgreSQL cluster: create it, start its server, ask whether it answers, stop it.

Only a unix socket is opened. Whether a server runs is decided by connecting, never by its
pid file, which a crash leaves behind.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from deepwiki.postgres import pidfile
from deepwiki.postgres.binaries import (
    Account,
    PostgresError,
    bin_folder,
    can_enter,
    process_options,
    run_program,
    server_account,
    state_folder,
)

START_SECONDS = 60
RETRY_SECONDS = 0.3
POLL_SECONDS = 0.02
# What a server logs while processes of a crashed predecessor are still ending.
PREDECESSOR_MESSAGES = ("another postmaster", "shared memory block", "old server processes")
MAX_LOG_BYTES = 100_000  # of what one start writes
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100  # sun_path holds 104 bytes on macOS, 108 on Linux, the name included
INITDB_OPTIONS = ("-U", "deepwiki", "-E", "UTF8", "--locale=C", "-A", "trust", "--no-instructions")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than our longest query takes
    "log_min_messages": "warning",
    "log_destination": "stderr",
}
DATABASE_EXISTS = "SELECT 1 FROM pg_database WHERE datname = 'deepwiki'"

Server = subprocess.Popen[bytes]

END_SECONDS = 5.0  # from the removal of a server's pid file

# Servers this process started.
_postmasters: list[Server] = []


class Cluster:
    """The cluster of `data_dir`: its folder, its socket folder and its log.

    The folder is `<data_dir>/postgres`; for root with a closed path, one under
    /var/lib/deepwiki that the unprivileged user can reach.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.key = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]

    @functools.cached_property
    def folder(self) -> Path:
        account = server_account()
        if account.is_other and not can_enter(self.data_dir, account):
            return state_folder() / self.key
        return self.data_dir / "postgres"

    @property
    def socket_folder(self) -> Path:
        """Beside the data where the path is short enough for a unix socket, else below the
        temporary folder."""
        beside = self.folder / "socket"
        if len(os.fsencode(beside / SOCKET_NAME)) < SOCKET_PATH_LIMIT:
            return beside
        return Path(tempfile.gettempdir()) / f"deepwiki-{server_account().uid}-{self.key}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "postgres.log"

    def dsn(self, database: str = "postgres") -> str:
        """The libpq connection string of a database."""
        return psycopg.conninfo.make_conninfo(
            host=str(self.socket_folder), user="deepwiki", dbname=database, connect_timeout=5
        )

    def answers(self) -> bool:
        """True if a server accepts connections now."""
        try:
            with psycopg.connect(self.dsn(), autocommit=True) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Create the cluster if it is new and start it; returns when it answers. Does
        nothing when it already answers.

        The caller holds the startup lock of `lifecycle`. Raises PostgresError with the last
        line of the server's log.
        """
        if self.answers():
            return
        account = server_account()
        programs = bin_folder(account)
        self._make_folders(account)
        if not (self._data / "PG_VERSION").exists():
            self._initdb(programs, account)
        self._start_server(programs, account)
        self._create_database()

    def stop(self) -> None:
        """Stop the server and wait for it. Does nothing when there is none."""
        if not (self._data / pidfile.NAME).exists():
            return
        account = server_account()
        pg_ctl = str(bin_folder(account) / "pg_ctl")
        pid = self.postmaster_pid()
        run_program([pg_ctl, "-D", str(self._data), "-m", "fast", "-w", "stop"], account)
        _wait_until_ended(pid)

    def runs(self) -> bool:
        """True while its server process exists, answering or not."""
        return pidfile.names_running_server(self._data)

    def postmaster_pid(self) -> int | None:
        """The pid in the server's pid file, or None. Whether it runs is `answers()`."""
        return pidfile.read_pid(self._data)

    def _make_folders(self, account: Account) -> None:
        try:
            for folder in (self.folder, self.socket_folder):
                _make_private_folder(folder, account)
        except OSError as error:
            raise PostgresError(
                f"Cannot write to {self.data_dir}: {error.strerror}. Set DATA_DIR."
            ) from None

    def _initdb(self, programs: Path, account: Account) -> None:
        """Create the cluster in a folder beside its own, then rename: an interrupted initdb
        leaves nothing that looks complete."""
        staging = self.folder / f"data.{secrets.token_hex(4)}"
        try:
            _run_initdb(programs, staging, account)
            staging.rename(self._data)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _start_server(self, programs: Path, account: Account) -> None:
        """Launch postmasters until one answers, while a crashed predecessor's processes are
        still ending. Raises PostgresError."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            _reap()
            pidfile.remove_if_stale(self._data)
            position = self._log_size()
            server = self._launch(programs, account)
            if self._wait_until_it_answers(server, deadline):
                return
            log = self._read_log(position)
            if time.monotonic() > deadline or not is_waiting_for_predecessor(log):
                raise PostgresError(f"The database did not start. Its log ends: {last_reason(log)}")
            time.sleep(RETRY_SECONDS)

    def _launch(self, programs: Path, account: Account) -> Server:
        with self._log.open("ab") as log:
            server = subprocess.Popen(
                self._command(programs),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                **process_options(account),
            )
        _postmasters.append(server)
        return server

    def _command(self, programs: Path) -> list[str]:
        command = [str(programs / "postgres"), "-D", str(self._data)]
        settings = {**SETTINGS, "unix_socket_directories": str(self.socket_folder)}
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _wait_until_it_answers(self, server: Server, deadline: float) -> bool:
        """False when the server ended or the deadline passed, which terminates it."""
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if server.poll() is not None:
                return self.answers()
            time.sleep(POLL_SECONDS)
        server.terminate()
        return False

    def _create_database(self) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            if connection.execute(DATABASE_EXISTS).fetchone() is None:
                connection.execute("CREATE DATABASE deepwiki")

    def _log_size(self) -> int:
        """In bytes; 0 without a log."""
        with contextlib.suppress(OSError):
            return self._log.stat().st_size
        return 0

    def _read_log(self, position: int) -> str:
        """The log from byte `position` on, at most MAX_LOG_BYTES; empty without a log."""
        with contextlib.suppress(OSError), self._log.open("rb") as log:
            log.seek(position)
            return log.read(MAX_LOG_BYTES).decode(errors="replace")
        return ""


def _run_initdb(programs: Path, data: Path, account: Account) -> None:
    command = [str(programs / "initdb"), "-D", str(data), *INITDB_OPTIONS]
    done = run_program(command, account)
    if done.returncode:
        reason = last_reason(done.stderr)
        raise PostgresError(f"The database could not be made: {reason}")


def last_reason(log: str) -> str:
    """The last FATAL line, else the last line: "database system is shut down" follows some
    errors."""
    lines = log.strip().splitlines() or ["no reason given"]
    fatal = [line for line in lines if "FATAL:" in line]
    return (fatal or lines)[-1]


def _make_private_folder(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account.is_other:
        os.chown(folder, account.uid, account.gid)
    if folder.stat().st_uid != account.uid:
        raise PostgresError(
            f"The folder {folder} belongs to another user. Set DATA_DIR to one of yours."
        )
    folder.chmod(0o700)


def is_waiting_for_predecessor(log: str) -> bool:
    """True if a server that wrote `log` ended because processes of a crashed one still run."""
    return any(message in log for message in PREDECESSOR_MESSAGES)


def _reap() -> None:
    """Forget the servers of this process that have ended; polling them reaps them."""
    _postmasters[:] = [server for server in _postmasters if server.poll() is None]


def _wait_until_ended(pid: int | None) -> None:
    """Reap a stopped server of this process: it ends just after it has removed its pid file."""
    for server in _postmasters:
        if server.pid == pid:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(END_SECONDS)
    _reap()
