"""Packages of npm whose clients tests speak with: installed beside the packages of Python, at the
versions and hashes of js_clients/package-lock.json."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from deepwiki.testing.node import node, npm

SOURCE = Path(__file__).parent / "js_clients"
FOLDER = Path(sys.prefix) / "js_clients"
STAMP = FOLDER / ".installed"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
INSTALL_SECONDS = 300
RUN_SECONDS = 60
MISSING = "the packages of npm are not here: python -m deepwiki.testing.programs --ensure"


def are_installed() -> bool:
    """Whether the packages are there at the versions of the lock file, and a Node to run them."""
    return bool(node()) and STAMP.exists() and STAMP.read_text() == _lock_hash()


def ensure() -> bool:
    """Install what is missing; whether that was possible."""
    if are_installed():
        return True
    if not npm():
        return False
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCE / name, FOLDER)
    if not _npm_succeeds():
        return False
    STAMP.write_text(_lock_hash())
    return True


def run(script: str, **environment: str) -> Any:
    """What a script of js_clients prints as JSON. Raises AssertionError with its errors."""
    return json.loads(run_text((SOURCE / script).read_text("utf-8"), **environment))


def run_text(source: str, **environment: str) -> str:
    """What a module prints. Raises AssertionError with its errors."""
    done = _done("--input-type=module", "--eval", source, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_program(package: str, *arguments: str) -> str:
    """What the program of a package prints, whatever its exit status."""
    folder = FOLDER / "node_modules" / package
    [program] = json.loads((folder / "package.json").read_text("utf-8"))["bin"].values()
    return _done(str(folder / program), *arguments).stdout


def _done(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [node(), *arguments],
        cwd=FOLDER,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )


def _npm_succeeds() -> bool:
    try:
        done = subprocess.run([*npm(), *INSTALL], cwd=FOLDER, timeout=INSTALL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _lock_hash() -> str:
    return hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
