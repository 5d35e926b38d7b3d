"""`make run`: everything on one machine, from nothing to an address, and away again without a trace.

check the machine -> database -> migrate -> static files -> first admin -> worker -> server -> this repository
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")
ROOT = Path(__file__).resolve().parent.parent
WATCH_SECONDS = 1.0
READY_SECONDS = 60.0


class CannotRun(Exception):
    """One line that says what to do."""


class Stop(BaseException):
    """A signal asked us to end."""


def main() -> int:
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, _on_signal)
    children: list[subprocess.Popen[bytes]] = []
    try:
        _run(children)
    except CannotRun as error:
        print(f"DeepWiki cannot start: {error}", file=sys.stderr)
        return 1
    except Stop:
        print("\nStopping …", flush=True)
    finally:
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        _end(children)
        _release()
    return 0


def _run(children: list[subprocess.Popen[bytes]]) -> None:
    if shutil.which("git") is None:
        raise CannotRun("git is missing. Install it (Debian/Ubuntu: apt-get install git).")
    from django.conf import settings

    host, port = settings.HOST, settings.PORT
    _check_port(host, port)
    _prepare()
    password = _first_admin()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    serve = [sys.executable, "-m", "deepwiki.server", "--host", host, "--port", str(port)]
    if settings.WEB_PROCESSES > 1:
        serve.append("--shared")
    children += [_start(serve, environment) for _ in range(settings.WEB_PROCESSES)]
    children.append(_start([sys.executable, "manage.py", "worker"], environment))
    _index_this_repository()
    _wait_until_ready(host, port, children[0])
    print(f"\nDeepWiki is at {settings.PUBLIC_URL}")
    if password:
        print(f"Sign in as admin with the password {password} (shown only this once).")
    print("Ctrl-C stops it.", flush=True)
    _watch(children, environment)


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotRun(
                f"port {port} may not be used by this user. Choose another: PORT=8080 make run"
            ) from None
        except OSError:
            raise CannotRun(
                f"port {port} is taken. Choose another: PORT={port + 1} make run"
            ) from None


def _prepare() -> None:
    import django
    from django.core.management import call_command
    from django.db import Error

    from deepwiki.postgres import PostgresError

    django.setup()
    try:
        from deepwiki.runtime.migrate_once import migrate

        migrate()
    except PostgresError as error:
        raise CannotRun(str(error)) from None
    except Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotRun(f"the database cannot be used: {reason}") from None
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    except OSError as error:
        raise CannotRun(
            f"static files cannot be written: {error.strerror}. Set DATA_DIR."
        ) from None


def _first_admin() -> str:
    """Make `admin` when there is nobody yet; returns the password, which is kept nowhere."""
    from django.contrib.auth import get_user_model

    people = get_user_model().objects
    if people.exists():
        return ""
    password = secrets.token_urlsafe(12)
    people.create_superuser("admin", "", password)
    return password


def _index_this_repository() -> None:
    """So that there is something to ask at once; a later start brings it up to date."""
    from repos.services import add, refresh
    from repos.sources import parse_address

    repository = add(parse_address(str(ROOT), "local"), None)
    if repository.name != "DeepWiki":
        repository.name = "DeepWiki"
        repository.save(update_fields=["name"])
    refresh(repository)


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we stop the children in order.
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _wait_until_ready(host: str, port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    target = ("127.0.0.1" if host == "0.0.0.0" else host, port)  # noqa: S104
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CannotRun("the web server ended at once; its message stands above.")
        try:
            socket.create_connection(target, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CannotRun("the web server did not begin to listen.")


def _watch(children: list[subprocess.Popen[bytes]], environment: dict[str, str]) -> None:
    """Until stopped: bring back the database or the worker if they die; end if the server does."""
    from django.conf import settings

    from deepwiki.postgres.lifecycle import restart

    while True:
        time.sleep(WATCH_SECONDS)
        if not settings.DATABASE_URL:
            restart(settings.DATA_DIR)
        *servers, worker = children
        if any(server.poll() is not None for server in servers):
            raise CannotRun("the web server ended; its message stands above.")
        if worker.poll() is not None:
            children[-1] = _start([sys.executable, "manage.py", "worker"], environment)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + 35
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _release() -> None:
    """Close our own connections and let the database go; the last user stops it."""
    from deepwiki.postgres import release

    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()
        for connection in connections.all(initialized_only=True):
            getattr(connection, "close_pool", lambda: None)()
    release()


def _on_signal(number: int, frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    sys.exit(main())
