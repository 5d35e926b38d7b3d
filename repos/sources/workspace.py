"""Temporary folders for fetched repositories.

A lock on a file in each folder is held by its process and released by the kernel when
that process ends, so that abandoned folders can be told apart and removed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "fetch-"
LOCK = "in-use"
LOCK_FLAGS = os.O_RDWR | os.O_CLOEXEC
SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


@contextlib.contextmanager
def temporary_folder(work_dir: Path) -> Iterator[Path]:
    """A new folder under `work_dir`, removed afterwards, as are abandoned ones before."""
    work_dir.mkdir(parents=True, exist_ok=True)
    remove_abandoned(work_dir)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=work_dir))
    descriptor = os.open(folder / LOCK, LOCK_FLAGS | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def remove_abandoned(work_dir: Path) -> int:
    """Remove the folders no process holds; returns their number."""
    return sum(_remove_if_abandoned(folder) for folder in work_dir.glob(f"{PREFIX}*"))


def certificate_bundle(ca_file: str, folder: Path) -> str:
    """The path of a file with the system's certificates and those in `ca_file`.

    Git takes one file only, in place of the system's.
    """
    bundle = folder / "certificates.pem"
    bundle.write_bytes(_system_certificates() + b"\n" + Path(ca_file).read_bytes())
    return str(bundle)


def _remove_if_abandoned(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / LOCK, LOCK_FLAGS)
    except OSError:
        return False  # being created or removed at this moment
    try:
        if _is_locked(descriptor):
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Whether another process holds the lock; if not, this one does now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _system_certificates() -> bytes:
    paths = ssl.get_default_verify_paths()
    for name in (paths.cafile, paths.openssl_cafile, SYSTEM_BUNDLE):
        if name and Path(name).is_file():
            return Path(name).read_bytes()
    return b""
