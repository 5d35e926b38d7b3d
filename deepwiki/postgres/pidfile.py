"""The server's pid file, `postmaster.pid`: removed when it is left over from a crash.

https://www.postgresql.org/docs/current/storage-file-layout.html
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

NAME = "postmaster.pid"


def read_pid(data: Path) -> int | None:
    """The pid in the pid file of the cluster in `data`; None without a readable file."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((data / NAME).read_text().splitlines()[0])
    return None


def names_running_server(data: Path) -> bool:
    """Does the server that the file names run, whether it answers or not?"""
    pid = read_pid(data)
    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
        process.info = process.as_dict(["name", "status"])
        return _works_in(process, str(data.resolve()))
    except psutil.Error:
        return False


def remove_if_stale(data: Path) -> None:
    """Remove the pid file of a server that has ended.

    PostgreSQL takes two kinds of process for a running server: a killed one whose parent
    has not reaped it, and another program that has its pid by now. The file also guards
    against orphans of the old server, which may still write: it stays until they have ended.
    """
    pid = read_pid(data)
    if pid is not None and _has_ended(pid) and not _has_orphans(data):
        with contextlib.suppress(OSError):
            (data / NAME).unlink()


def _has_ended(pid: int) -> bool:
    """True if `pid` is a zombie or another program. False for no process at all, which
    PostgreSQL notices by itself, and for one that may not be examined."""
    try:
        process = psutil.Process(pid)
        return process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name()
    except psutil.Error:
        return False


def _has_orphans(data: Path) -> bool:
    folder = str(data.resolve())
    return any(_works_in(process, folder) for process in psutil.process_iter(["name", "status"]))


def _is_live_postgres(process: psutil.Process) -> bool:
    if "postgres" not in (process.info["name"] or ""):
        return False
    return bool(process.info["status"] != psutil.STATUS_ZOMBIE)


def _works_in(process: psutil.Process, folder: str) -> bool:
    """True if a live PostgreSQL process has `folder` as its working directory, or might
    have: another user's cannot be asked."""
    if not _is_live_postgres(process):
        return False
    try:
        return process.cwd() == folder
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
