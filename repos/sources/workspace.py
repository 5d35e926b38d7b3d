"""Folders for what is being fetched: each held by a lock, so that what a killed process left is told apart and removed."""

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


@contextlib.contextmanager
def folder(work_dir: Path) -> Iterator[Path]:
    """A new folder under `work_dir`, removed afterwards. Whatever killed processes left there is removed first."""
    work_dir.mkdir(parents=True, exist_ok=True)
    sweep(work_dir)
    made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=work_dir))
    descriptor = os.open(made / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(descriptor)


def sweep(work_dir: Path) -> int:
    """Remove folders nobody holds; returns how many."""
    removed = 0
    for left in work_dir.glob(f"{PREFIX}*"):
        try:
            descriptor = os.open(left / LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue  # being made, or being removed, this very moment
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(left, ignore_errors=True)
            removed += 1
        finally:
            os.close(descriptor)
    return removed


def certificates(own: str, folder: Path) -> str:
    """A bundle of the system's trusted certificates and those in `own`: git takes only one file."""
    system = ssl.get_default_verify_paths()
    bundle = folder / "certificates.pem"
    parts = [
        Path(name)
        for name in (system.cafile, system.openssl_cafile, "/etc/ssl/certs/ca-certificates.crt")
        if name
    ]
    first = next((part.read_bytes() for part in parts if part.is_file()), b"")
    bundle.write_bytes(first + b"\n" + Path(own).read_bytes())
    return str(bundle)
