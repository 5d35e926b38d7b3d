"""Programs that some tests need: Chromium, Redis, Node. Without one its tests are skipped.

python -m deepwiki.testing.programs --ensure    # install what is missing and can be
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from deepwiki.testing import browser

OLDEST_NODE = 20


def redis_server() -> str:
    """The path of a Redis (or Valkey) server, empty when there is none."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or ""


def node() -> str:
    """The path of a Node with a WebSocket client of its own (22; 20 and 21 behind a flag),
    empty when there is none."""
    path = shutil.which("node")
    if not path:
        return ""
    if _major_version(path) < OLDEST_NODE:
        return ""
    return path


def ensure() -> None:
    """Install what is missing where that can be done; print one line for each program."""
    _report(
        "Browser",
        browser.ensure(),
        "No Chromium can be had here: the browser tests will be skipped.",
    )
    if not redis_server():
        browser.install_package("redis-server", "--no-install-recommends")
    _report(
        "Redis",
        redis_server(),
        "No redis-server can be had here: the tests with several processes over Redis will be skipped.",
    )
    _report(
        "Node",
        node(),
        "No Node 20 or newer is here: the tests with its WebSocket client will be skipped.",
    )


def _major_version(path: str) -> int:
    """The first number that `--version` prints; 0 without one."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True)
    major = done.stdout.strip().lstrip("v").partition(".")[0]
    if not major.isdecimal():
        return 0
    return int(major)


def _report(name: str, path: str, missing: str) -> None:
    print(f"{name}: {path}" if path else missing, flush=True)  # noqa: T201


if __name__ == "__main__":
    if "--ensure" in sys.argv:
        ensure()
