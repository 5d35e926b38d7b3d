"""Who uses the embedded server: counted by the kernel, so that no crash can leave a wrong count.

Each process that uses the server holds a shared `flock` on one file. Starting and stopping happen under a second,
exclusive lock; the one who leaves stops the server only if it can take the first lock exclusively, that is, when no
other user is left. The kernel drops a dead process's locks, SIGKILL included.
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

_guard = threading.Lock()
_held: dict[Path, int] = {}
_owner_pid = 0


def acquire(data_dir: Path) -> Cluster:
    """Make sure the server of `data_dir` runs, and keep it running until this process ends or calls `release`.

    Cheap when already held. Safe from threads and after a fork. Raises PostgresError.
    """
    cluster = Cluster(data_dir)
    with _guard:
        _forget_after_fork()
        if cluster.data_dir in _held:
            return cluster
        with _starting(cluster):
            descriptor = _open(cluster.data_dir / "postgres.users")
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            try:
                cluster.start()
            except BaseException:
                os.close(descriptor)
                raise
        _held[cluster.data_dir] = descriptor
    return cluster


def release(data_dir: Path | None = None) -> None:
    """Let go of one server, or of all; the last user stops it."""
    with _guard:
        _forget_after_fork()
        for folder in [data_dir.resolve()] if data_dir else list(_held):
            descriptor = _held.pop(folder, None)
            if descriptor is None:
                continue
            with _starting(Cluster(folder)) as cluster:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    cluster.stop()
                os.close(descriptor)


def restart(data_dir: Path) -> None:
    """Start the server again if it crashed while we hold it."""
    cluster = Cluster(data_dir)
    if not cluster.answers():
        with _starting(cluster):
            cluster.start()


@contextlib.contextmanager
def _starting(cluster: Cluster) -> Iterator[Cluster]:
    try:
        cluster.data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = _open(cluster.data_dir / "postgres.starting")
    except OSError as error:
        raise PostgresError(
            f"Cannot write to {cluster.data_dir}: {error.strerror}. Set DATA_DIR."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield cluster
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _forget_after_fork() -> None:
    # A forked child shares its parent's lock; it must take one of its own.
    global _owner_pid
    if _owner_pid != os.getpid():
        for descriptor in _held.values():
            os.close(descriptor)
        _held.clear()
        _owner_pid = os.getpid()


atexit.register(release)
