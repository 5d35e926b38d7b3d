"""Programs that some tests need: Chromium, Redis, Node and packages of it. Without one its tests are skipped.

python -m deepwiki.testing.programs --ensure    # install what is missing and can be
"""

from __future__ import annotations

import shutil
import sys

from deepwiki.testing import browser, js_packages
from deepwiki.testing.node import node


def redis_server() -> str:
    """The path of a Redis (or Valkey) server, empty when there is none."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or ""


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
    _report(
        "Packages of npm",
        str(js_packages.FOLDER) if js_packages.ensure() else "",
        "The packages of npm cannot be had here: the tests with clients in JavaScript will be skipped.",
    )


def _report(name: str, path: str, missing: str) -> None:
    print(f"{name}: {path}" if path else missing, flush=True)  # noqa: T201


if __name__ == "__main__":
    if "--ensure" in sys.argv:
        ensure()
