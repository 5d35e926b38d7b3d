"""Fetching repositories: git, and a clone of an address that somebody names."""

from __future__ import annotations

import re
import shutil
import threading
from dataclasses import replace

from django.conf import settings

from deepwiki.runtime.doctor.finding import Outcome, failed, ok, warning
from repos.jobs.options import fetch_limits
from repos.sources import FetchLimits, Source, SourceError, open_snapshot, parse_address
from repos.sources.errors import AddressRefused
from repos.sources.git_process import installed_version

# http.curloptResolve, which pins a connection to the checked addresses, is of Git 2.37.
OLDEST_GIT = (2, 37)
INSTALL_GIT = "apt-get install git"
CLONE_SECONDS = 40
CLONE_MEGABYTES = 200


def git() -> Outcome:
    """Is git there, and does it keep to the addresses that were checked?"""
    if shutil.which("git") is None:
        return failed("git is missing: no repository can be fetched.", INSTALL_GIT)
    return _of_git(installed_version())


def _of_git(version: str) -> Outcome:
    if _numbers(version) >= OLDEST_GIT:
        return ok(f"git {version}.")
    words = f"git {version} does not keep connections to the checked addresses; 2.37 does."
    return warning(words, INSTALL_GIT)


def clone(address: str) -> Outcome:
    """Fetch the newest commit of an address, as indexing would, and throw it away."""
    ended = threading.Event()
    timer = threading.Timer(CLONE_SECONDS, ended.set)
    timer.start()
    try:
        return _clone(address, ended)
    except AddressRefused as error:
        return failed(str(error), "DEEPWIKI_CLONE_ALLOW=host:port")
    except SourceError as error:
        return failed(str(error), _line_of(error))
    except InterruptedError:
        return failed(f"Fetching it took longer than {CLONE_SECONDS} seconds.")
    finally:
        timer.cancel()


def _clone(address: str, ended: threading.Event) -> Outcome:
    parsed = parse_address(address)
    if parsed.is_local:
        return failed("Give the https address of a repository; folders are not cloned.")
    source = Source(parsed, _limits(), settings.DATA_DIR / "work", cancelled=ended.is_set)
    with open_snapshot(source) as snapshot:
        return ok(f"Fetched: {len(snapshot.entries)} files at {snapshot.commit[:10]}.")


def _limits() -> FetchLimits:
    limits = fetch_limits()
    return replace(
        limits,
        seconds=min(limits.seconds, CLONE_SECONDS),
        megabytes=min(limits.megabytes, CLONE_MEGABYTES),
    )


def _line_of(error: SourceError) -> str:
    return LINES.get(error.code, "")


LINES = {
    "unknown_host": "DEEPWIKI_GIT_PROXY=http://proxy:3128, where only a proxy resolves names",
    "host_failed": "DEEPWIKI_CA_FILE=…, where the host's certificate is signed by your own",
    "over_limit": f"DEEPWIKI_CLONE_MEGABYTES={CLONE_MEGABYTES * 5}",
    "disk_full": "DEEPWIKI_DISK_RESERVE_MEGABYTES=…",
}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
