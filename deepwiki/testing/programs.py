"""Programs that some tests need: found on this machine, else installed where root may, else those tests are skipped.

python -m deepwiki.testing.programs --ensure
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from deepwiki.testing import browser


def redis_server() -> str:
    """The path of a Redis (or Valkey) server, empty when there is none."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or ""


def node() -> str:
    """The path of a Node with a WebSocket of its own (22, or 20 and 21 behind a flag), empty when there is none."""
    path = shutil.which("node") or ""
    if not path:
        return ""
    version = (
        subprocess.run([path, "--version"], capture_output=True, text=True)
        .stdout.strip()
        .lstrip("v")
    )
    major = version.split(".")[0]
    return path if major.isdecimal() and int(major) >= 20 else ""


def ensure() -> None:
    """Install what is missing where that can be done, and say in one line each what there is."""
    found = browser.ensure()
    _say("Browser", found, "No Chromium can be had here: the browser tests will be skipped.")
    if not redis_server() and os.geteuid() == 0 and shutil.which("apt-get"):
        browser.quietly(["apt-get", "update", "-q"])
        # Without starting the service that the package brings.
        browser.quietly(
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", "redis-server"]
        )
    _say(
        "Redis",
        redis_server(),
        "No redis-server can be had here: the tests with several processes over Redis will be skipped.",
    )
    _say(
        "Node",
        node(),
        "No Node 20 or newer is here: the tests with its WebSocket client will be skipped.",
    )


def _say(name: str, path: str, otherwise: str) -> None:
    print(f"{name}: {path}" if path else otherwise, flush=True)  # noqa: T201


if __name__ == "__main__":
    if "--ensure" in sys.argv:
        ensure()
