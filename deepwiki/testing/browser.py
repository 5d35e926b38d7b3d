"""A Chromium for the browser tests: one that is there, else Debian's package for root, else Playwright's download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find() -> str:
    """The path of a Chromium, empty when there is none."""
    for candidate in _candidates():
        if candidate and os.access(candidate, os.X_OK):
            return candidate
    return ""


def _candidates() -> Iterator[str | None]:
    yield os.environ.get("DEEPWIKI_CHROMIUM")
    yield from map(shutil.which, NAMES)
    yield MAC
    yield _playwright()  # last: asking takes a second, since its driver is started


def ensure() -> str:
    """As `find`, after trying to install one."""
    if path := find():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quietly(["apt-get", "update", "-q"])
        quietly(["apt-get", "install", "-y", "-q", "chromium"])
    if not find():
        quietly([sys.executable, "-m", "playwright", "install", "chromium"])
    return find()


def _playwright() -> str:
    from playwright.sync_api import sync_playwright

    try:
        with sync_playwright() as playwright:
            return playwright.chromium.executable_path
    except Exception:  # no driver for this platform
        return ""


def quietly(command: list[str]) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900)
