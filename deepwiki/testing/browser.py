"""A Chromium for the browser tests: an installed one, else Debian's package where root may
install it, else Playwright's download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# The shell first: the same engine without what draws a window takes a quarter less of the tests' time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
PACKAGES = ("chromium-headless-shell", "chromium")  # the first that this Debian has
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
INSTALL_SECONDS = 900


def find() -> str:
    """The path of a Chromium, empty when there is none. DEEPWIKI_CHROMIUM comes first."""
    for path in _candidates():
        if path and os.access(path, os.X_OK):
            return path
    return _playwright()


def _candidates() -> list[str | None]:
    installed = map(shutil.which, NAMES)
    return [os.environ.get("DEEPWIKI_CHROMIUM"), *installed, MAC]


def ensure() -> str:
    """As `find`, after trying to install one."""
    for package in PACKAGES:
        if not find():
            install_package(package)
    if not find():
        run_silently([sys.executable, "-m", "playwright", "install", "chromium"])
    return find()


def install_package(name: str, *options: str) -> None:
    """Install a Debian package where this process may."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run_silently(["apt-get", "update", "-q"])
        run_silently(["apt-get", "install", "-y", "-q", *options, name])


def run_silently(command: list[str]) -> None:
    """Run a command to its end, whatever its status, without input or output."""
    subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=INSTALL_SECONDS,
    )


def _playwright() -> str:
    from playwright.sync_api import sync_playwright

    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Exception:  # no driver for this platform
        return ""
    if os.access(path, os.X_OK):
        return path
    return ""
