"""This machine: room on the disk, static files, Django's checks of a deployment."""

from __future__ import annotations

import shutil
import tempfile
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks

from deepwiki.foundation import disk_space
from deepwiki.runtime.doctor.finding import Outcome, failed, ok, warning

BYTES_PER_GIGABYTE = 1_000_000_000
MANY = 2  # times the reserve
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# Of Django's deployment checks, those that say in four ways that pages are not served by https.
WITHOUT_HTTPS = {"security.W004", "security.W008", "security.W012", "security.W016"}
KEY_LENGTH = "security.W009"
KEY_CHARS = 43  # of 256 bits in Base64, as the generated key has
KEY_LINE = "DEEPWIKI_SECRET_KEY=fifty random characters, or leave it out to have one made"
COLLECT = "python manage.py collectstatic --noinput"


def disk() -> Outcome:
    """May the data folder be written, and is there room?"""
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
            file.write(b"x")
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError:
        return failed("The data folder cannot be written.", "DATA_DIR=a folder that can be")
    return _of_room(free)


def _of_room(free: int) -> Outcome:
    words = f"{free / BYTES_PER_GIGABYTE:.1f} GB are free."
    if disk_space.is_low():
        return failed(
            f"{words} Nothing is indexed below the reserve: make room.",
            f"DEEPWIKI_DISK_RESERVE_MEGABYTES={settings.DISK_RESERVE_MEGABYTES}",
        )
    if free < settings.DISK_RESERVE_MEGABYTES * 1_000_000 * MANY:
        return warning(f"{words} Indexing stops soon.", "DEEPWIKI_INDEX_MEGABYTES=…")
    return ok(words)


def static_files() -> Outcome:
    """Is every style, script and font collected under the name that pages use?"""
    if settings.SERVESTATIC_USE_FINDERS:
        return ok("Served from where they lie, as for developers.")
    missing = sum(not _is_collected(name) for name in _names())
    if missing:
        return failed(f"{missing} static files are not collected.", COLLECT)
    return ok("All static files are collected.")


def deployment() -> Outcome:
    """Django's own checks, those of a deployment among them."""
    found = checks.run_checks(include_deployment_checks=True)
    if len(settings.SECRET_KEY) < KEY_CHARS:
        return failed("The secret key is short enough to be guessed.", KEY_LINE)
    relevant = [each for each in found if each.id not in WITHOUT_HTTPS | {KEY_LENGTH}]
    if relevant:
        return _of_django(relevant)
    if any(each.id in WITHOUT_HTTPS for each in found):
        return _without_https()
    return ok("Django has nothing to say against this deployment.")


def _names() -> list[str]:
    """As collectstatic writes them."""
    found = (each for finder in get_finders() for each in finder.list([]))
    return [_name(path, storage) for path, storage in found]


def _name(path: str, storage: Any) -> str:
    prefix = getattr(storage, "prefix", "")
    return f"{prefix}/{path}" if prefix else path


def _is_collected(name: str) -> bool:
    storage: Any = staticfiles_storage  # one with hashed names, see STORAGES in the settings
    try:
        return bool(storage.exists(storage.stored_name(name)))
    except ValueError:  # not in the manifest
        return False


def _of_django(found: list[checks.CheckMessage]) -> Outcome:
    words = " ".join(f"{each.id}: {each.msg}" for each in found)
    hints = "; ".join(str(each.hint) for each in found if each.hint)
    if any(each.level >= checks.ERROR for each in found):
        return failed(words, hints)
    return warning(words, hints)


def _without_https() -> Outcome:
    if urlsplit(settings.PUBLIC_URL).hostname in LOOPBACK:
        return ok("Served on this machine alone, without https.")
    return warning(
        "Pages and passwords travel unencrypted. Serve them through a TLS proxy.",
        "DEEPWIKI_PUBLIC_URL=https://…",
    )
