"""Start the embedded server with its first user and stop it with its last.

A user is a process. Users are counted by the kernel, so that no crash leaves a wrong count:
each holds a shared `flock` on `postgres.users`, and the kernel drops the locks of a dead
process, SIGKILL included. Starting and stopping happen under an exclusive lock on
`postgres.starting`. A process that leaves stops the server only if it can turn its shared
lock into an exclusive one, that is, when no other user is left.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from deepwiki.postgres.binaries import PostgresError
from deepwiki.postgres.cluster import Cluster

_mutex = threading.Lock()
# Data folder -> descriptor of its user lock, for the servers this process uses.
_user_locks: dict[Path, int] = {}
_locks_pid = 0  # the process that took them


def acquire(data_dir: Path) -> Cluster:
    """Start the server of `data_dir`, or join the running one, and keep it running until
    this process ends or calls `release`.

    Cheap when this process uses it already. Safe from threads and after a fork. Raises
    PostgresError.
    """
    cluster = Cluster(data_dir)
    with _mutex:
        _close_locks_after_fork()
        if cluster.data_dir not in _user_locks:
            with _startup_lock(cluster):
                _user_locks[cluster.data_dir] = _start_as_user(cluster)
    return cluster


def release(data_dir: Path | None = None) -> None:
    """Stop using one server, or all; the last user stops it."""
    with _mutex:
        _close_locks_after_fork()
        if data_dir is not None:
            _release_one(data_dir.resolve())
            return
        for folder in list(_user_locks):
            _release_one(folder)


def _release_one(folder: Path) -> None:
    descriptor = _user_locks.pop(folder, None)
    if descriptor is not None:
        _leave(Cluster(folder), descriptor)


def restart(data_dir: Path) -> None:
    """Start the server again if it crashed while this process uses it.

    Raises PostgresError when it does not start, or runs and does not answer: it may be
    recovering, and a second one could not run beside it.
    """
    cluster = Cluster(data_dir)
    if cluster.answers():
        return
    if cluster.runs():
        raise PostgresError("The database does not answer.")
    with _startup_lock(cluster):
        cluster.start()


def _start_as_user(cluster: Cluster) -> int:
    """Take a user lock and start the server; returns the lock's descriptor."""
    descriptor = _open(cluster.data_dir / "postgres.users")
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    try:
        cluster.start()
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _leave(cluster: Cluster, descriptor: int) -> None:
    with _startup_lock(cluster):
        with contextlib.suppress(BlockingIOError):  # another user is left
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            cluster.stop()
        os.close(descriptor)


@contextlib.contextmanager
def _startup_lock(cluster: Cluster) -> Iterator[None]:
    """Hold the exclusive lock for starting and stopping. Waits for it."""
    try:
        cluster.data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = _open(cluster.data_dir / "postgres.starting")
    except OSError as error:
        raise PostgresError(
            f"Cannot write to {cluster.data_dir}: {error.strerror}. Set DATA_DIR."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _close_locks_after_fork() -> None:
    # A forked child shares its parent's locks; it must take its own.
    global _locks_pid
    if _locks_pid != os.getpid():
        for descriptor in _user_locks.values():
            os.close(descriptor)
        _user_locks.clear()
        _locks_pid = os.getpid()


atexit.register(release)
