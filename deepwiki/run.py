"""`make run`: start everything on one machine, watch it, and stop it without leftovers.

check git and port -> database -> migrate -> static files -> first admin -> web servers and
worker -> index this repository -> print the address -> watch until SIGTERM, SIGINT or SIGHUP
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from deepwiki.foundation.install_layout import BASE_DIR, IS_CHECKOUT
from deepwiki.runtime.child_processes import ChildProcesses, Process
from deepwiki.runtime.listeners import bind

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
WATCH_SECONDS = 1.0
READY_SECONDS = 60.0
MAX_DATABASE_DELAY_SECONDS = 10.0
CONNECT_RETRY_SECONDS = 0.05
# Where to connect to a server that listens on all addresses.
CONNECT_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class CannotStart(Exception):
    """DeepWiki cannot start or go on. The message is one line that says what to do."""


class StopRequested(BaseException):
    """A signal asked this process to end."""


def main() -> int:
    _handle_signals(_request_stop)
    children = ChildProcesses()
    try:
        _run(children)
    except CannotStart as error:
        print(f"DeepWiki cannot start: {error}", file=sys.stderr)
        return 1
    except StopRequested:
        print("\nStopping …", flush=True)
    finally:
        _handle_signals(signal.SIG_IGN)
        children.stop()
        _release_database()
    return 0


def _run(children: ChildProcesses) -> None:
    """Start everything, then watch it. Ends only by an exception."""
    if shutil.which("git") is None:
        raise CannotStart("git is missing. Install it (Debian/Ubuntu: apt-get install git).")
    from django.conf import settings

    host, port = settings.HOST, settings.PORT
    _check_address(host, port)
    _migrate()
    _collect_static_files()
    password = _create_first_admin()
    children.start_servers(host, port, settings.WEB_PROCESSES)
    children.start_worker()
    _index_this_repository()
    _wait_until_ready(host, port, children.servers[0].process)
    _print_welcome(settings.PUBLIC_URL, password)
    _watch(children)


def _print_welcome(address: str, password: str) -> None:
    print(f"\nDeepWiki is at {address}")
    if password:
        print(f"Sign in as admin with the password {password} (shown only this once).")
    print("Ctrl-C stops it.", flush=True)


def _check_address(host: str, port: int) -> None:
    try:
        bind(host, port).close()
    except OSError as error:
        raise CannotStart(_reason_not_to_listen(error, host, port)) from None


def _reason_not_to_listen(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return f"port {port} may not be used by this user. Choose another: PORT=8080 make run"
        case errno.EADDRINUSE:
            return f"port {port} is taken. Choose another: PORT={port + 1} make run"
        case _:
            return f"HOST must be an address of this machine, not {host!r}."


def _migrate() -> None:
    import django
    from django.db import Error

    from deepwiki.postgres import PostgresError

    django.setup()
    from deepwiki.runtime.migrate_once import migrate

    try:
        migrate()
    except PostgresError as error:
        raise CannotStart(str(error)) from None
    except Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotStart(f"the database cannot be used: {reason}") from None


def _collect_static_files() -> None:
    from django.core.management import call_command

    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    except OSError as error:
        raise CannotStart(
            f"static files cannot be written: {error.strerror}. Set DATA_DIR."
        ) from None


def _create_first_admin() -> str:
    """Create the user `admin` when there is no user; returns the password, which is stored
    nowhere. Empty when there are users."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    if users.exists():
        return ""
    password = secrets.token_urlsafe(12)
    users.create_superuser("admin", "", password)
    return password


def _index_this_repository() -> None:
    """Request an index of this checkout, so that there is one to ask about. Later starts
    bring it up to date. An installed package is none."""
    from repos.services import add, refresh
    from repos.sources import parse_address

    if not IS_CHECKOUT:
        return
    repository = add(parse_address(str(BASE_DIR), "local"), None)
    if repository.name != "DeepWiki":
        repository.name = "DeepWiki"
        repository.save(update_fields=["name"])
    refresh(repository)


def _wait_until_ready(host: str, port: int, server: Process) -> None:
    deadline = time.monotonic() + READY_SECONDS
    host = CONNECT_HOSTS.get(host, host)
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CannotStart("the web server ended at once; its message stands above.")
        if _accepts_connections(host, port):
            return
        time.sleep(CONNECT_RETRY_SECONDS)
    raise CannotStart("the web server did not begin to listen.")


def _accepts_connections(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _watch(children: ChildProcesses) -> None:
    """Until a signal: start the web servers, the worker and the database again when they
    end. Nothing that fails meanwhile ends it."""
    from django.conf import settings

    database = DatabaseKeeper(settings.DATA_DIR)
    while True:
        time.sleep(WATCH_SECONDS)
        children.keep_running()
        if not settings.DATABASE_URL:
            database.keep_running()


class DatabaseKeeper:
    """Starts the embedded database again, for as long as it takes.

    A full disk keeps it from starting until room is made.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._failures = 0
        self._retry_at = 0.0
        self._reason = ""

    def keep_running(self) -> None:
        """Start it if it does not answer; reports each new reason why that fails, once."""
        from deepwiki.postgres import PostgresError, restart

        if time.monotonic() < self._retry_at:
            return
        try:
            restart(self.data_dir)
        except (PostgresError, OSError, subprocess.SubprocessError) as error:
            self._fail(str(error))
        else:
            self._recover()

    def _fail(self, reason: str) -> None:
        self._failures += 1
        self._retry_at = time.monotonic() + min(MAX_DATABASE_DELAY_SECONDS, 2**self._failures)
        if reason != self._reason:
            print(f"{reason} Trying again until it starts.", file=sys.stderr, flush=True)
        self._reason = reason

    def _recover(self) -> None:
        if self._failures:
            print("The database runs again.", file=sys.stderr, flush=True)
        self._failures, self._retry_at, self._reason = 0, 0.0, ""


def _release_database() -> None:
    """Close the connections of this process and stop using the embedded database; its last
    user stops it."""
    from deepwiki.postgres import release

    if "django.db" in sys.modules:
        _close_connections()
    release()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
    for connection in connections.all(initialized_only=True):
        getattr(connection, "close_pool", lambda: None)()


def _handle_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in SIGNALS:
        signal.signal(number, handler)


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise StopRequested


if __name__ == "__main__":
    sys.exit(main())
