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
import sys
import time
from pathlib import Path
from types import FrameType

from deepwiki.runtime.child_processes import ChildProcesses, Process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")
ROOT = Path(__file__).resolve().parent.parent
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
WATCH_SECONDS = 1.0
READY_SECONDS = 60.0
CONNECT_RETRY_SECONDS = 0.05


class CannotStart(Exception):
    """DeepWiki cannot start or go on. The message is one line that says what to do."""


class StopRequested(BaseException):
    """A signal asked this process to end."""


def main() -> int:
    for number in SIGNALS:
        signal.signal(number, _request_stop)
    children = ChildProcesses()
    try:
        _run(children)
    except CannotStart as error:
        print(f"DeepWiki cannot start: {error}", file=sys.stderr)
        return 1
    except StopRequested:
        print("\nStopping …", flush=True)
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
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
    _wait_until_ready(host, port, children.servers[0])
    print(f"\nDeepWiki is at {settings.PUBLIC_URL}")
    if password:
        print(f"Sign in as admin with the password {password} (shown only this once).")
    print("Ctrl-C stops it.", flush=True)
    _watch(children)


def _check_address(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotStart(
                f"port {port} may not be used by this user. Choose another: PORT=8080 make run"
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"port {port} is taken. Choose another: PORT={port + 1} make run"
                ) from None
            raise CannotStart(f"HOST must be an address of this machine, not {host!r}.") from None


def _migrate() -> None:
    import django
    from django.db import Error

    from deepwiki.postgres import PostgresError

    django.setup()
    try:
        from deepwiki.runtime.migrate_once import migrate

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
    bring it up to date."""
    from repos.services import add, refresh
    from repos.sources import parse_address

    repository = add(parse_address(str(ROOT), "local"), None)
    if repository.name != "DeepWiki":
        repository.name = "DeepWiki"
        repository.save(update_fields=["name"])
    refresh(repository)


def _wait_until_ready(host: str, port: int, server: Process) -> None:
    deadline = time.monotonic() + READY_SECONDS
    address = ("127.0.0.1" if host == "0.0.0.0" else host, port)  # noqa: S104
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CannotStart("the web server ended at once; its message stands above.")
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(CONNECT_RETRY_SECONDS)
        else:
            return
    raise CannotStart("the web server did not begin to listen.")


def _watch(children: ChildProcesses) -> None:
    """Until a signal: start the database and the worker again when they die; end when a web
    server does."""
    from django.conf import settings

    from deepwiki.postgres import restart

    while True:
        time.sleep(WATCH_SECONDS)
        if not settings.DATABASE_URL:
            restart(settings.DATA_DIR)
        if any(server.poll() is not None for server in children.servers):
            raise CannotStart("the web server ended; its message stands above.")
        if children.worker is None or children.worker.poll() is not None:
            children.start_worker()


def _release_database() -> None:
    """Close the connections of this process and stop using the embedded database; its last
    user stops it."""
    from deepwiki.postgres import release

    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()
        for connection in connections.all(initialized_only=True):
            getattr(connection, "close_pool", lambda: None)()
    release()


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise StopRequested


if __name__ == "__main__":
    sys.exit(main())
