"""One PostgreSQL cluster: make it, start it, ask whether it lives, stop it.

Only a unix socket is opened. Whether the server lives is decided by connecting, never by a pid file, so that a stale
one left by a crash or a power cut cannot mislead.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg

from deepwiki.postgres.binaries import (
    Account,
    PostgresError,
    account,
    bin_folder,
    readable,
    state_folder,
)

START_SECONDS = 60
RETRY_SECONDS = 0.3
# What a server says while a crashed predecessor's processes are still on their way out.
PREDECESSOR = ("another postmaster", "shared memory block", "old server processes")
SOCKET_PATH_LIMIT = 100  # sun_path holds 104 bytes on macOS, 108 on Linux, the name included
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


# Servers this process started: kept, so that one that dies is reaped.
_children: list[subprocess.Popen[bytes]] = []


class Cluster:
    """The cluster that belongs to `data_dir`.

    Owns `<data_dir>/postgres` (or, for root with a closed path, a folder under /var/lib/deepwiki that the ordinary
    user can reach), the socket folder and the log.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.key = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]

    @property
    def folder(self) -> Path:
        who = account()
        if who.is_other and not readable(self.data_dir, who):
            return state_folder() / self.key
        return self.data_dir / "postgres"

    @property
    def socket_folder(self) -> Path:
        """Beside the data where the path is short enough for a unix socket, else under the temporary folder."""
        if len(os.fsencode(self.folder)) + len("/socket/.s.PGSQL.5432") < SOCKET_PATH_LIMIT:
            return self.folder / "socket"
        return Path(tempfile.gettempdir()) / f"deepwiki-{account().uid}-{self.key}"

    def dsn(self, database: str = "postgres") -> str:
        return psycopg.conninfo.make_conninfo(
            host=str(self.socket_folder), user="deepwiki", dbname=database, connect_timeout=5
        )

    def answers(self) -> bool:
        """Does a server accept connections now?"""
        try:
            with psycopg.connect(self.dsn(), autocommit=True) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Make the cluster if it is new and start it. Returns when it answers; nothing to do when it already does.

        Callers serialise by a lock (see holding.py). Raises PostgresError with the last line of the server's log.
        """
        if self.answers():
            return
        who = account()
        programs = bin_folder(who)
        self._prepare(who)
        if not (self.folder / "data" / "PG_VERSION").exists():
            self._initdb(programs, who)
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._remove_stale_pidfile()
            if self._launch(programs, who, deadline):
                break
            last = self._last_log_line()
            if time.monotonic() > deadline or not any(words in last for words in PREDECESSOR):
                raise PostgresError(f"The database did not start. Its log ends: {last}")
            time.sleep(RETRY_SECONDS)
        self._create_database()

    def stop(self) -> None:
        """Stop the server and wait for it. Nothing to do when there is none."""
        data = self.folder / "data"
        if not (data / "postmaster.pid").exists():
            return
        who = account()
        self._run(
            [str(bin_folder(who) / "pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop"],
            who,
            check=False,
        )

    def postmaster_pid(self) -> int | None:
        """The pid the server wrote down, or None. For tests and messages; liveness is `answers()`."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        return None

    def _prepare(self, who: Account) -> None:
        try:
            for folder in (self.folder, self.socket_folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if who.is_other:
                    os.chown(folder, who.uid, who.gid)
                if folder.stat().st_uid != who.uid:
                    raise PostgresError(
                        f"The folder {folder} belongs to another user. Set DATA_DIR to one of yours."
                    )
                folder.chmod(0o700)
        except OSError as error:
            raise PostgresError(
                f"Cannot write to {self.data_dir}: {error.strerror}. Set DATA_DIR."
            ) from None

    def _initdb(self, programs: Path, who: Account) -> None:
        # Into a folder beside it and renamed: an interrupted initdb leaves nothing that looks finished.
        staging = self.folder / f"data.{secrets.token_hex(4)}"
        command = [
            str(programs / "initdb"),
            "-D",
            str(staging),
            "-U",
            "deepwiki",
            "-E",
            "UTF8",
            "--locale=C",
            "-A",
            "trust",
        ]
        try:
            done = self._run([*command, "--no-instructions"], who)
            if done.returncode:
                line = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise PostgresError(f"The database could not be made: {line}")
            staging.rename(self.folder / "data")
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _launch(self, programs: Path, who: Account, deadline: float) -> bool:
        """Start one postmaster and wait until it answers or ends."""
        options = {**SETTINGS, "unix_socket_directories": str(self.socket_folder)}
        command = [str(programs / "postgres"), "-D", str(self.folder / "data")]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "postgres.log").open("ab") as log:
            server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                **_as(who),
            )
        _children.append(server)
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if server.poll() is not None:
                return self.answers()
            time.sleep(0.02)
        server.terminate()
        return False

    def _remove_stale_pidfile(self) -> None:
        """Remove the pid file of a server that is no more.

        A killed server whose parent has not noticed, and another program that got its number since, count as running
        for its successor.
        """
        _children[:] = [child for child in _children if child.poll() is None]
        pid = self.postmaster_pid()
        if pid is None:
            return
        try:
            process = psutil.Process(pid)
            gone = process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name()
        except psutil.Error:
            return  # a number nobody has is no hindrance, and what we may not look at is not ours to judge
        # The file also guards against a predecessor's orphans, which may still write: it stays until they have ended.
        if gone and not self._orphans():
            with contextlib.suppress(OSError):
                (self.folder / "data" / "postmaster.pid").unlink()

    def _orphans(self) -> bool:
        """Does any PostgreSQL process still work in our data folder?"""
        data = str((self.folder / "data").resolve())
        for process in psutil.process_iter(["name", "status"]):
            if (
                "postgres" not in (process.info["name"] or "")
                or process.info["status"] == psutil.STATUS_ZOMBIE
            ):
                continue
            with contextlib.suppress(psutil.NoSuchProcess):
                try:
                    if process.cwd() == data:
                        return True
                except psutil.AccessDenied:
                    return True
        return False

    def _create_database(self) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            row = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = 'deepwiki'"
            ).fetchone()
            if row is None:
                connection.execute("CREATE DATABASE deepwiki")

    def _run(
        self, command: list[str], who: Account, check: bool = False
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, capture_output=True, text=True, check=check, cwd="/", timeout=120, **_as(who)
        )

    def _last_log_line(self) -> str:
        with contextlib.suppress(OSError):
            lines = (self.folder / "postgres.log").read_text(errors="replace").strip().splitlines()
            return lines[-1] if lines else "(empty)"
        return "(no log)"


def _as(who: Account) -> dict[str, Any]:
    """Popen arguments that drop root to `who`."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": who.home, "LC_ALL": "C", "TZ": "UTC"}
    if not who.is_other:
        return {"env": environment}
    return {"env": environment, "user": who.uid, "group": who.gid, "extra_groups": []}
